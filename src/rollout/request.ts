import type { Log } from '../log.ts'
import type { Deadline } from '../stack/watch.ts'
import type { Diagnosis } from './diagnose.ts'
import type { Progress } from './progress.ts'
import type { GroupName, Revision, Rollouts } from './rollouts.ts'
import type { HostOutcome } from './status.ts'

/** A call that changes something. */
export interface Change extends GroupName {
  readonly does: 'create-deployment' | 'stop-deployment'
  /** Ours; it is in the description of the deployment. */
  readonly token: string
  /** The deployment that is stopped; null before it has an id. */
  readonly id: string | null
}

/** What the caller does around calls that change something, and hears. */
export interface ShipHooks {
  /** Called before each such call, which is made only when this has returned: writes the intent, after a fresh read of the lock. */
  intent(change: Change): Promise<void>
  /** Called when it is known what became of it. @param result an id, `BUSY`, `REFUSED`, `STOPPING`, `OVER`, or a status @param reason null if there is nothing to say */
  outcome(change: Change, result: string, reason: string | null): Promise<void>
  /** Called after a wait for somebody else's deployment: whether this one may still go on. Throws if not. */
  recheck(): Promise<void>
  progress(progress: Progress): void
}

/** A deployment of code that is to be made. */
export interface CodeRequest extends GroupName {
  readonly rollouts: Rollouts
  /** Its signal is the caller's interruption; its end makes the outcome unknown. */
  readonly deadline: Deadline
  readonly log: Log
  readonly hooks: ShipHooks
  readonly revision: Revision
  /** Unlike that of any other attempt: letters, digits, `-` and `.`, at most 100. */
  readonly token: string
  /** What people read in CodeDeploy beside the token. */
  readonly description: string
  /** The deployment that the last record says is live, with its revision; null if none says so. */
  readonly last: { readonly id: string; readonly revision: Revision } | null
  readonly ignoreStopFailures: boolean
  /** How long another deployment of the group is waited for, in milliseconds. */
  readonly waitMilliseconds: number
  readonly onInterrupt: 'cancel' | 'leave'
  /** What people call a revision, such as the release it is of; undefined if that is not known. */
  nameOf(revision: Revision): string | undefined
}

/** What the record keeps of a deployment of code. */
export interface RolloutFacts {
  readonly id: string
  readonly revision: Revision
  readonly hosts: readonly { readonly name: string; readonly outcome: HostOutcome }[]
  /** True if some hosts have the revision and others not; absent otherwise. */
  readonly partial?: true
}

/** What CodeDeploy put back by itself after a failure. */
export interface Restored {
  readonly id: string
  readonly outcome: 'succeeded' | 'failed'
  readonly revision: Revision | undefined
}

export type CodeResult =
  | { readonly outcome: 'unchanged'; readonly rollout: RolloutFacts }
  | { readonly outcome: 'succeeded'; readonly rollout: RolloutFacts }
  | {
      readonly outcome: 'failed'
      readonly rollout: RolloutFacts
      /** One line, with what was restored, if anything was. */
      readonly message: string
      readonly diagnosis: Diagnosis
      readonly restored: Restored | null
    }
