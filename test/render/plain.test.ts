import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { harmless, plain } from '../../src/render/plain.ts'

/** Texts in which the characters that could do harm are common. */
const evil = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\n', '\r', '\t', '\u001b', '\u0007', '\u0085', '\u2028', '\u202e', '\u200f', '\ud800', ':', '#', '[', ' ', 'a', '`'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
})

describe('foreign text made plain', () => {
  test('holds nothing that moves, colours, breaks or turns what stands around it', () => {
    fc.assert(fc.property(evil, (text) => !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(plain(text))))
  })

  test('once is plain enough: again changes nothing', () => {
    fc.assert(fc.property(evil, (text) => plain(plain(text)) === plain(text)))
  })

  test('stays what it is where it is harmless, in any language', () => {
    for (const text of ['stück – 終わり', 'الاسم', 'a`b$c', '👩‍👩‍👧']) expect(plain(text)).toBe(text)
  })
})

describe('lines made harmless', () => {
  test('hold no command of the runner', () => {
    fc.assert(
      fc.property(fc.array(evil), (texts) => {
        const lines = harmless(texts.join('\n'))
        return !/^[^\S\n]*::/m.test(lines) && !lines.includes('##[')
      }),
    )
  })

  test('of a JSON document are the same document', () => {
    fc.assert(
      fc.property(fc.jsonValue(), evil, (value, text) =>
        expect(JSON.parse(harmless(JSON.stringify({ value, text, '##[': '::' }, null, 2)))).toEqual(
          JSON.parse(JSON.stringify({ value, text, '##[': '::' })),
        ),
      ),
    )
  })

  test('canary: a command is one before', () => {
    expect('  ::add-mask::x').toMatch(/^[^\S\n]*::/m)
    expect(harmless('  ::add-mask::x')).toBe('  \\u003a:add-mask::x')
  })
})
