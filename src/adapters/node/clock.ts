import type { Clock } from '../../ports/clock.ts'

/** The longest wait that a timer of Node can hold, in milliseconds; a longer one would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1

/** This machine's clock. */
export function nodeClock(): Clock {
  return {
    now: () => new Date(),
    monotonic: () => performance.now(),
    async sleep(milliseconds, signal) {
      let left = milliseconds
      for (; left > LONGEST_TIMER; left -= LONGEST_TIMER) await nap(LONGEST_TIMER, signal)
      await nap(left, signal)
    },
  }
}

function nap(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
