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
import { type Closer, carried, closeLeftover } from './takeover.ts'

/** A deployment that something else made, as somebody tells it. */
export interface Recording extends Closer {
  /** The stored release that was deployed, or what something else calls the version that was. */
  readonly what: { readonly release: Digest } | { readonly version: string }
  readonly outcome: Outcome
  readonly origin: Origin
  readonly claim: Claim
  /** How long to wait for the lock, in milliseconds. */
  readonly wait: number
  readonly signal: AbortSignal
  /** Hears of it, to tell others. */
  readonly watch?: DeploymentListener
}

/**
 * Writes down a deployment that something else made, as one closed record in its turn under the lock. Nothing of CloudFormation is asked
 * or changed: what the record before it proves of the stacks is carried on, and holds as long as they have not moved.
 */
export async function recordDeployment(given: Recording): Promise<DeploymentRecord> {
  const { what, outcome, origin, claim, clock, log, wait, signal, watch } = given
  const ledger: Ledger = { ...given.ledger, objects: retryingObjects(given.ledger.objects, clock) }
  const early = await findEnd(ledger)
  watch?.found(early)
  const held = await acquire(ledger, early.number + 1, claim, { clock, log, wait, signal })
  try {
    const end = await closeLeftover({ ledger, clock, log }, held, claim, watch)
    await held.setEpoch(end.number + 1)
    const stopped = AbortSignal.any([signal, held.lost])
    stopped.throwIfAborted()
    const last = end.record?.value
    const writer = { clock, token: claim.token, hide: (text: string) => text, lost: held.abandon, warn: (text: string) => log.warn(text) }
    const opening = { kind: 'recorded' as const, parts: [], release: null, ...what, previous: present(last), origin }
    const journal = await openJournal(ledger, writer, end, opening)
    // What failed is taken to have left things as they were; of what nobody knows, that it may be live.
    const record = await journal.close({ outcome, changed: outcome !== 'failed', cause: null, stacks: carried(last, []) })
    watch?.closed(record)
    return record
  } finally {
    await held.release()
  }
}
