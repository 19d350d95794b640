import type { Clock } from '../../src/ports/clock.ts'

/** A clock whose time passes only when everybody waits. Nothing in it looks at the real time. */
export interface VirtualClock extends Clock {
  /** Moves on, waking the sleepers on the way one by one, in order; resolves when what they did has settled. */
  advance(milliseconds: number): Promise<void>
  /** Sets the calendar. Sleepers and `monotonic` do not notice. */
  setNow(time: Date | string): void
  /** The same time on a machine whose calendar is ahead by so much, or behind. */
  skewed(milliseconds: number): Clock
  /** How many are asleep. */
  readonly sleeping: number
}

export interface VirtualClockOptions {
  /** The calendar at the start. */
  readonly now?: Date | string
  /** False: time passes by `advance` alone. */
  readonly auto?: boolean
  /** Milliseconds after which a sleeper is refused, so that a wait without an end fails instead of running for ever; default 60 days. */
  readonly limit?: number
}

interface Sleeper {
  readonly due: number
  readonly order: number
  wake(): void
  refuse(reason: unknown): void
}

/** Macrotasks in a row without news before everybody counts as parked: a reader of a stream may need a turn or two of its own. */
const CALM = 3
/** What the event loop still works on by itself. Source: process.getActiveResourcesInfo. Deflating and digesting do not show there. */
const BUSY = new Set(['FSReqPromise', 'FSReqCallback', 'CloseReq', 'FileHandleCloseReq', 'ProcessWrap'])
const DAY = 86_400_000

/**
 * A virtual clock. `sleep` parks; once everybody is parked (nobody went to sleep or woke for some macrotasks, and no file or child
 * process is being waited for), time jumps to the earliest sleeper, and only that one wakes. Sleepers of the same moment wake in the order
 * in which they went to sleep, each after the one before it has settled.
 */
export function virtualClock({ now = '2026-03-02T09:00:00.000Z', auto = true, limit = 60 * DAY }: VirtualClockOptions = {}): VirtualClock {
  let elapsed = 0
  let calendar = new Date(now).getTime()
  let order = 0
  let news = 0
  let running = false
  let driven = 0
  const sleepers = new Set<Sleeper>()

  function earliest(): Sleeper | undefined {
    let first: Sleeper | undefined
    for (const sleeper of sleepers) {
      if (!first || sleeper.due < first.due || (sleeper.due === first.due && sleeper.order < first.order)) first = sleeper
    }
    return first
  }

  function wake(sleeper: Sleeper): void {
    elapsed = Math.max(elapsed, sleeper.due)
    sleepers.delete(sleeper)
    news += 1
    if (elapsed > limit) sleeper.refuse(new Error(`virtual time ran past ${limit / DAY} days: somebody waits for what never comes`))
    else sleeper.wake()
  }

  async function settled(): Promise<void> {
    for (let calm = 0; calm < CALM; ) {
      const before = news
      await new Promise<void>((resolve) => setImmediate(resolve))
      const busy = process.getActiveResourcesInfo().some((resource) => BUSY.has(resource))
      calm = news === before && !busy ? calm + 1 : 0
    }
  }

  async function run(): Promise<void> {
    running = true
    while (driven === 0 && sleepers.size > 0) {
      await settled()
      const next = earliest()
      if (driven === 0 && next) wake(next)
    }
    running = false
  }

  function start(): void {
    if (auto && !running && driven === 0) void run()
  }

  function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      if (!(milliseconds >= 0)) return reject(new Error(`nobody can sleep for ${milliseconds} ms`))
      const abort = (): void => {
        sleepers.delete(sleeper)
        news += 1
        reject(signal?.reason)
      }
      const awake = (then: () => void): void => {
        signal?.removeEventListener('abort', abort)
        then()
      }
      const sleeper: Sleeper = {
        due: elapsed + milliseconds,
        order: order++,
        wake: () => awake(resolve),
        refuse: (reason) => awake(() => reject(reason)),
      }
      signal?.addEventListener('abort', abort, { once: true })
      sleepers.add(sleeper)
      news += 1
      start()
    })
  }

  async function advance(milliseconds: number): Promise<void> {
    const target = elapsed + milliseconds
    driven += 1
    await settled()
    for (let next = earliest(); next && next.due <= target; next = earliest()) {
      wake(next)
      await settled()
    }
    elapsed = Math.max(elapsed, target)
    await settled()
    driven -= 1
    if (sleepers.size > 0) start()
  }

  const clock: Clock = { now: () => new Date(calendar + elapsed), monotonic: () => elapsed, sleep }
  return {
    ...clock,
    advance,
    setNow: (time) => {
      calendar = new Date(time).getTime() - elapsed
    },
    skewed: (ahead) => ({ ...clock, now: () => new Date(calendar + elapsed + ahead) }),
    get sleeping() {
      return sleepers.size
    },
  }
}
