import type { Command } from '../../src/commands/command.ts'
import { parseDuration } from '../../src/ports/clock.ts'

/** What a host gives a verb for each input that nobody gave, by the verb's own declaration. */
export function defaultsOf({ inputs }: Command): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { kind, default: text }]) => [
      name,
      kind === 'boolean' ? text === 'true' : kind === 'strings' ? [] : kind === 'duration' && text ? parseDuration(text) : text,
    ]),
  )
}
