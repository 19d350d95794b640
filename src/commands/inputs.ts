import { TowpathError } from '../errors.ts'
import type { HandedOver } from '../repository/artefact.ts'

/** Inputs that several verbs share, so that they are the same everywhere. */
export const path = { kind: 'folder', default: '.', description: 'The service or platform repository.' } as const

export const bucket = { kind: 'string', required: true, env: 'TOWPATH_BUCKET', description: 'The platform bucket.' } as const

export const environment = { kind: 'string', required: true, description: 'The environment, as the platform declares it.' } as const

export const service = { kind: 'string', description: "The service's name; instead of --path." } as const

/** Of every verb that acts for a service. */
export const repository = {
  kind: 'string',
  description:
    'The repository that this is done for: owner/name, its id, or owner/name#id; by default the one of the workflow, else the git remote in --path. In a workflow it must be the one of the workflow.',
} as const

/** What a build job hands over, for the verbs that compose. */
export const handedOver = {
  archive: {
    kind: 'file',
    description:
      'The archive that a build job made of artefact.path (a tar.gz): the artefact is packed from it, and the checkout stays as it is; with digest.',
  },
  digest: { kind: 'string', description: "The archive's digest, as sha256:<hex>: an archive with another one is refused." },
} as const

/** The archive and its digest, which go together. */
export function handedOverOf(archive: string | undefined, digest: string | undefined): HandedOver | undefined {
  if (archive !== undefined && digest !== undefined) return { archive, digest }
  if (archive === undefined && digest === undefined) return undefined
  throw new TowpathError('bad-input', archive === undefined ? '--digest needs --archive' : '--archive needs --digest', {
    hint: 'give both, as the build job handed them over',
  })
}

export const force = { kind: 'boolean', description: 'Look at every stack by a change set, also where it is proved unchanged.' } as const

/** The inputs of every verb that changes an environment. */
export const changing = {
  timeout: { kind: 'duration', default: '60m', description: 'How long to wait for the deployment; when it ends the outcome is unknown.' },
  wait: { kind: 'duration', default: '30m', description: 'How long to wait for the lock when another deployment holds it.' },
  consent: {
    kind: 'strings',
    description: 'Permit what a gate stops, as the plan names it, such as <stack>.<LogicalId>; repeatable, and recorded.',
  },
  'dry-run': { kind: 'boolean', description: 'Show the plan and change nothing.' },
  'fail-on-gate': { kind: 'boolean', description: 'With dry-run: exit with 4 while a gate lacks its consent.' },
} as const

/** The inputs of every verb, in both hosts: the role to act as, and the only account that may be touched. */
export const acting = {
  role: {
    kind: 'string',
    env: 'TOWPATH_ROLE',
    description: 'The role to act as, by name or ARN: by OIDC in a job that may ask for an ID token, else with the credentials at hand.',
  },
  account: {
    kind: 'string',
    env: 'TOWPATH_ACCOUNT',
    description: 'The only AWS account that may be touched, twelve digits: checked before anything else.',
  },
} as const

/** The input that binds a verb to a reviewed plan. */
export const plan = {
  kind: 'string',
  description: 'A plan that was looked at, by its digest: if anything else would be done now, it is refused and nothing is changed.',
} as const

/** The input that makes a plan with an open gate a failure. */
export const failOnGate = {
  kind: 'boolean',
  description: 'Exit with 4 while a gate lacks its consent: for the plan that leads to an approval.',
} as const
