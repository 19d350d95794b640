import { lockKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import { isTransient, TowpathError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import { type Clock, pollGap, printDuration } from '../../ports/clock.ts'
import { type Claim, holderText, type LockDocument, lockBytes, readLock, type SeenLock, unlockCommand } from './document.ts'
import { keepLease, type Lease } from './lease.ts'
import { LEASE_MILLISECONDS, watchHolder } from './wait.ts'

export interface Waiting {
  readonly clock: Clock
  readonly log: Log
  /** How long to wait for another holder, in milliseconds. */
  readonly wait: number
  readonly signal: AbortSignal
}

/**
 * Takes the lock, and waits while another run holds it. A holder whose lock has not changed for a whole lease is dead, and its lock is
 * taken over. Clocks of different machines are never compared. Throws 'locked' when the wait ends first.
 */
export async function acquire(ledger: Ledger, epoch: number, claim: Claim, waiting: Waiting): Promise<Lease> {
  const { clock, log, wait, signal } = waiting
  const key = lockKey(ledger.environment, ledger.service)
  const mine: LockDocument = { schema: 'towpath/lock@1', ...claim, epoch, counter: 1 }
  const start = clock.monotonic()
  const silenceOf = watchHolder(clock, log)
  let dead: LockDocument | undefined

  /** Tries once: gives the lease, or the error that says who holds the lock. */
  async function attempt(): Promise<Lease | TowpathError> {
    const made = await ledger.objects.create(key, lockBytes(mine))
    if (made !== 'exists') return keepLease(ledger, clock, log, mine, made, undefined)
    const other = await readLock(ledger)
    if (other === undefined) return attempt()
    const { value, etag } = other
    // We took it already, and lost the reply.
    if (value.token === claim.token) return keepLease(ledger, clock, log, value, etag, dead)
    const silence = silenceOf(other)
    if (silence < LEASE_MILLISECONDS) return held(ledger, other)
    dead = value
    const taken = await ledger.objects.replace(key, lockBytes(mine), etag)
    if (taken === 'changed') return attempt()
    log.warn(`${holderText(value)} gave no sign of life for ${printDuration(silence)}: its lock is taken over`)
    return keepLease(ledger, clock, log, mine, taken, value)
  }

  for (;;) {
    signal.throwIfAborted()
    const outcome = await attempt().catch((error: unknown) => {
      if (isTransient(error)) return error
      throw error
    })
    if (!(outcome instanceof TowpathError)) return outcome
    const waited = clock.monotonic() - start
    if (waited >= wait) throw outcome
    await clock.sleep(Math.min(pollGap(waited), wait - waited), signal)
  }
}

function held(ledger: Ledger, { value, etag }: SeenLock): TowpathError {
  return new TowpathError('locked', `another deployment holds the lock: ${holderText(value)}`, {
    hint: `wait for it and deploy again, or give a longer --wait; if that run is gone: ${unlockCommand(ledger, etag)}`,
  })
}
