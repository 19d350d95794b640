import { crashAtEvery, crashTwice, type Kind, kinds, moments, twoCrashes } from '../../test/deployment/crashes.ts'
import { numbers } from '../../test/support/numbers.ts'
import type { Soak } from './soak.ts'

/** How many pairs of crashes are drawn. */
const PAIRS = 200

export const crashes: Soak = {
  summary: 'kills deployments at every call, before and after it is applied, and runs them again',
  async run(seed, say) {
    let killed = 0
    for (const kind of Object.keys(kinds) as Kind[])
      for (const moment of moments)
        for (const [how, late] of [
          ['at once', undefined],
          ['late', seed],
        ] as const) {
          const calls = await crashAtEvery(kind, moment, late)
          killed += calls
          say(`${kind}, killed ${moment} each of ${calls} calls, whose requests arrive ${how}: whole again each time`)
        }
    const next = numbers(seed)
    for (let pair = 0; pair < PAIRS; pair++) await crashTwice(...twoCrashes(next), next(2 ** 31 - 1))
    say(`a change, killed ${PAIRS} times at two calls, one after the other: whole again each time`)
    return `${killed + 2 * PAIRS} deployments killed, all cleared up`
  },
}
