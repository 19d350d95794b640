import { describe, expect, test } from '@jest/globals'
import { whereIs } from '../../src/document/node.ts'
import { decode } from '../../src/document/text.ts'

function problemOf(input: string | Uint8Array): string | undefined {
  const decoded = decode(input, 'file.yml')
  return 'problem' in decoded ? `${decoded.problem.line}:${decoded.problem.column} ${decoded.problem.message}` : undefined
}

describe('decode', () => {
  test.each([
    ['a byte that begins no character', [0x61, 0x0a, 0x62, 0xff, 0x63], '2:2 not valid UTF-8'],
    ['a character that is cut off at the end', [0x61, 0xc3], '1:2 not valid UTF-8'],
    ['a surrogate written as UTF-8', [0x61, 0xed, 0xa0, 0x80], '1:2 not valid UTF-8'],
    ['an overlong form', [0xc0, 0xaf], '1:1 not valid UTF-8'],
  ])('%s is refused where it stands', (_, bytes, problem) => {
    expect(problemOf(Uint8Array.from(bytes))).toBe(problem)
  })

  test('a replacement character that is written as one is text', () => {
    expect(problemOf(new TextEncoder().encode('a: \ufffd é 😀'))).toBeUndefined()
  })

  test.each([
    ['NUL', 'a\n\0', '2:1 a control character (U+0000) is not text'],
    ['a character that the YAML lexer uses for itself', 'a: \u0002', '1:4 a control character (U+0002) is not text'],
    ['escape', '\u001b[31m', '1:1 a control character (U+001B) is not text'],
  ])('%s is refused', (_, text, problem) => {
    expect(problemOf(text)).toBe(problem)
    expect(problemOf(new TextEncoder().encode(text))).toBe(problem)
  })

  test('tabs and line ends are text, and a byte order mark is not part of it', () => {
    const decoded = decode(new TextEncoder().encode('\ufeffa:\t1\r\nb: 2'), 'file.yml')
    expect(decoded).toMatchObject({ text: 'a:\t1\r\nb: 2' })
    expect(decode('\ufeffa: 1', 'file.yml')).toMatchObject({ text: 'a: 1' })
  })

  test('positions count characters, not bytes', () => {
    const decoded = decode(new TextEncoder().encode('é: ü\nb: 😀x'), 'file.yml')
    if ('problem' in decoded) throw new Error(decoded.problem.message)
    const offset = decoded.text.indexOf('x')
    expect(whereIs({ source: decoded.source, offset })).toEqual({ file: 'file.yml', line: 2, column: 6 })
  })
})
