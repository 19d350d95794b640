import type { Archiver } from '../../artefact/archiver.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { Objects } from '../../bucket/objects.ts'
import { retryingObjects } from '../../bucket/retrying.ts'
import type { Digest } from '../../digest.ts'
import type { EnvironmentEntry } from '../../platform/release.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Files } from '../../ports/files.ts'
import type { Rollouts } from '../../rollout/rollouts.ts'
import type { StackClient } from '../../stack/client.ts'
import { retryingStacks } from '../../stack/retrying.ts'
import type { Deadline } from '../../stack/watch.ts'
import type { Templates } from './template.ts'

/** CodeDeploy in the environment's account and region, loaded when it is asked for, and what makes a revision for it. */
export interface CodeMeans {
  rollouts(): Promise<Rollouts>
  readonly files: Files
  readonly archiver: Archiver
}

/** Where a release is applied, and everything the work there needs. Its CloudFormation is that of the environment's account and region. */
export interface Target extends StackClient {
  /** The environment's name. */
  readonly environment: string
  /** Where the environment is, as the platform says. */
  readonly entry: EnvironmentEntry
  /** The log and the lock, in the platform bucket. */
  readonly ledger: Ledger
  /** The environment's bucket, from which Lambda and CloudFormation read. */
  readonly blobs: Objects
  /**
   * The ARN of the role that CloudFormation is given for what it does, so that a stack outlives our session. Undefined if the environment
   * has none, and for a plan, which may not pass it (iam:PassRole): CloudFormation then uses the role that it was given for the stack before.
   */
  readonly passes: string | undefined
  /** Blobs of a release that was composed here, whether it is stored or not: its templates are not read again. */
  readonly composed: ReadonlyMap<Digest, Uint8Array>
  /** True if every stack is looked at by a change set, also where it is proved unchanged. */
  readonly forced: boolean
  /** The templates that were read already. */
  readonly templates: Templates
  /** What code is deployed with, where the stacks do not bring it. */
  readonly code: CodeMeans
  readonly clock: Clock
}

/**
 * The same target with this deadline: its buckets and its CloudFormation are asked again where they give no answer, and CloudFormation is
 * not asked at all once the signal is aborted. Make it of a target that has not been through here, whose deadline may be later.
 */
export function withDeadline(target: Target, limit: Pick<Deadline, 'until' | 'signal'>): Target {
  const deadline: Deadline = { until: limit.until, signal: limit.signal, clock: target.clock, tell: (text) => target.log.warn(text) }
  const { ledger, blobs, clock } = target
  return {
    ...target,
    deadline,
    stacks: retryingStacks(target.stacks, deadline),
    ledger: { ...ledger, objects: retryingObjects(ledger.objects, clock) },
    blobs: retryingObjects(blobs, clock),
  }
}
