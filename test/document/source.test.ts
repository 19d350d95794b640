import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sourceOf } from '../../src/document/source.ts'

describe('a source', () => {
  test('finds the line and column of every offset, as counting by hand does', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é') }), (text) => {
        const source = sourceOf(text, 'file.yml')
        for (let offset = 0; offset <= text.length; offset++) {
          const before = text.slice(0, offset).split('\n')
          expect(source.position(offset)).toEqual({ line: before.length, column: (before.at(-1) ?? '').length + 1 })
        }
      }),
    )
  })

  test('finds a part of the text from a place on', () => {
    const source = sourceOf('${A} | ${B} ${A}', 'file.yml')
    expect([source.find?.('${A}', 0), source.find?.('${A}', 1), source.find?.('${C}', 0)]).toEqual([0, 12, undefined])
  })

  test('gives up on a part that is far away, so that many searches in vain stay cheap', () => {
    expect(sourceOf(`${' '.repeat(1_000_000)}\${A}`, 'file.yml').find?.('${A}', 0)).toBeUndefined()
  })
})
