import { type Interception, intercept } from '../../test/world/intercept.ts'

/**
 * Counts requests in rounds: one that is made when others have been answered comes a round after the latest of those. So many times somebody
 * waits for the network, one after the other.
 */
export function rounds(): Interception & { readonly deepest: number } {
  let deepest = 0
  const under = new Map<number, number>()
  const counting = intercept(
    async (n) => {
      under.set(n, deepest + 1)
      // Whoever is asked in the same round is asked before anybody answers.
      await new Promise((done) => setImmediate(done))
    },
    (n) => {
      deepest = Math.max(deepest, under.get(n) ?? 0)
    },
  )
  return {
    on: (port) => counting.on(port),
    get calls() {
      return counting.calls
    },
    get deepest() {
      return deepest
    },
  }
}
