import type { Command } from '../commands/command.ts'
import { exitCodes, type TowpathError } from '../errors.ts'
import { errorText } from '../render/error.ts'
import { harmless, plain } from '../render/plain.ts'
import type { VerbRun } from './conduct.ts'
import { shortenFrom, stackTraceOf } from './failure.ts'

/** The result of a run: its exit code and everything that goes to stdout. */
export interface Ending {
  readonly code: number
  readonly stdout: string
}

/** How the end of a verb is shown: as text for people, or as one JSON document on stdout. */
export interface Manner {
  readonly json: boolean
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string
  /** Writes lines to stderr. */
  say(lines: string): void
}

/** The ending of a verb: the one place where its error becomes text for a terminal. */
export function endingOf({ command, outputs, error, code }: VerbRun, manner: Manner): Ending {
  if (error) return refused(error, manner, command)
  return command === undefined
    ? { code, stdout: '' }
    : { code, stdout: manner.json ? document(command.name, outputs) : lines(command.text(outputs)) }
}

/** The ending of a run that only prints a text, such as help. */
export function told(what: string, text: string, { json }: Manner): Ending {
  return { code: 0, stdout: json ? document(what, { text }) : lines(text) }
}

/** The ending of a run that failed. There is no verb if it is unknown. */
export function refused(error: TowpathError, { json, cwd, say }: Manner, command?: Pick<Command, 'name' | 'text'>): Ending {
  say(errorText(error, shortenFrom(cwd)))
  if (error.code === 'bug') say(stackTraceOf(error).map(plain).join('\n'))
  const { code, message, hint = null, at = null, problems } = error
  const details = { code, message, hint, at, ...(problems.length > 1 ? { problems } : {}) }
  const outputs = error.outputs ?? {}
  if (json) return { code: exitCodes[code], stdout: document(command?.name ?? 'error', { ...outputs, error: details }) }
  return { code: exitCodes[code], stdout: command && error.outputs ? lines(command.text(outputs)) : '' }
}

function document(name: string, outputs: object): string {
  return lines(JSON.stringify({ schema: `towpath/${name}@1`, ...outputs }, null, 2))
}

function lines(text: string): string {
  return text === '' || text.endsWith('\n') ? harmless(text) : `${harmless(text)}\n`
}
