import { lockKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import { TowpathError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { type Clock, pollGap, printDuration } from '../../ports/clock.ts'
import { bareTag, holderText, lookAtLock, unlockCommand } from './document.ts'
import { LEASE_MILLISECONDS } from './wait.ts'

/** What became of a lock: `none` was there, or it was `removed`. */
export interface Unlocked {
  readonly lock: 'none' | 'removed'
  /** Who held it; null if there was none, or what was there was not a lock. */
  readonly holder: string | null
}

/**
 * Removes a lock that was seen, if it is not a lock at all or its holder is gone: a holder is gone whose lock does not change for a whole
 * lease. Throws 'conflict' if the lock is not the one that was seen, 'locked' if its holder is alive, and the signal's reason.
 * @param seen The lock's ETag as a message gave it.
 */
export async function unlock(
  ledger: Ledger,
  seen: string,
  { clock, log, signal }: { readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<Unlocked> {
  const start = clock.monotonic()
  let holder: string | null = null
  for (;;) {
    const lock = await lookAtLock(ledger)
    if (lock === undefined) return { lock: 'none', holder }
    const watched = clock.monotonic() - start
    const who = lock.value ? holderText(lock.value) : null
    if (bareTag(lock.etag) !== bareTag(seen)) {
      if (holder !== null)
        throw new TowpathError('locked', `the lock is held: ${who ?? 'somebody'} changed it while it was watched`, {
          hint: 'wait until that deployment ends',
        })
      throw new TowpathError(
        'conflict',
        `the lock is not the one that was seen: its ETag is '${bareTag(lock.etag)}', not '${bareTag(seen)}'`,
        {
          hint: `it is ${who === null ? 'not a lock of this version' : `of ${who}`}; if that run is gone: ${unlockCommand(ledger, lock.etag)}`,
        },
      )
    }
    if (who === null || watched >= LEASE_MILLISECONDS) {
      const outcome = await ledger.objects.remove(lockKey(ledger.environment, ledger.service), lock.etag)
      if (outcome === 'removed') return { lock: 'removed', holder: who }
      continue
    }
    if (holder === null) log.info(`watching for ${printDuration(LEASE_MILLISECONDS)} whether ${who} gives a sign of life`)
    holder = who
    await clock.sleep(Math.min(pollGap(watched), LEASE_MILLISECONDS - watched), signal)
  }
}
