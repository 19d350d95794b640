import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { collisions, folded } from '../../src/artefact/collisions.ts'

const pairs = (names: string[]) => collisions(names).map(({ first, second }) => [first, second])

describe('names that are one on some system', () => {
  test.each([
    ['case', 'README', 'readme'],
    ['the sharp s', 'straße', 'STRASSE'],
    ['the capital sharp s', 'gro\u1e9e', 'gross'],
    ['a ligature', 'o\ufb03ce', 'OFFICE'],
    ['the final sigma', 'ΟΔΟΣ', 'οδος'],
    ['the Kelvin sign', '\u212a', 'k'],
    ['the long s', 'ſ', 's'],
    ['composed and decomposed', '\u00e9', 'e\u0301'],
    ['composed, decomposed and case', '\u00c9', 'e\u0301'],
    ['Greek with accents', '\u1fb3', '\u0391\u0345'],
    ['Hangul', '\ud55c', '\u1112\u1161\u11ab'],
    ['the dotless i (stricter than Unicode)', 'ı', 'I'],
  ])('%s', (_, first, second) => {
    expect(pairs([first, second])).toEqual([[first, second]])
  })
})

test.each([
  [['a', 'b']],
  [['a/b', 'b/a']],
  [['a', 'a.txt', 'a-b']],
  [['é', 'e']],
  [['o', 'ö']],
  [['1', '①']],
  [['a/', 'a/b', 'a/']],
  [['./a', 'b']],
])('%j do not collide', (names) => {
  expect(collisions(names)).toEqual([])
})

test('folders collide too, and each pair is told once, not once a file', () => {
  expect(pairs(['Lib/a', 'Lib/b', 'lib/a', 'lib/c'])).toEqual([['Lib', 'lib']])
  expect(pairs(['x/Lib/a', 'x/lib'])).toEqual([['x/Lib', 'x/lib']])
})

test('three spellings are two collisions', () => {
  expect(pairs(['A', 'a', 'B', 'b', 'c'])).toEqual([
    ['A', 'a'],
    ['B', 'b'],
  ])
})

test('a name twice, and a name that is file and folder at once', () => {
  expect(pairs(['a', 'a'])).toEqual([['a', 'a']])
  expect(pairs(['a', './a'])).toEqual([['a', 'a']])
  expect(pairs(['a', 'a/b'])).toEqual([['a', 'a']])
  expect(pairs(['a/b', 'a'])).toEqual([['a', 'a']])
  expect(pairs(['a/b', 'A'])).toEqual([['a', 'A']])
})

const name = fc
  .array(fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'ß', 's', 'é', 'e\u0301', 'ſ', 'İ', 'i'), minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((steps) => steps.join('/'))

test('they are found exactly when two different paths fold to one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 8 }), (names) => {
      const paths = new Set(names.flatMap((each) => each.split('/').map((_, index, steps) => steps.slice(0, index + 1).join('/'))))
      const spelt = new Set([...paths].map(folded)).size < paths.size
      const fileAndFolder = names.some((each) => names.some((other) => other.startsWith(`${each}/`)))
      expect(collisions(names).length > 0).toBe(spelt || fileAndFolder)
    }),
    { numRuns: 2_000 },
  )
})

test('any name collides with its other cases and forms', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      const step = text.replaceAll('/', '_')
      for (const other of [step.toUpperCase(), step.toLowerCase(), step.normalize('NFC'), step.normalize('NFD')]) {
        if (other !== step && step !== '.' && other !== '.') expect(collisions([step, other])).toHaveLength(1)
      }
    }),
  )
})

test('a very deep name costs no more than its length', () => {
  const deep = `${'a/'.repeat(30_000)}b`
  expect(collisions([deep, `${deep}c`])).toEqual([])
})
