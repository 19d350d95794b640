import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again every 20 ms until the answer is neither undefined nor false, and gives it. Fails by name after `within` milliseconds. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  within = 30_000,
): Promise<T> {
  for (const started = performance.now(); performance.now() - started < within; await sleep(20)) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
  }
  throw new Error(`waited ${within} ms in vain until ${what}`)
}
