/** Inputs that several verbs share, so that they are the same everywhere. */
export const path = { kind: 'folder', default: '.', description: 'The service or platform repository.' } as const

export const bucket = { kind: 'string', required: true, env: 'TOWPATH_BUCKET', description: 'The platform bucket.' } as const

export const environment = { kind: 'string', required: true, description: 'The environment, as the platform declares it.' } as const

export const service = { kind: 'string', description: "The service's name; instead of --path." } as const

/** The inputs of every verb that changes an environment. */
export const changing = {
  timeout: { kind: 'duration', default: '60m', description: 'How long to wait for the deployment; when it ends the outcome is unknown.' },
  wait: { kind: 'duration', default: '30m', description: 'How long to wait for the lock when another deployment holds it.' },
  consent: { kind: 'strings', description: 'Permit what a gate stops, as <stack>.<LogicalId>; repeatable, and recorded.' },
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
