import type { End } from './history.ts'
import type { DeploymentRecord } from './record.ts'

/** A record as far as it is known when it is opened. */
export type OpenRecord = Pick<
  DeploymentRecord,
  'service' | 'environment' | 'deployment' | 'kind' | 'release' | 'releaseCommit' | 'version' | 'origin'
>

/** A stack's outputs, as a deployment left them. */
export interface LiveOutputs {
  readonly stack: string
  readonly outputs: Readonly<Record<string, string>>
}

/**
 * Hears how a deployment goes, to tell others of it. It is never waited for and must not throw: what it does is beside the work, and the
 * log is the truth whatever becomes of it.
 */
export interface DeploymentListener {
  /** Where the log ended when the run looked at it first. Nothing may come after this: there may be nothing to do. */
  found(end: End): void
  /** A record of ours was opened, after the log that ends there. */
  opened(record: OpenRecord, end: End): void
  /** A record was closed by this run: its own, with its stacks in their order, or one that a dead run left. */
  closed(record: DeploymentRecord, stacks?: readonly LiveOutputs[]): void
}
