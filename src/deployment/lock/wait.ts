import type { Ledger } from '../../bucket/ledger.ts'
import type { ETag } from '../../bucket/objects.ts'
import type { Log } from '../../log.ts'
import { type Clock, pollGap, printDuration } from '../../ports/clock.ts'
import { holderText, readLock, type SeenLock, unlockCommand } from './document.ts'

/** How long a lock must show no sign of life before its holder counts as dead, in milliseconds on the watcher's own clock. */
export const LEASE_MILLISECONDS = 60_000

/** What a watcher knows of the lock: which version of it is there, whose, and since when it has not changed. */
interface Seen {
  readonly etag: ETag
  readonly token: string
  readonly since: number
}

/**
 * Watches a lock that another holds: gives, each time it is shown the lock, for how many milliseconds it has not changed. Nobody's clock is
 * compared with anybody else's. Each new holder is told once.
 */
export function watchHolder(clock: Clock, log: Log): (lock: SeenLock) => number {
  let seen: Seen | undefined
  return ({ value, etag }) => {
    const now = clock.monotonic()
    if (seen?.token !== value.token) log.info(`waiting for ${holderText(value)}`)
    if (seen?.etag !== etag) seen = { etag, token: value.token, since: now }
    return now - seen.since
  }
}

/**
 * Waits until nobody holds the lock, or its holder is dead, or `wait` milliseconds have passed: a plan that is made then is of what the
 * deployment under way leaves. It is a courtesy and fences nothing. Throws the signal's reason.
 */
export async function waitUntilFree(
  ledger: Ledger,
  { clock, log, wait, signal }: { readonly clock: Clock; readonly log: Log; readonly wait: number; readonly signal: AbortSignal },
): Promise<void> {
  if (wait === 0) return
  const silence = watchHolder(clock, log)
  const start = clock.monotonic()
  for (;;) {
    const lock = await readLock(ledger)
    if (lock === undefined) return
    const quiet = silence(lock)
    if (quiet >= LEASE_MILLISECONDS)
      return log.warn(
        `${holderText(lock.value)} gave no sign of life for ${printDuration(quiet)}: it is not waited for (to remove its lock: ${unlockCommand(ledger, lock.etag)})`,
      )
    const waited = clock.monotonic() - start
    if (waited >= wait)
      return log.warn(
        `${holderText(lock.value)} is still under way after ${printDuration(waited)}: the plan may be out of date when it ends`,
      )
    await clock.sleep(Math.min(pollGap(waited), wait - waited), signal)
  }
}
