import { describe, expect, test } from '@jest/globals'
import { attack, readsOutside } from './hostile.ts'

describe('50 hostile repositories', () => {
  test.each(Array.from({ length: 10 }, (_, at) => at))(
    '(%s) make nothing hang or crash, and nothing outside of them is read',
    async (tens) => {
      for (let k = 0; k < 5; k++) expect(await attack(1_000 + tens * 5 + k)).toEqual([])
    },
    60_000,
  )

  test('canary: a read outside is seen', async () => {
    expect(await readsOutside()).toEqual(['/etc/hostname'])
  })
})
