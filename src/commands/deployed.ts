import type { StackResult } from '../deployment/apply/stack-run.ts'
import type { Deployed, DeploymentEnd } from '../deployment/deployed.ts'
import type { FailureCause } from '../deployment/log/record.ts'
import type { Digest } from '../digest.ts'

/** The outputs of `deploy` and `rollback`. */
export const deployedOutputs = {
  outcome: { kind: 'string', description: 'succeeded, failed or unknown; null for a dry run.' },
  changed: { kind: 'boolean', description: 'True if anything was changed in AWS.' },
  deployment: { kind: 'number', description: "The deployment's number; the last one's if there was nothing to do." },
  release: { kind: 'string', description: 'The release that was applied, as sha256:<hex>.' },
  previous: { kind: 'string', description: 'The release that was present before, null the first time.' },
  stacks: { kind: 'list', description: 'Each stack: stack, name, outcome, started (null if it was not begun), seconds, outputs.' },
  cause: { kind: 'map', description: 'Why it did not succeed: stack, resource, type, reason; null otherwise.' },
  digest: { kind: 'string', description: "Of a dry run: the plan's digest; null otherwise." },
  gated: { kind: 'boolean', description: 'True if a gate that lacks its consent stopped it, or would stop it.' },
  plan: { kind: 'map', description: 'Of a dry run: has-changes, platform (from and to) and stacks, as plan gives them; null otherwise.' },
  markdown: { kind: 'string', description: 'Of a dry run: the plan as a comment shows it; null otherwise.' },
} as const

/** The outputs of a deployment under their public names. */
export interface DeployedOutputs {
  readonly outcome: string | null
  readonly changed: boolean
  readonly deployment: number | null
  readonly release: Digest | null
  readonly previous: Digest | null
  readonly stacks: readonly Pick<StackResult, 'stack' | 'name' | 'outcome' | 'started' | 'seconds' | 'outputs'>[]
  readonly cause: FailureCause | null
  readonly digest: Digest | null
  readonly gated: boolean
  readonly plan: Readonly<Record<string, unknown>> | null
  readonly markdown: string | null
}

/** The outputs that only a dry run has. */
export const noPlan = { digest: null, gated: false, plan: null, markdown: null } as const

function outputsOfDeployed({ outcome, changed, deployment, release, previous, stacks, cause }: Deployed): DeployedOutputs {
  return {
    outcome,
    changed,
    deployment,
    release,
    previous,
    stacks: stacks.map(({ stack, name, outcome, started, seconds, outputs }) => ({ stack, name, outcome, started, seconds, outputs })),
    cause,
    ...noPlan,
  }
}

/** The outputs of a deployment. Throws its error, with them, unless it succeeded. */
export function outputsOrError({ deployed, error }: DeploymentEnd): DeployedOutputs {
  const outputs = outputsOfDeployed(deployed)
  if (error) throw error.with({ outputs: { ...outputs, gated: error.code === 'gated' } })
  return outputs
}
