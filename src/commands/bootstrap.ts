import type { BootstrapChange } from '../platform/bootstrap-changes.ts'
import { bootstrappedText } from '../render/bootstrap.ts'
import { requireBucketName } from './bootstrap/account.ts'
import { bootstrapEnvironment } from './bootstrap/environment.ts'
import { bootstrapPlatform } from './bootstrap/platform.ts'
import { command, list, map } from './command.ts'
import { bucket } from './inputs.ts'

export default command({
  name: 'bootstrap',
  summary: 'Make the platform bucket, or the bucket and the roles of an environment.',
  on: 'cli',
  inputs: {
    bucket: { ...bucket, description: 'The platform bucket: to be made, or with --environment the one whose releases are deployed there.' },
    environment: {
      kind: 'string',
      description: "Make this environment's bucket and roles instead, with credentials of its account.",
    },
    'environment-bucket': {
      kind: 'string',
      description:
        "The environment's own bucket; by default the platform bucket if it is in this account and region, else <bucket>-<environment>.",
    },
    repository: {
      kind: 'strings',
      description:
        'A repository that may act, as <owner>/<name>=<id>@<id of the owner>; repeatable. Without --environment: the one that publishes the platform. A list is given whole, stays as it was where it is not given, and is emptied by none.',
    },
    workflows: {
      kind: 'strings',
      description:
        'Where the reusable workflows come from, as <owner>/<name>@<commit>, just as the callers pin them; repeatable, so that old and new are trusted while they move.',
    },
    operator: {
      kind: 'strings',
      description:
        "The ARN of a role or user of the environment's account that may take the roles that plan and deploy, to act by hand: without GitHub, and so without its approval; repeatable.",
    },
    'default-branch': { kind: 'string', description: 'The branch whose runs may plan and publish; main, if nothing else was said before.' },
    'execute-policy': {
      kind: 'strings',
      description: "The ARN of a policy by which CloudFormation may make resources, instead of the starter platform's own; repeatable.",
    },
    stack: { kind: 'strings', description: 'The name of a stack that is not called <service>-<environment>-<stack>; repeatable.' },
    trust: {
      kind: 'strings',
      description: 'Let the roles of an environment in another account reach the platform bucket, as <environment>=<account>; repeatable.',
    },
    'trust-characters': {
      kind: 'string',
      description: "The account's quota for the length of a trust policy, where it is more than 2048.",
    },
    'dry-run': { kind: 'boolean', description: 'Show what would change, roles and statements, and change nothing.' },
  },
  outputs: {
    bucket: { kind: 'string', description: "The name of the platform bucket, or of the environment's." },
    created: { kind: 'boolean', description: 'False if everything was there and up to date, and in a dry run.' },
    changes: list<BootstrapChange>('What was changed, or would be: action (add, change or remove), what, details.'),
    roles: map<Readonly<Record<string, string>>>('The ARN of each role: publish; or deploy, execute and plan.'),
    boundary: {
      kind: 'string',
      nullable: true,
      description: "The permissions boundary that roles must have which the environment's stacks make.",
    },
    descriptor: { kind: 'string', nullable: true, description: "The environment's entry for platform.yml." },
    next: list<string>('What is to be done elsewhere, as lines.'),
    'dry-run': { kind: 'boolean', description: 'True if nothing was to be changed.' },
  },
  examples: [
    'bootstrap --bucket acme-towpath --region eu-west-1',
    'bootstrap --bucket acme-towpath --repository acme/platform=1001@77 --workflows towpath-dev/towpath@<commit>',
    'bootstrap --bucket acme-towpath --environment production --repository acme/greeter=1002@77 --workflows towpath-dev/towpath@<commit>',
    'bootstrap --bucket acme-towpath --trust production=222222222222',
  ],
  async run(inputs, world) {
    requireBucketName(inputs.bucket)
    const { environment } = inputs
    const done =
      environment === undefined ? await bootstrapPlatform(inputs, world) : await bootstrapEnvironment({ ...inputs, environment }, world)
    return { ...done, 'dry-run': inputs['dry-run'] }
  },
  text: (outputs) => bootstrappedText(outputs, outputs['dry-run']),
})
