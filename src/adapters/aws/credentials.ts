import { isTransient, TowpathError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Clock } from '../../ports/clock.ts'
import { nameOfRole } from '../../role.ts'

/** Keys that AWS takes for a while. */
export interface SessionKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** Gives keys that are good now. The SDK asks before each request; the mark keeps it from remembering them by itself. */
export type Credentials = (() => Promise<SessionKeys>) & { readonly memoized: true }

/**
 * How long a session is asked for, in seconds: what every role allows, and the most that a chained one may have. Source: STS API reference,
 * AssumeRole, DurationSeconds ("Role chaining limits your … session to a maximum of one hour").
 */
export const SESSION_SECONDS = 3_600
const LIFE = SESSION_SECONDS * 1_000
/** The age at which new keys are fetched, while the old ones go on being used. */
const RENEWED_AT = 0.75 * LIFE
/** The age from which the old ones are used no more: a request that begins then, with its repetitions, must end within their life. */
const SPENT_AT = 0.93 * LIFE
/** How long after a renewal that failed the next one is tried, in milliseconds. */
const GAP = 30_000

/** What stands around a session: time, and people. */
export interface SessionAround {
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
}

/**
 * Keys of a role that are renewed before they run out. Whoever asks at the same time shares one renewal; while the old keys are good nobody
 * waits for it, so that the heartbeat of a lock goes on whatever becomes of it. Ages are of this machine's own clocks (the calendar's too,
 * since the other one stands still while a laptop sleeps), never compared with AWS's. What keeps keys from being renewed is thrown only once
 * the old ones have run out: as 'no-credentials' if it was a refusal, as it is if only no answer came.
 */
export function renewed(role: string, obtain: () => Promise<SessionKeys>, { clock, log }: SessionAround): Credentials {
  let held: { readonly keys: SessionKeys; readonly at: number; readonly on: number } | undefined
  let pending: Promise<SessionKeys> | undefined
  let tryAgainAt = Number.NEGATIVE_INFINITY

  const age = (): number =>
    held === undefined ? Number.POSITIVE_INFINITY : Math.max(clock.monotonic() - held.at, clock.now().getTime() - held.on)

  async function fetchKeys(): Promise<SessionKeys> {
    const [at, on] = [clock.monotonic(), clock.now().getTime()]
    const keys = await obtain()
    held = { keys, at, on }
    return keys
  }
  function renew(): Promise<SessionKeys> {
    pending ??= fetchKeys().finally(() => {
      pending = undefined
    })
    return pending
  }

  const give = async (): Promise<SessionKeys> => {
    const old = held?.keys
    if (old === undefined) return renew()
    if (age() < RENEWED_AT) return old
    if (age() >= SPENT_AT)
      return renew().catch((error: unknown) => {
        throw isTransient(error) ? error : ranOut(role, error)
      })
    if (clock.monotonic() >= tryAgainAt) {
      tryAgainAt = clock.monotonic() + GAP
      renew().catch((error: unknown) => log.warn(`the credentials of ${nameOfRole(role)} could not be renewed yet: ${messageOf(error)}`))
    }
    return old
  }
  return Object.assign(give, { memoized: true as const })
}

function ranOut(role: string, error: unknown): TowpathError {
  const hint = error instanceof TowpathError ? error.hint : undefined
  return new TowpathError(
    'no-credentials',
    `the credentials of role ${nameOfRole(role)} ran out, and no new ones were given: ${messageOf(error)}`,
    {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    },
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
