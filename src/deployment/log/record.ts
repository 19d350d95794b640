import type { VerifiedBlob } from '../../bucket/blobs.ts'
import type { Digest } from '../../digest.ts'
import type { Origin } from '../../origin.ts'
import type { RolloutFacts } from '../../rollout/request.ts'
import type { Part } from './parts.ts'

/** How a deployment ended. Unknown is never green: something may still be under way, or we did not see its end. */
export type Outcome = 'succeeded' | 'failed' | 'unknown'

/** How one stack ended. `unchanged` was proved; `gated` met a gate without consent; `waiting` was never begun; `kept` is of an earlier release. */
export type StackOutcome = 'succeeded' | 'unchanged' | 'failed' | 'unknown' | 'gated' | 'waiting' | 'kept'

/** What proves, later, that a stack is still what we made it: all three are the same then. */
export interface Proof {
  /** The StackId. */
  readonly id: string
  /** LastUpdatedTime, or CreationTime of a stack that was never updated. */
  readonly time: string
  /** Of the template, nested templates, parameters, tags and capabilities that were applied. */
  readonly digest: Digest
  /** True if CloudFormation reads something anew at each update of it: it names the stack, and proves nothing. */
  readonly readsAnew?: true
}

export interface StackRecord {
  /** The stack's name in CloudFormation. */
  readonly name: string
  readonly outcome: StackOutcome
  readonly seconds: number
  readonly proof: Proof | null
}

/** Why a deployment did not succeed. */
export interface FailureCause {
  readonly stack: string | null
  readonly resource: string | null
  readonly type: string | null
  readonly reason: string
}

/** `recorded` is one that something else made: Towpath only wrote down that it was. */
export type Kind = 'deploy' | 'rollback' | 'recorded'

/** What an attempt came to, as far as later ones need to know. */
export type Attempt = Pick<DeploymentRecord, 'release' | 'version' | 'changed' | 'outcome' | 'previous'>

/** What a deployment put live: a release, or, of a recorded one, what something else calls its version. */
type What = Pick<DeploymentRecord, 'release' | 'version' | 'platform' | 'releaseCommit'>

/** A call to CodeDeploy that changes something. */
interface CodeChange {
  readonly stack: null
  readonly application: string
  readonly group: string
  readonly does: 'create-deployment' | 'stop-deployment'
  /** CodeDeploy's id of the deployment; null before it has one. */
  readonly id: string | null
}

/** A line of the log of one deployment: what is about to be done, or what came of it. Never holds a parameter's value. */
export type EntryFact =
  | ({ readonly kind: 'started'; readonly deployment: Kind; readonly parts: readonly Part[]; readonly origin: Origin } & What)
  | {
      readonly kind: 'intent'
      readonly stack: string
      /** The stack's name in CloudFormation. */
      readonly name: string
      readonly does: 'create-change-set' | 'execute-change-set' | 'delete-stack'
      readonly token: string
      readonly changeSet: string | null
    }
  | {
      readonly kind: 'outcome'
      readonly stack: string
      readonly does: 'create-change-set' | 'execute-change-set' | 'delete-stack'
      readonly result: string
      readonly reason: string | null
    }
  | ({ readonly kind: 'intent'; readonly token: string } & CodeChange)
  | ({ readonly kind: 'outcome'; readonly result: string; readonly reason: string | null } & CodeChange)
  | { readonly kind: 'consented'; readonly consent: string; readonly reason: string }
  /** A stack turned out to change otherwise than was planned before its open inputs, `because`, were known. */
  | { readonly kind: 'beside-plan'; readonly stack: string; readonly because: readonly string[]; readonly differences: string }
  | { readonly kind: 'interrupted'; readonly reason: string }
  | { readonly kind: 'abandoned'; readonly by: string }

export type LogEntry = EntryFact & { readonly time: string }

/** An object of live entries, chained to the one before it (the first to the record of the deployment before). */
export interface LiveEntries {
  readonly schema: 'towpath/entries@1'
  readonly deployment: number
  readonly sequence: number
  readonly previous: Digest | null
  /** Unlike any other run's: tells an append of ours, whose reply was lost, from that of a run which took the deployment over. */
  readonly writer: string
  readonly entries: readonly LogEntry[]
}

/** The closed record of one deployment. */
export interface DeploymentRecord {
  readonly schema: 'towpath/deployment@1'
  readonly service: string
  readonly environment: string
  readonly deployment: number
  readonly kind: Kind
  /** What of the release was deployed: none of a recorded one, since nothing of it was seen. */
  readonly parts: readonly Part[]
  readonly outcome: Outcome
  /** True if a change set was executed, whatever came of it; of a recorded one, unless it is said to have failed. */
  readonly changed: boolean
  /** Null only where there is a version instead. */
  readonly release: Digest | null
  /** What something else deployed that is no release of Towpath's, in its own words. */
  readonly version?: string
  /** The version of the release's platform; absent in what was written before records had it, and where there is no release. */
  readonly platform?: string
  /** The commit of the release's first deployment here; absent where it is not known. */
  readonly releaseCommit?: string
  /** The release that was present before this deployment; null if there was none, or what was there is no release. */
  readonly previous: Digest | null
  readonly origin: Origin
  readonly started: string
  readonly finished: string
  /** Set where another run closed this record: who did, in its own words. */
  readonly closedBy: string | null
  readonly cause: FailureCause | null
  readonly stacks: Readonly<Record<string, StackRecord>>
  /** The deployment of code; absent where none is known. */
  readonly rollout?: RolloutFacts
  readonly entries: readonly LogEntry[]
  /** The blobs of the release that had to be read to know that they are what their names say; absent if the bucket's checksums told of all. */
  readonly verified?: readonly VerifiedBlob[]
  /** The SHA-256 of the record before this one. */
  readonly previousRecord: Digest | null
}

/** A cache of the last record's number and digest; repaired by walking forward. */
export interface Head {
  readonly schema: 'towpath/head@1'
  readonly deployment: number
  readonly record: Digest
}
