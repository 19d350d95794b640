import { describe, expect, test } from '@jest/globals'
import { crashAtEvery, moments } from './crashes.ts'

describe.each(['a first deployment', 'a first deployment held to a plan'] as const)('%s', (kind) => {
  test.each(moments)('killed at any call, %s it was applied, is cleared up and gone on with by a plain re-run', async (moment) => {
    await expect(crashAtEvery(kind, moment)).resolves.toBeGreaterThan(29)
  })
})
