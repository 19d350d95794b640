import type { Ledger } from '../../bucket/ledger.ts'
import type { ETag } from '../../bucket/objects.ts'
import type { Log } from '../../log.ts'
import { type Clock, pollGap, printDuration } from '../../ports/clock.ts'
import { holderText, readLock, type SeenLock, unlockCommand } from './document.ts'

/** A holder counts as dead if its lock has not changed for so long, in milliseconds on the clock of the run that waits. */
export const LEASE_MILLISECONDS = 60_000

/** The version of the lock that was seen last, its holder's token, and when this version was first seen. */
interface Seen {
  readonly etag: ETag
  readonly token: string
  readonly since: number
}

/**
 * Watches a lock that another run holds. The function it gives is called with each version of the lock that is read, and says for how many
 * milliseconds the lock has not changed. Clocks of different machines are never compared. Logs each new holder once.
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
 * Waits until nobody holds the lock, or its holder is dead, or `wait` milliseconds have passed. A plan that is made then starts from the
 * result of the deployment under way. This is a courtesy and protects nothing: we do not take the lock. Throws the signal's reason.
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
