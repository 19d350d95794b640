import { describe, expect, test } from '@jest/globals'
import { Lexer } from 'yaml'
import { deepest, parseLexemes, parseSyntax } from '../../src/document/syntax.ts'

/** How many lexemes of a text are taken before its reading ends, and what ended it. */
function taken(text: string): { lexemes: number; fault: string | undefined } {
  let lexemes = 0
  function* counted() {
    for (const lexeme of new Lexer().lex(text)) {
      lexemes++
      yield lexeme
    }
  }
  const { faults } = parseLexemes(text, new Set(), counted())
  return { lexemes, fault: faults[0]?.message }
}

describe('parseSyntax', () => {
  test.each([
    ['brackets', '['],
    ['maps in one line', '{a: '],
    ['JSON', '{"a":'],
    ['list items in one line', '- '],
    ['a mixture', '- [{a: '],
  ])('a hundred thousand %s end the reading after the first hundred', (_, piece) => {
    const { lexemes, fault } = taken(piece.repeat(100_000))
    expect(fault).toBe('nested more than 100 levels deep')
    expect(lexemes).toBeLessThan(10 * deepest)
  })

  test('keys in keys, each a line deeper, are counted alike', () => {
    const text = (levels: number) => Array.from({ length: levels }, (_, level) => `${' '.repeat(level)}a:`).join('\n')
    expect(taken(text(deepest)).fault).toBeUndefined()
    expect(taken(text(deepest + 1)).fault).toBe('nested more than 100 levels deep')
  })

  test('a hundred levels are fine', () => {
    expect(parseSyntax(`${'['.repeat(deepest)}${']'.repeat(deepest)}`, new Set()).faults).toEqual([])
  })

  test('a second document ends the reading, whatever follows', () => {
    const { lexemes, fault } = taken('---\na: 1\n'.repeat(100_000))
    expect(fault).toBe('more than one document')
    expect(lexemes).toBeLessThan(50)
  })

  test('a sound text is read to its end', () => {
    const text = 'a: 1\n'.repeat(1_000)
    expect(taken(text)).toEqual({ lexemes: [...new Lexer().lex(text)].length, fault: undefined })
  })
})
