import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { nameFault, shown } from '../../src/artefact/names.ts'

describe('a name that does not travel', () => {
  test.each([
    ['', 'is empty'],
    ['a\0b', 'holds a control character'],
    ['a\nb', 'holds a control character'],
    ['a\x7fb', 'holds a control character'],
    ['a\u0085b', 'holds a control character'],
    ['a\\b', 'holds a backslash'],
    ['..\\b', 'holds a backslash'],
    ['/etc/passwd', 'is absolute'],
    ['C:/windows', 'is absolute'],
    ['c:', 'is absolute'],
    ['..', "leads out of its folder with '..'"],
    ['../a', "leads out of its folder with '..'"],
    ['a/../../b', "leads out of its folder with '..'"],
    ['a/..', "leads out of its folder with '..'"],
    ['a\ud800', 'is not valid UTF-8'],
    ['a\ufffd', 'is not valid UTF-8'],
  ])('%j %s', (name, fault) => {
    expect(nameFault(name)).toBe(fault)
  })
})

test.each(['a', '.hidden', 'a b', '...', '..a', 'a..', 'a/b', 'a/', 'ü/ß', '日本', '-', 'cc:d', "it's", '🚲'])('%j travels', (name) => {
  expect(nameFault(name)).toBeUndefined()
})

test('whatever passes stays below its folder and survives UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      fc.pre(nameFault(name) === undefined)
      const { pathname } = new URL(name.split('/').map(encodeURIComponent).join('/'), 'file:///root/')
      expect(pathname.startsWith('/root/')).toBe(true)
      expect(Buffer.from(name).toString()).toBe(name)
    }),
  )
})

test('a shown name cannot act on a terminal or start a workflow command', () => {
  expect(shown('a\n::error::b')).toBe('a\\u{a}::error::b')
  expect(shown('\x1b[31m')).toBe('\\u{1b}[31m')
  expect(shown('a\u202eb\u2028')).toBe('a\\u{202e}b\\u{2028}')
  expect(shown('plain/Ünïcode 日本')).toBe('plain/Ünïcode 日本')
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown(name))))
})
