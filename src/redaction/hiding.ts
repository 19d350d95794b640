import type { SentParameter } from '../stack/stacks.ts'

/** Parameter values that must not be stored in records, though a service may repeat them when it says what it did not like. */
export interface Hiding {
  /** Remembers values that are sent to a stack. */
  add(parameters: Readonly<Record<string, SentParameter>>): void
  /** The text with a mark in place of each of those values. */
  in(text: string): string
}

/** Shorter values (`1`, `yes`) say nothing, and stand in every other sentence. */
const SHORTEST = 4
/** Values shorter than this are hidden only where they stand by themselves: `main` is part of many a word. */
const UNMISTAKABLE = 8

/** @param known values that are in every record anyway: the environment's name, say */
export function hiding(known: readonly string[] = []): Hiding {
  const names = new Map<string, string>()
  return {
    add(parameters) {
      for (const [name, sent] of Object.entries(parameters))
        if ('value' in sent && sent.value.length >= SHORTEST && !known.includes(sent.value)) names.set(sent.value, name)
    },
    in(text) {
      // The longest first: one value may be a part of another.
      const values = [...names].sort(([a], [b]) => b.length - a.length)
      return values.reduce((hidden, [value, name]) => hidden.replaceAll(pattern(value), () => `<value of ${name}>`), text)
    },
  }
}

function pattern(value: string): RegExp {
  const literal = value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(value.length >= UNMISTAKABLE ? literal : `(?<![\\w-])${literal}(?![\\w-])`, 'g')
}
