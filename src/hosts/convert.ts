import { resolve } from 'node:path'
import type { Input } from '../commands/command.ts'
import { suggest } from '../nearest.ts'
import { parseDuration } from '../ports/clock.ts'

/** The value of an input, or what is wrong with its text, as the end of a sentence, and what to write instead. */
type Converted = { readonly value: string | number } | { readonly wrong: string; readonly hint: string }

/** Turns the text of one value into what a verb takes. Both hosts do it so. @param folder from which relative paths start */
export function convert(
  input: Input & { readonly kind: Exclude<Input['kind'], 'boolean' | 'strings'> },
  text: string,
  folder: string,
): Converted {
  switch (input.kind) {
    case 'string':
      return { value: text }
    case 'folder':
    case 'file':
      return { value: resolve(folder, text) }
    case 'duration': {
      const milliseconds = parseDuration(text)
      if (milliseconds !== undefined) return { value: milliseconds }
      return { wrong: `is no duration: '${text}'`, hint: 'write it like 90s, 30m or 1h30m' }
    }
    case 'enum':
      if (input.values.includes(text)) return { value: text }
      return { wrong: `cannot be '${text}'`, hint: suggest(text, input.values) }
    default:
      return input satisfies never
  }
}
