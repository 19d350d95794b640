import { describe, expect, test } from '@jest/globals'
import { killedAtEvery, moments } from './crashes.ts'

describe.each(['a first deployment', 'a first deployment held to a plan'] as const)('%s', (kind) => {
  test.each(moments)('killed at any call, %s it was applied, is cleared up and gone on with by a plain re-run', async (moment) => {
    await expect(killedAtEvery(kind, moment)).resolves.toBeGreaterThan(29)
  })
})
