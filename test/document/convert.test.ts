import { describe, expect, test } from '@jest/globals'
import { convert } from '../../src/document/convert.ts'
import type { Source } from '../../src/document/node.ts'
import { sourceOf } from '../../src/document/source.ts'
import { parseSyntax } from '../../src/document/syntax.ts'

/** Converts a text, and counts how often a position is asked for, which is all that looks at the text as a whole. */
function converted(text: string) {
  const { contents } = parseSyntax(text, new Set())
  if (!contents) throw new Error('the text holds nothing')
  const inner = sourceOf(text, 'file.yml')
  let asked = 0
  const source: Source = {
    file: inner.file,
    position(offset) {
      asked++
      return inner.position(offset)
    },
  }
  return { ...convert(contents, text, source, { dialect: 'descriptor', tags: new Set(), textTags: new Set() }), asked: () => asked }
}

describe('convert', () => {
  test('a sound text of many nodes is turned into a tree without counting its lines', () => {
    const { root, faults, asked } = converted(Array.from({ length: 5_000 }, (_, n) => `key${n}: [a, {b: c}]\n`).join(''))
    expect(faults).toEqual([])
    expect(root.kind === 'map' && root.entries.size).toBe(5_000)
    expect(asked()).toBe(0)
  })

  test('thirty thousand keys that stand twice cost one look each', () => {
    const { faults, asked } = converted('key: value\n'.repeat(30_000))
    expect(faults).toHaveLength(29_999)
    expect(asked()).toBe(29_999)
  })

  test('the first of two keys stays', () => {
    const { root } = converted('a: 1\na: 2')
    expect(root.kind === 'map' && root.entries.get('a')?.value).toMatchObject({ value: 1 })
  })

  test('what is wrong in the value of a refused key is told as well', () => {
    expect(converted('<<: *a').faults.map(({ offset }) => offset)).toEqual([0, 4])
  })

  test('a tree that nests deeper than its text, by pairs in lists, ends at the limit', () => {
    const { faults } = converted(`${'[a: '.repeat(80)}x${']'.repeat(80)}`)
    expect(faults.map(({ message }) => message)).toEqual(['the value is nested more than 100 levels deep'])
  })
})
