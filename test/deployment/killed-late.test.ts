import { describe, expect, test } from '@jest/globals'
import { numbers } from '../support/numbers.ts'
import { crashAt, crashTwice, type Kind, kinds, moments, twoCrashes } from './crashes.ts'

/** A sample of what `npm run soak -- crashes` does: with this seed, and of every kind. */
const seed = 20_260_302
const next = numbers(seed)

describe(`a deployment whose requests arrive late (seed ${seed})`, () => {
  const sample = Object.keys(kinds).flatMap((kind) => moments.map((moment) => [kind as Kind, moment, 1 + next(30), 31 + next(30)] as const))
  test.each(sample)('%s, killed %s call %d or %d, is cleared up by a plain re-run', async (kind, moment, ...calls) => {
    for (const k of calls) await expect(crashAt(kind, k, moment, seed)).resolves.toBe(true)
  })
  test.each([1, 2, 3, 4])('and the one that clears up after it, are both cleared up by the third (pair %d)', async () => {
    await expect(crashTwice(...twoCrashes(next), seed)).resolves.toBeUndefined()
  })
})
