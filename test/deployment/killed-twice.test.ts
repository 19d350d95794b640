import { describe, expect, test } from '@jest/globals'
import { readyWorld } from '../world/towpath.ts'
import { assertWhole, crashTwice } from './crashes.ts'

describe('two deployments killed one after the other', () => {
  test.each(Array.from({ length: 40 }, (_, index) => index))('are both cleared up by the third (%d)', async (index) => {
    // Spread over the whole of a run, in combinations that a stride decides.
    const first = { at: 8 + ((index * 17) % 80), moment: index % 2 === 0 ? 'before' : 'after' } as const
    const second = { at: 4 + ((index * 29) % 80), moment: index % 3 === 0 ? 'before' : 'after' } as const
    await expect(crashTwice(first, second)).resolves.toBeUndefined()
  })
})

describe('canary: a world is not whole', () => {
  test.each([
    ['with a lock that is left', 'locks/staging/delivery.json', '{}'],
    [
      'with a record that was not cleared up',
      'deployments/staging/delivery/00000002.json',
      '{"deployment":2,"outcome":"unknown","closedBy":"first","entries":[]}',
    ],
    ['with a record that is of another number', 'deployments/staging/delivery/00000002.json', '{"deployment":3,"outcome":"succeeded"}'],
    ['with a record that failed', 'deployments/staging/delivery/00000002.json', '{"deployment":2,"outcome":"failed"}'],
  ])('%s', async (_, key, text) => {
    const world = await readyWorld()
    await world.run('deploy')
    await expect(assertWhole(world, 'unspoilt')).resolves.toBeUndefined()
    world.bucket.put(key, text)
    await expect(assertWhole(world, 'spoilt')).rejects.toThrow('spoilt')
  })
})
