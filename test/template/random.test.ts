import { expect, test } from '@jest/globals'
import { numbers } from '../support/numbers.ts'
import { checkRandomTemplates } from './random.ts'

test('two thousand random templates are read as they were meant, and written again as they were', () => {
  expect(() => checkRandomTemplates(2_000, numbers(1))).not.toThrow()
})
