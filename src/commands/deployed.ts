import type { RolloutReport } from '../deployment/apply/run.ts'
import type { StackResult } from '../deployment/apply/stack-run.ts'
import type { Deployed, DeploymentEnd } from '../deployment/deployed.ts'
import type { FailureCause } from '../deployment/log/record.ts'
import type { ShownStack, ShownTransition } from '../render/plan-order.ts'
import { list, map, type OutputsOf } from './command.ts'

/** The plan of a dry run. */
interface DryPlan {
  readonly 'has-changes': boolean
  readonly platform: ShownTransition['platform']
  readonly stacks: readonly ShownStack[]
}

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
  rollout: {
    ...map<RolloutReport>(
      'The deployment of code: id, revision, hosts (name, outcome), partial, diagnosis, restored; null where there is none.',
    ),
    nullable: true,
  },
  digest: { kind: 'string', nullable: true, description: "Of a dry run: the plan's digest; null otherwise." },
  gated: { kind: 'boolean', description: 'True if a gate that lacks its consent stopped it, or would stop it.' },
  plan: {
    ...map<DryPlan>('Of a dry run: has-changes, platform (from and to) and stacks, as plan gives them; null otherwise.'),
    nullable: true,
  },
  markdown: { kind: 'string', nullable: true, description: 'Of a dry run: the plan as a comment shows it; null otherwise.' },
} as const

/** The outputs of a deployment under their public names. */
export type DeployedOutputs = OutputsOf<typeof deployedOutputs>

/** The outputs that only a dry run has. */
export const noPlan = { digest: null, gated: false, plan: null, markdown: null } as const

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
    ...noPlan,
  }
}

/** The outputs of a deployment. Throws its error, with them, unless it succeeded. */
export function outputsOrError({ deployed, error }: DeploymentEnd): DeployedOutputs {
  const outputs = outputsOfDeployed(deployed)
  if (error) throw error.with({ outputs: { ...outputs, gated: error.code === 'gated' } })
  return outputs
}
