import type { SentParameter } from '../stack/stacks.ts'

/** Hides parameter values in texts that go into records: an error message of AWS may repeat them. */
export interface Hiding {
  /** Remembers values that are sent to a stack. */
  add(parameters: Readonly<Record<string, SentParameter>>): void
  /** The text with a mark in place of each remembered value. */
  in(text: string): string
}

/** Shorter values (`1`, `yes`) reveal nothing and are part of many sentences. */
const SHORTEST = 4
/** Values shorter than this are hidden only as whole words: `main` is part of many words. */
const UNMISTAKABLE = 8

/** @param known values that every record contains anyway, such as the environment's name */
export function hiding(known: readonly string[] = []): Hiding {
  const names = new Map<string, string>()
  return {
    add(parameters) {
      for (const [name, sent] of Object.entries(parameters))
        if ('value' in sent && sent.value.length >= SHORTEST && !known.includes(sent.value)) names.set(sent.value, name)
    },
    in(text) {
      // The longest first: one value may be part of another.
      const values = [...names].sort(([a], [b]) => b.length - a.length)
      return values.reduce((hidden, [value, name]) => hidden.replaceAll(pattern(value), () => `<value of ${name}>`), text)
    },
  }
}

function pattern(value: string): RegExp {
  const literal = value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(value.length >= UNMISTAKABLE ? literal : `(?<![\\w-])${literal}(?![\\w-])`, 'g')
}
