import { findEnd } from '../deployment/history.ts'
import { TowpathError } from '../errors.ts'
import { releaseOf } from '../release/manifest.ts'
import { undeclared } from '../release/parameters.ts'
import { findRelease } from '../release/store.ts'
import { planMarkdown, planText } from '../render/plan.ts'
import { adviceText } from '../render/validated.ts'
import { command } from './command.ts'
import { bucket, environment, path, service } from './common.ts'
import { composeAt, serviceNameAt } from './release.ts'
import { summaries } from './summaries.ts'
import { openTarget } from './target.ts'

/** How long a plan waits for operations that are under way, in milliseconds. */
const PATIENCE = 600_000

export default command({
  name: 'plan',
  summary: summaries.plan,
  inputs: {
    path,
    release: {
      kind: 'string',
      description: 'A release that exists, by any unique prefix; without it the one in --path is composed, and not stored.',
    },
    service: { ...service, description: "The service's name, with --release; instead of --path." },
    environment,
    bucket,
    consent: { kind: 'strings', description: 'What would be permitted, as <stack>.<LogicalId>; repeatable.' },
  },
  outputs: {
    digest: { kind: 'string', description: "The plan's own name: the same changes have the same one." },
    'has-changes': { kind: 'boolean', description: 'True if anything would change.' },
    stacks: {
      kind: 'list',
      description: 'Each stack: stack, name, action (create, update, none, remove, keep or adopt), provisional, changes, gates.',
    },
    lint: { kind: 'list', description: 'Advice of cfn-lint, where it is installed, as validate gives it. No exit code depends on it.' },
    markdown: { kind: 'string', description: 'The plan as a comment shows it.' },
  },
  examples: ['plan --path . --environment production --bucket acme-towpath'],
  async run({ path, release, service, environment, bucket, consent }, world) {
    if (service !== undefined && release === undefined)
      throw new TowpathError('bad-input', '--service needs --release', { hint: 'give --release, or --path instead of --service' })
    const objects = await world.objects(bucket)
    const chosen = release === undefined ? undefined : await findRelease(objects, service ?? (await serviceNameAt(world, path)), release)
    const name = chosen?.manifest.service ?? (await serviceNameAt(world, path))
    const target = await openTarget(world, objects, name, environment, PATIENCE)
    const composed = chosen ? undefined : await composeAt(world, objects, path)
    const planned = composed ? releaseOf(composed.manifest) : chosen
    if (planned === undefined) throw new TowpathError('bug', 'nothing to plan')
    if (planned.manifest.environments[environment] === undefined)
      throw undeclared(environment, Object.keys(planned.manifest.environments), `service '${name}'`)
    const last = (await findEnd(target.ledger)).record?.value
    const [{ previewPlan }, { adviceOn }] = await Promise.all([import('../deployment/plan.ts'), import('./advice.ts')])
    const plan = await previewPlan({ ...target, unstored: composed?.blobs ?? new Map() }, planned, { consents: new Set(consent), last })
    const stacks = plan.stacks.map(({ stack, name, action, provisional, changes, gates }) => ({
      stack,
      name,
      action,
      provisional,
      changes,
      gates,
    }))
    const advice = await adviceOn(world, target, planned.manifest, composed)
    const markdown = planMarkdown(plan, name, environment)
    return { digest: plan.digest, 'has-changes': plan.hasChanges, stacks, lint: advice, markdown }
  },
  text: ({ stacks, digest, 'has-changes': hasChanges, lint }) =>
    [planText({ stacks, digest, hasChanges } as Parameters<typeof planText>[0]), ...adviceText(lint)].join('\n'),
})
