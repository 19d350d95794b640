import { setTimeout as sleep } from 'node:timers/promises'

/** In milliseconds, and for what never comes: less than the limit of a test, so that it is told by name. */
const WITHIN = 300_000

/** Asks again every 20 ms until the answer is neither undefined nor false, and gives it. */
export async function until<T>(what: string, ask: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (const started = performance.now(); performance.now() - started < WITHIN; await sleep(20)) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
  }
  throw new Error(`waited ${WITHIN} ms in vain until ${what}`)
}
