import type { Digest } from '../digest.ts'
import type { TowpathError } from '../errors.ts'
import type { Gate } from '../stack/gate.ts'
import type { RolloutReport } from './apply/run.ts'
import type { StackResult } from './apply/stack-run.ts'
import type { FailureCause, Outcome } from './log/record.ts'
import type { AdoptGate } from './plan/plan.ts'

/** How a deployment ended. */
export interface DeploymentEnd {
  readonly deployed: Deployed
  /** Why it did not succeed; undefined if it did. */
  readonly error: TowpathError | undefined
}

/** What a deployment came to: the outputs of `deploy` and `rollback`. */
export interface Deployed {
  readonly outcome: Outcome
  readonly changed: boolean
  /** The number of the deployment, or of the last one if there was nothing to do; null if there never was one. */
  readonly deployment: number | null
  /** Null only of a rollback that has nowhere to go, where no release is present. */
  readonly release: Digest | null
  /** The release that was present before. */
  readonly previous: Digest | null
  readonly stacks: readonly StackResult[]
  readonly cause: FailureCause | null
  /** The gates that stopped it. */
  readonly gates: readonly (Gate | AdoptGate)[]
  /** What became of the code; null where the stacks bring it, or nothing of it is known. */
  readonly rollout: RolloutReport | null
}
