import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { plainScalar } from '../../src/document/scalar.ts'

describe('a plain scalar', () => {
  test.each([
    ['30', 30],
    ['-5', -5],
    ['0', 0],
    ['1.5', 1.5],
    ['1e+21', 1e21],
    ['true', true],
    ['false', false],
    ['', null],
    ['~', null],
    ['null', null],
  ])('%j is the value it looks like', (written, value) => {
    expect(plainScalar(written)).toBe(value)
  })

  test.each(['012345678901', '1e3', '1.10', '1.0', '.5', '+1', '-0', '0x10', '0o7', '1_000', '12345678901234567890', '1:30'])(
    '%s would not print back the same, and stays a string',
    (written) => expect(plainScalar(written)).toBe(written),
  )

  test.each(['2012-10-17', 'yes', 'no', 'on', 'off', 'True', 'FALSE', 'Null', 'NaN', 'Infinity', '-Infinity', '.inf'])(
    '%s stays a string',
    (written) => expect(plainScalar(written)).toBe(written),
  )

  test('every scalar prints back to the text it was, null aside', () => {
    const text = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String), fc.stringMatching(/^[-+.0-9eE_x]{1,12}$/))
    fc.assert(
      fc.property(text, (written) => {
        const value = plainScalar(written)
        expect(value === null || String(value) === written).toBe(true)
      }),
    )
  })
})
