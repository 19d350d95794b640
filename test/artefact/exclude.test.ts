import { describe, expect, test } from '@jest/globals'
import { excluding } from '../../src/artefact/exclude.ts'

test.each([
  ['**/*.map', 'a.map', false, true],
  ['**/*.map', 'deep/.er/a.map', false, true],
  ['**/*.map', 'a.map.js', false, false],
  ['*.map', 'deep/a.map', false, false],
  ['./a.map', 'a.map', false, true],
  ['docs', 'docs', true, true],
  ['docs', 'docs', false, true],
  ['docs/', 'docs', true, true],
  ['docs/', 'docs', false, false],
  ['docs/**', 'docs', true, true],
  ['**/node_modules', 'a/b/node_modules', true, true],
  ['.*', '.env', false, true],
  ['**', '.git', true, true],
  ['{a,b}/*', 'b/c', false, true],
  ['!(keep).txt', 'other.txt', false, true],
  ['!(keep).txt', 'keep.txt', false, false],
  ['A', 'a', false, false],
])('%s on %s (folder: %s): %s', (pattern, name, isFolder, expected) => {
  expect(excluding(['never', pattern])(name, isFolder)).toBe(expected)
})

describe('a pattern that cannot mean what it seems to', () => {
  test.each(['', ' ', '!keep.map', '/dist/*.map', '../other/**', 'a/../../b'])('%j is refused by name', (pattern) => {
    expect(() => excluding(['ok', pattern])).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(`'${pattern}'`) }),
    )
  })
})

test('without patterns nothing is excluded', () => {
  expect(excluding([])('anything', true)).toBe(false)
})
