import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { plainScalar, suspicion } from '../../src/document/scalar.ts'

const anyText = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String), fc.stringMatching(/^[-+.0-9eE_x:]{1,12}$/))

describe('a plain scalar of a descriptor', () => {
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
    expect(plainScalar(written, 'descriptor').value).toBe(value)
  })

  test.each(['012345678901', '1e3', '1.10', '1.0', '.5', '+1', '-0', '0x10', '0o7', '1_000', '12345678901234567890', '1:30'])(
    '%s would not print back the same, and stays a string',
    (written) => expect(plainScalar(written, 'descriptor').value).toBe(written),
  )

  test.each(['2012-10-17', 'yes', 'no', 'on', 'off', 'True', 'FALSE', 'Null', 'NaN', 'Infinity', '-Infinity', '.inf'])(
    '%s stays a string',
    (written) => expect(plainScalar(written, 'descriptor').value).toBe(written),
  )

  test('every scalar prints back to the text it was, null aside', () => {
    fc.assert(
      fc.property(anyText, (written) => {
        const { value } = plainScalar(written, 'descriptor')
        expect(value === null || String(value) === written).toBe(true)
      }),
    )
  })

  test.each(['yes', 'No', 'oN', 'OFF'])('%s remembers that nobody quoted it', (written) => {
    expect(plainScalar(written, 'descriptor')).toEqual({ value: written, written })
  })
})

describe('a plain scalar of a template', () => {
  test.each(['yes', 'Yes', 'YES', 'True', 'TRUE', 'on', 'On', 'ON'])('%s is true, as CloudFormation reads it', (written) => {
    expect(plainScalar(written, 'template')).toEqual({ value: true, written })
  })

  test.each(['no', 'No', 'NO', 'False', 'FALSE', 'off', 'Off', 'OFF'])('%s is false', (written) => {
    expect(plainScalar(written, 'template')).toEqual({ value: false, written })
  })

  test.each([
    ['true', true],
    ['false', false],
    ['null', null],
    ['~', null],
    ['Null', null],
    ['NULL', null],
    ['', null],
  ])('%j is %j, as in every YAML', (written, value) => {
    expect(plainScalar(written, 'template')).toEqual({ value })
  })

  test.each(['y', 'n', 'Y', 'N', 'yEs', 'tRUE', 'nULL', '2012-10-17', '10.0.0.0', '1.2.3', 'v1', '-', '00:11:22', '1.5e3x'])(
    '%s is text',
    (written) => {
      expect(plainScalar(written, 'template')).toEqual({ value: written })
    },
  )

  test.each(['30', '-5', '0', '-0', '0.5', '2.0', '1.10', '-3.140', '1.5e+3', '12345678901234567890', '100000000000000000000000.0'])(
    '%s is a number that keeps its text',
    (written) => expect(plainScalar(written, 'template')).toEqual({ value: Number(written), written }),
  )

  test.each([
    ['012345678901', 'a leading zero'],
    ['0755', 'a leading zero'],
    ['00.5', 'a leading zero'],
    ['1:30', 'base 60'],
    ['22:22', 'base 60'],
    ['1_000', 'an underscore'],
    ['0b1_0', 'an underscore'],
    ['1e3', 'an exponent'],
    ['1.5e3', 'an exponent'],
    ['+5', 'no number of JSON'],
    ['.5', 'no number of JSON'],
    ['5.', 'no number of JSON'],
    ['0x1F', 'no number of JSON'],
    ['0o7', 'no number of JSON'],
    ['.inf', 'no number of JSON'],
    ['-.INF', 'no number of JSON'],
    ['.nan', 'no number of JSON'],
  ])('%s is text that remembers it was not quoted: %s', (written, why) => {
    expect(plainScalar(written, 'template')).toEqual({ value: written, written })
    expect(suspicion(written)).toBe(why)
  })

  test('a number is one for JSON too, and its text is what was written', () => {
    fc.assert(
      fc.property(anyText, (source) => {
        const { value, written } = plainScalar(source, 'template')
        if (typeof value === 'number') expect([written, JSON.parse(source)]).toEqual([source, value])
      }),
    )
  })
})

describe('a plain scalar of a JSON file', () => {
  test.each(['2.0', '1e3', '1E+2', '-0.0e-1'])('%s is a number that keeps its text', (written) => {
    expect(plainScalar(written, 'json')).toEqual({ value: Number(written), written })
  })
})
