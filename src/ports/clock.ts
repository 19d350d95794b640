// Port: time, so that a test can hold it.

/** The clocks of this machine, and how to wait. */
export interface Clock {
  /** The calendar's time, for records only; never compared with another machine's. */
  now(): Date
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonic(): number
  /** Resolves after `milliseconds`, or rejects with the signal's reason as soon as it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The longest gap between two polls, in milliseconds. */
const LONGEST = 5_000
const SHORTEST = 500

/** How long to wait before the next poll: 5 % of the time elapsed, from half a second to five seconds. */
export function pollGap(elapsedMilliseconds: number): number {
  return Math.min(LONGEST, Math.max(SHORTEST, elapsedMilliseconds * 0.05))
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads a duration such as `90m`, `2h` or `1h30m` into milliseconds; undefined if the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(ms|s|m|h|d))+$/.test(text)) return undefined
  let total = 0
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) total += Number(count) * (units[unit] ?? 0)
  return Number.isSafeInteger(total) ? total : undefined
}

/** Prints milliseconds the way people read them: `340 ms`, `4.2 s`, `3 m 05 s`, `2 h 10 m`. */
export function printDuration(milliseconds: number): string {
  const whole = Math.round(milliseconds)
  if (whole < 1_000) return `${whole} ms`
  if (whole < 59_950) return `${(whole / 1_000).toFixed(1)} s`
  const seconds = Math.round(whole / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`
  return `${Math.floor(seconds / 3_600)} h ${String(Math.floor((seconds % 3_600) / 60)).padStart(2, '0')} m`
}
