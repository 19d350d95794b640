import type { Ledger } from '../bucket/ledger.ts'
import { retryingObjects } from '../bucket/retrying.ts'
import type { Digest } from '../digest.ts'
import type { Origin } from '../origin.ts'
import { acquire } from './lock/acquire.ts'
import type { Claim } from './lock/document.ts'
import { findEnd } from './log/history.ts'
import { openJournal } from './log/journal.ts'
import type { DeploymentListener } from './log/listener.ts'
import { present } from './log/present.ts'
import type { DeploymentRecord, Outcome } from './log/record.ts'
import { carried, closeLeftover, type RecordAccess } from './takeover.ts'

/** A deployment that another tool made, as the caller describes it. */
export interface Recording extends RecordAccess {
  /** The stored release that was deployed, or the version's name in the other tool. */
  readonly what: { readonly release: Digest } | { readonly version: string }
  readonly outcome: Outcome
  readonly origin: Origin
  readonly claim: Claim
  /** How long to wait for the lock, in milliseconds. */
  readonly wait: number
  readonly signal: AbortSignal
  /** Is told of the deployment, such as GitHub. */
  readonly listener?: DeploymentListener
}

/**
 * Writes one closed record of a deployment that another tool made, under the lock. CloudFormation is neither asked nor changed: the proofs of
 * the record before are carried on, and hold as long as the stacks do not change.
 */
export async function recordDeployment(given: Recording): Promise<DeploymentRecord> {
  const { what, outcome, origin, claim, clock, log, wait, signal, listener } = given
  const ledger: Ledger = { ...given.ledger, objects: retryingObjects(given.ledger.objects, clock) }
  const early = await findEnd(ledger)
  listener?.found(early)
  const lease = await acquire(ledger, early.number + 1, claim, { clock, log, wait, signal })
  try {
    const end = await closeLeftover({ ledger, clock, log }, lease, claim, listener)
    await lease.setEpoch(end.number + 1)
    const stopped = AbortSignal.any([signal, lease.lost])
    stopped.throwIfAborted()
    const last = end.record?.value
    const writer = { clock, token: claim.token, hide: (text: string) => text, lost: lease.abandon, warn: (text: string) => log.warn(text) }
    const opening = { kind: 'recorded' as const, parts: [], release: null, ...what, previous: present(last), origin }
    const journal = await openJournal(ledger, writer, end, opening)
    // A failed deployment is taken to have changed nothing; an unknown one may be live.
    const record = await journal.close({ outcome, changed: outcome !== 'failed', cause: null, stacks: carried(last, []) })
    listener?.closed(record)
    return record
  } finally {
    await lease.release()
  }
}
