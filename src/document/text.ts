import type { Problem } from '../errors.ts'
import { problemAt, type Source } from './node.ts'
import { sourceOf } from './source.ts'

/** Control characters that neither YAML nor JSON may hold: all of C0 but tab, line feed and carriage return. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

/** A text that is fit to be parsed, without its byte order mark; or the one problem that makes it no text at all. */
export type Decoded = { readonly text: string; readonly source: Source } | { readonly problem: Problem }

/** Decodes a file. Bytes must be UTF-8; neither bytes nor strings may hold NUL or another control character. */
export function decode(input: string | Uint8Array, file: string): Decoded {
  const text = (typeof input === 'string' ? input : new TextDecoder().decode(input)).replace(/^\uFEFF/, '')
  const source = sourceOf(text, file)
  if (typeof input !== 'string') {
    const offset = firstInvalid(input)
    if (offset !== undefined) return { problem: problemAt({ source, offset }, 'not valid UTF-8', 'save the file as UTF-8') }
  }
  const offset = text.search(forbidden)
  if (offset === -1) return { text, source }
  const code = text.charCodeAt(offset).toString(16).padStart(4, '0').toUpperCase()
  const hint = 'remove it, or write it as an escape in double quotes'
  return { problem: problemAt({ source, offset }, `a control character (U+${code}) is not text`, hint) }
}

/** Where the bytes stop being UTF-8, as an offset into the decoded text: where decoding and encoding again no longer gives them back. */
function firstInvalid(bytes: Uint8Array): number | undefined {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return undefined
  } catch {
    const again = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
    let at = 0
    while (at < bytes.length && bytes[at] === again[at]) at++
    return new TextDecoder().decode(bytes.subarray(0, at)).length
  }
}
