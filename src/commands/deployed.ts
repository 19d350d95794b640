import type { StackResult } from '../deployment/apply/stack-run.ts'
import type { Deployed, DeploymentEnd } from '../deployment/deploy.ts'
import type { FailureCause } from '../deployment/log/record.ts'
import { list, map, type OutputsOf } from './command.ts'

type DeployedStack = Pick<StackResult, 'stack' | 'name' | 'outcome' | 'started' | 'seconds' | 'outputs'>

/** The outputs of `deploy` and `rollback`. */
export const deployedOutputs = {
  outcome: {
    kind: 'enum',
    values: ['succeeded', 'failed', 'unknown'],
    nullable: true,
    description: 'succeeded, failed or unknown; null for a dry run.',
  },
  changed: { kind: 'boolean', description: 'True if anything was changed in AWS.' },
  deployment: { kind: 'number', nullable: true, description: "The deployment's number; the last one's if there was nothing to do." },
  release: { kind: 'string', nullable: true, description: 'The release that was applied, as sha256:<hex>.' },
  previous: { kind: 'string', nullable: true, description: 'The release that was present before, null the first time.' },
  stacks: list<DeployedStack>('Each stack: stack, name, outcome, started (null if it was not begun), seconds, outputs.'),
  cause: { ...map<FailureCause>('Why it did not succeed: stack, resource, type, reason; null otherwise.'), nullable: true },
} as const

/** The outputs of a deployment under their public names. */
export type DeployedOutputs = OutputsOf<typeof deployedOutputs>

function outputsOfDeployed({ outcome, changed, deployment, release, previous, stacks, cause }: Deployed): DeployedOutputs {
  return {
    outcome,
    changed,
    deployment,
    release,
    previous,
    stacks: stacks.map(({ stack, name, outcome, started, seconds, outputs }) => ({ stack, name, outcome, started, seconds, outputs })),
    cause,
  }
}

/** The outputs of a deployment. Throws its error, with them, unless it succeeded. */
export function outputsOrError({ deployed, error }: DeploymentEnd): DeployedOutputs {
  const outputs = outputsOfDeployed(deployed)
  if (error) throw error.with({ outputs: { ...outputs } })
  return outputs
}
