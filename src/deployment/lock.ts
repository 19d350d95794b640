import { documentBytes, readDocument, type Stored } from '../bucket/documents.ts'
import { lockKey } from '../bucket/keys.ts'
import type { ETag } from '../bucket/objects.ts'
import { type Clock, pollGap, printDuration } from '../clock.ts'
import { TowpathError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Log } from '../log.ts'
import type { Ledger } from './history.ts'

/** How long a lock must show no sign of life before another may take it over, on the waiter's own clock. */
export const LEASE_MILLISECONDS = 60_000
export const HEARTBEAT_MILLISECONDS = 10_000

/** The lock of one service in one environment. */
export interface LockDocument {
  readonly schema: 'towpath/lock@1'
  /** Who holds it, for people. */
  readonly holder: string
  /** Unlike any other holder's. */
  readonly token: string
  readonly run: string | null
  /** The number of the deployment that it is held for. */
  readonly epoch: number
  /** Raised by every write: equal bytes would have an equal ETag, and look like a holder that died. */
  readonly counter: number
}

/** Who wants the lock. */
export type Claim = Pick<LockDocument, 'holder' | 'token' | 'run'>

/** A lock that is ours until it is released, or somebody takes it over. */
export interface Held {
  /** Aborted, with a 'locked' error, once somebody else has the lock. */
  readonly lost: AbortSignal
  /** The document of the dead holder that it was taken over from. */
  readonly takenFrom: LockDocument | undefined
  /** Names the deployment that it is now held for. */
  setEpoch(epoch: number): Promise<void>
  /** Reads the lock anew and throws 'locked' if it is no longer ours. For calls that nothing else fences. */
  confirm(): Promise<void>
  /** Stops the heartbeat and deletes the lock, if it still is ours. */
  release(): Promise<void>
}

export interface Waiting {
  readonly clock: Clock
  readonly log: Log
  /** How long to wait for another holder, in milliseconds. */
  readonly wait: number
  readonly signal: AbortSignal
}

/**
 * Takes the lock, waiting while another holds it. A holder whose lock does not change for a whole lease is dead, and its lock is taken
 * over; nobody's clock is compared with anybody else's. Throws 'locked' when the wait ends first.
 */
export async function acquire(ledger: Ledger, epoch: number, claim: Claim, waiting: Waiting): Promise<Held> {
  const { clock, log, wait, signal } = waiting
  const key = lockKey(ledger.environment, ledger.service)
  const mine: LockDocument = { schema: 'towpath/lock@1', ...claim, epoch, counter: 1 }
  const start = clock.monotonic()
  let seen: { readonly etag: ETag; readonly since: number } | undefined
  for (;;) {
    signal.throwIfAborted()
    const made = await ledger.objects.create(key, bytesOf(mine))
    if (made !== 'exists') return hold(ledger, clock, log, mine, made, undefined)
    const other = await readDocument<LockDocument>(ledger.objects, key, 'towpath/lock@1')
    if (other === undefined) continue
    const now = clock.monotonic()
    if (seen?.etag !== other.etag) {
      if (seen === undefined) log.info(`waiting for ${holderText(other.value)}`)
      seen = { etag: other.etag, since: now }
    } else if (now - seen.since >= LEASE_MILLISECONDS) {
      const taken = await ledger.objects.replace(key, bytesOf(mine), other.etag)
      if (taken === 'changed') continue
      log.warn(`${holderText(other.value)} gave no sign of life for ${printDuration(now - seen.since)}: its lock is taken over`)
      return hold(ledger, clock, log, mine, taken, other.value)
    }
    if (now - start >= wait) throw held(other)
    await clock.sleep(Math.min(pollGap(now - start), Math.max(0, wait - (now - start))), signal)
  }
}

/** The lock as it is now, if anybody holds it. */
export function readLock(ledger: Ledger): Promise<Stored<LockDocument> | undefined> {
  return readDocument<LockDocument>(ledger.objects, lockKey(ledger.environment, ledger.service), 'towpath/lock@1')
}

function hold(ledger: Ledger, clock: Clock, log: Log, document: LockDocument, made: ETag, takenFrom: LockDocument | undefined): Held {
  const key = lockKey(ledger.environment, ledger.service)
  const lost = new AbortController()
  const stopped = new AbortController()
  let current = document
  let etag = made
  let last: Promise<void> = Promise.resolve()

  const lose = (): TowpathError => {
    const error = new TowpathError(
      'locked',
      `the lock of ${ledger.service} in ${ledger.environment} was taken over by another run, so this one stopped`,
      { blame: 'service', hint: 'look at the log, then deploy again if need be' },
    )
    lost.abort(error)
    return error
  }
  const write = async (epoch: number): Promise<void> => {
    lost.signal.throwIfAborted()
    const next = { ...current, epoch, counter: current.counter + 1 }
    const written = await ledger.objects.replace(key, bytesOf(next), etag)
    if (written === 'changed') throw lose()
    current = next
    etag = written
  }
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
  const beat = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(HEARTBEAT_MILLISECONDS, stopped.signal)
      await inTurn(() => write(current.epoch)).catch((error: unknown) => {
        if (lost.signal.aborted) throw error
        log.warn(`the heartbeat of the lock could not be written: ${error instanceof Error ? error.message : String(error)}`)
      })
    }
  }
  const beating = beat().catch(() => {})

  return {
    lost: lost.signal,
    takenFrom,
    setEpoch: (epoch) => inTurn(() => write(epoch)),
    confirm: () =>
      inTurn(async () => {
        lost.signal.throwIfAborted()
        if ((await readLock(ledger))?.value.token !== document.token) throw lose()
      }),
    async release() {
      stopped.abort()
      await beating
      await last
      if (!lost.signal.aborted) await ledger.objects.remove(key, etag)
    },
  }
}

function held({ value }: Stored<LockDocument>): TowpathError {
  return new TowpathError('locked', `another deployment holds the lock: ${holderText(value)}`, {
    hint: 'wait for it and deploy again, or give a longer --wait',
  })
}

function holderText({ holder, epoch, run }: LockDocument): string {
  return `deployment ${epoch} by ${holder}${run === null ? '' : ` (${run})`}`
}

function bytesOf(document: LockDocument): Uint8Array {
  return documentBytes(document as unknown as Json)
}
