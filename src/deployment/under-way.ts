import { readDocument } from '../bucket/documents.ts'
import { entryKey } from '../bucket/keys.ts'
import type { Ledger } from '../bucket/ledger.ts'
import { lookAtLock } from './lock/document.ts'
import { type End, endByListing, hasRecordBehind } from './log/history.ts'
import type { LiveEntries } from './log/record.ts'

/** A deployment that has no closed record yet: it is under way, or was left unfinished. */
export interface UnderWay {
  readonly deployment: number
  /** Who holds the lock; null if nobody does, or what is there is not a lock. */
  readonly holder: string | null
  readonly run: string | null
  /** When it began, by the clock of who began it; null if it has the lock and has not begun. */
  readonly since: string | null
  /** When the lock was last written, by the bucket's clock; null if there is none. */
  readonly alive: string | null
}

type Lock = Awaited<ReturnType<typeof lookAtLock>>

/** Asks for the lock, without waiting for the answer. */
export function askForLock(ledger: Ledger): Promise<Lock> {
  const lock = lookAtLock(ledger)
  lock.catch(() => {})
  return lock
}

/**
 * What goes on behind the end of a log; undefined if nothing does. Two requests, one of which the asker has made already. A record that is
 * gone from the middle is met, as by everybody who reads the log.
 */
export async function underWay(ledger: Ledger, end: End, asked: Promise<Lock>): Promise<UnderWay | undefined> {
  const { objects, environment, service } = ledger
  const deployment = end.number + 1
  const key = entryKey(environment, service, deployment, 1)
  const [lock, begun] = await Promise.all([asked, readDocument<LiveEntries>(objects, key, 'towpath/entries@1')])
  if (begun && (await hasRecordBehind(ledger, deployment))) {
    await endByListing(ledger, end.head)
    return undefined
  }
  if (lock === undefined && begun === undefined) return undefined
  return {
    deployment,
    holder: lock?.value?.holder ?? null,
    run: lock?.value?.run ?? null,
    since: begun?.value.entries[0]?.time ?? null,
    alive: lock ? new Date(lock.written).toISOString() : null,
  }
}
