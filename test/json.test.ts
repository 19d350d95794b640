import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson, type Json } from '../src/json.ts'

/** The same value with the keys of every map in another order. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => shuffled(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, member === undefined ? undefined : shuffled(member)]),
  )
}

describe('canonical JSON', () => {
  test('is the same whatever the order of keys', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => canonicalJson(value as Json) === canonicalJson(shuffled(value as Json))))
  })

  test('can be read back to the same value, so that different values have different bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expect(JSON.parse(canonicalJson(value as Json))).toEqual(JSON.parse(JSON.stringify(value)))),
    )
  })

  test('takes an interface as it is, and does not compile for what JSON cannot hold', () => {
    interface Named {
      readonly name: string
      readonly tags?: readonly string[]
    }
    const named: Named = { name: 'a' }
    expect(canonicalJson(named)).toBe('{"name":"a"}')
    // @ts-expect-error A date is no JSON, and neither is what holds one.
    expect(canonicalJson({ at: new Date(0) })).toBe('{"at":{}}')
    const unknown: { readonly value: unknown } = { value: 1 }
    // @ts-expect-error Nobody knows what this is.
    expect(canonicalJson(unknown)).toBe('{"value":1}')
  })

  test('writing what was read back changes nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = canonicalJson(value as Json)
        return canonicalJson(JSON.parse(once) as Json) === once
      }),
    )
  })

  test.each<[string, Json, string]>([
    [
      'keys by UTF-16 code units, as RFC 8785 sorts',
      { b: 1, a: 2, '€': 3, '\u{1f600}': 4, '\ufb33': 5, A: 6 },
      '{"A":6,"a":2,"b":1,"€":3,"😀":4,"\ufb33":5}',
    ],
    ['keys that look like numbers as texts', { 10: 'a', 9: 'b', 1: 'c' }, '{"1":"c","10":"a","9":"b"}'],
    ['no members that are undefined', { a: undefined, b: 1 }, '{"b":1}'],
    ['numbers as JavaScript prints them', [1.0, -0, 1e21, 1e-7, 0.1], '[1,0,1e+21,1e-7,0.1]'],
    ['a lone half of a character as an escape', '\ud800', '"\\ud800"'],
    ['nothing of a prototype', Object.create(null) as Json, '{}'],
  ])('writes %s', (_, value, expected) => {
    expect(canonicalJson(value)).toBe(expected)
  })

  test('takes a key called __proto__ for a key like any other', () => {
    const value = JSON.parse('{"b":1,"__proto__":{"polluted":true},"constructor":2}') as Json
    expect(canonicalJson(value)).toBe('{"__proto__":{"polluted":true},"b":1,"constructor":2}')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s, which has no JSON', (value) => {
    expect(() => canonicalJson([value])).toThrow(expect.objectContaining({ code: 'bug' }))
  })

  test('canary: it is not JSON.stringify, which keeps the order of keys', () => {
    expect(JSON.stringify({ b: 1, a: 2 })).not.toBe(canonicalJson({ b: 1, a: 2 }))
  })
})
