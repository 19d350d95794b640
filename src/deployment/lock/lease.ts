import { lockKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { ETag } from '../../bucket/objects.ts'
import { TowpathError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Clock } from '../../ports/clock.ts'
import { type LockDocument, lockBytes, readLock } from './document.ts'

export const HEARTBEAT_MILLISECONDS = 10_000

/** A lock that we hold until we release it or another run takes it over. */
export interface Lease {
  /** Aborted, with a 'locked' error, once another run has the lock. */
  readonly lost: AbortSignal
  /** The lock of the dead holder that we took it over from; undefined if the lock was free. */
  readonly takenFrom: LockDocument | undefined
  /** Changes the number of the deployment that the lock is held for. */
  setEpoch(epoch: number): Promise<void>
  /** Reads the lock again and throws 'locked' if it is no longer ours. For calls that nothing else protects from two runs at once. */
  confirmStillOurs(): Promise<void>
  /** Treats the lock as lost, for a reason that the caller found. */
  abandon(reason: TowpathError): void
  /** Stops the heartbeat and deletes the lock if it is still ours. Never throws: a lock that is left is taken over after a lease. */
  release(): Promise<void>
}

/** Keeps a lock that was just taken, by a heartbeat that goes on until the lock is released or lost. */
export function keepLease(
  ledger: Ledger,
  clock: Clock,
  log: Log,
  document: LockDocument,
  made: ETag,
  takenFrom: LockDocument | undefined,
): Lease {
  const { objects, environment, service } = ledger
  const key = lockKey(environment, service)
  const lost = new AbortController()
  const stopped = new AbortController()
  let current = document
  let etag = made
  let last: Promise<void> = Promise.resolve()

  /** Reads the lock, and takes over its ETag if it is ours: we may have lost the reply to our own write. */
  const recognise = async (): Promise<boolean> => {
    const there = await readLock(ledger)
    if (there?.value.token !== document.token) return false
    current = there.value
    etag = there.etag
    return true
  }
  const lose = (): TowpathError => {
    const error = new TowpathError(
      'locked',
      `the lock of ${service} in ${environment} was taken over by another run, so this one stopped`,
      {
        blame: 'service',
        hint: 'look at the log, then deploy again if need be',
      },
    )
    lost.abort(error)
    return error
  }
  const write = async (epoch: number): Promise<void> => {
    for (;;) {
      lost.signal.throwIfAborted()
      const next = { ...current, epoch, counter: current.counter + 1 }
      const written = await objects.replace(key, lockBytes(next), etag)
      if (written !== 'changed') {
        current = next
        etag = written
        return
      }
      if (!(await recognise())) throw lose()
    }
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
        if (lost.signal.aborted || stopped.signal.aborted) throw error
        log.warn(`the heartbeat of the lock could not be written: ${textOf(error)}`)
      })
    }
  }
  beat().catch(() => {})

  return {
    lost: lost.signal,
    takenFrom,
    setEpoch: (epoch) => inTurn(() => (current.epoch === epoch ? Promise.resolve() : write(epoch))),
    async confirmStillOurs() {
      lost.signal.throwIfAborted()
      if ((await readLock(ledger))?.value.token !== document.token) throw lose()
    },
    abandon: (reason) => lost.abort(reason),
    async release() {
      // We do not wait for a heartbeat in flight: it can only replace the lock, never create it again.
      stopped.abort()
      try {
        if (!lost.signal.aborted && (await objects.remove(key, etag)) === 'removed') return
      } catch (error) {
        log.warn(`the lock may not have been given back (${textOf(error)}); looking again`)
      }
      try {
        if (await recognise()) await objects.remove(key, etag)
      } catch (error) {
        const isGarbage = error instanceof TowpathError && error.hint !== undefined && error.code === 'failed' && !error.transient
        const next = isGarbage ? error.hint : 'the next run takes it over after a minute'
        log.warn(`the lock could not be given back: ${textOf(error)}; ${next}`)
      }
    },
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
