import type { RolloutReport } from '../deployment/apply/run.ts'
import type { StackResult } from '../deployment/apply/stack-run.ts'
import type { Deployed, DeploymentEnd } from '../deployment/deploy.ts'
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
  rollout: {
    kind: 'map',
    description: 'The deployment of code: id, revision, hosts (name, outcome), partial, diagnosis, restored; null where there is none.',
  },
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
  readonly rollout: RolloutReport | null
}

function outputsOfDeployed({ outcome, changed, deployment, release, previous, stacks, cause, rollout }: Deployed): DeployedOutputs {
  return {
    outcome,
    changed,
    deployment,
    release,
    previous,
    stacks: stacks.map(({ stack, name, outcome, started, seconds, outputs }) => ({ stack, name, outcome, started, seconds, outputs })),
    cause,
    rollout,
  }
}

/** The outputs of a deployment. Throws its error, with them, unless it succeeded. */
export function outputsOrError({ deployed, error }: DeploymentEnd): DeployedOutputs {
  const outputs = outputsOfDeployed(deployed)
  if (error) throw error.with({ outputs: { ...outputs } })
  return outputs
}
