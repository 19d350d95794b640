import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import picomatch from 'picomatch'
import { excluding } from '../../src/artefact/exclude.ts'
import { expandBraces, plainGlob } from '../../src/artefact/glob.ts'

describe('a plain pattern', () => {
  test('judges as picomatch does', () => {
    const step = fc.oneof(
      fc.constantFrom('**', '*', '?', 'a', 'b', '.a'),
      fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 4 }),
    )
    const pattern = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('/'))
    const name = fc
      .array(
        fc.string({ unit: fc.constantFrom('a', 'b', '.'), minLength: 1, maxLength: 4 }).filter((one) => !/^\.{1,2}$/.test(one)),
        { minLength: 1, maxLength: 4 },
      )
      .map((steps) => steps.join('/'))
    fc.assert(
      fc.property(pattern, fc.boolean(), name, fc.boolean(), (bare, slash, given, isFolder) => {
        const written = slash ? `${bare}/` : bare
        const ours = plainGlob(written)
        // Where a star comes before a last `**`, picomatch wants something between the two.
        if (!ours || /[*?][^/]*\/\*\*$/.test(bare) || bare.split('/').some((one) => /^\.{1,2}$/.test(one))) return
        const match = picomatch(written, { dot: true, windows: false })
        expect([written, given, isFolder, ours(given, isFolder)]).toEqual([
          written,
          given,
          isFolder,
          match(given) || (isFolder && match(`${given}/`)),
        ])
      }),
      { numRuns: 3_000 },
    )
  })

  test.each(['*.js', '**/*.map', 'docs/', 'a-b/**/x_?.txt'])('%s is one', (pattern) => expect(plainGlob(pattern)).toBeDefined())
  test.each(['!(x)', '[ab]', '\\*', '+(a)', 'a**b', 'a//b', 'a/./b'])('%s is none', (pattern) => expect(plainGlob(pattern)).toBeUndefined())
})

describe('a hostile pattern', () => {
  const stars = (count: number) => `${'*a'.repeat(count)}*b`

  test.each<[string, string, string]>([
    ['many stars in a name', stars(50), 'a'.repeat(255)],
    ['many stars over many folders', Array.from({ length: 50 }, () => '**/a').join('/'), `${'a/'.repeat(2_000)}b`],
    ['stars in every folder', Array.from({ length: 30 }, () => stars(5)).join('/'), 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/'.repeat(30)],
  ])('with %s takes a number of steps that is bounded', (_, pattern, name) => {
    // A matcher that tries every way would not come back from the first of these.
    const exclude = excluding([pattern])
    for (let k = 0; k < 20; k++) expect(exclude(name, false)).toBe(false)
  })

  test.each([
    ['wildcards beside classes', '*[a]*[a]*[a]*[b]'],
    ['groups that repeat', '+(a)+(a)+(a)b'],
    ['a group in a group', '+(+(a))b'],
    ['alternatives without an end', '{a,b}'.repeat(40)],
    ['its length', 'a'.repeat(1_001)],
  ])('is refused for %s', (_, pattern) => {
    expect(() => excluding([pattern])).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('would take too long') }),
    )
  })

  test('is refused in a list without an end', () => {
    expect(() => excluding(Array.from({ length: 1_001 }, () => 'a'))).toThrow('1001 patterns')
  })
})

test('braces stand for each of their alternatives', () => {
  expect([...(expandBraces('{a,b}/*.{js,ts}', 10) ?? [])].sort()).toEqual(['a/*.js', 'a/*.ts', 'b/*.js', 'b/*.ts'])
  expect(new Set(expandBraces('{a,{b,c}}', 10))).toEqual(new Set(['a', 'b', 'c']))
  expect(expandBraces('{a,b}'.repeat(40), 256)).toBeUndefined()
  expect(expandBraces('{1..3}', 10)).toEqual(['{1..3}'])
})
