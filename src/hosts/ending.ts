import { isAbsolute, relative, sep } from 'node:path'
import type { Command } from '../commands/command.ts'
import { asTowpathError, exitCodes } from '../errors.ts'
import { errorText } from '../render/error.ts'
import { harmless, plain } from '../render/plain.ts'

/** What to do about a bug. */
const REPORT = 'please report this with the lines below and the command you ran'

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

/** The ending of a verb that succeeded. */
export function succeeded(command: Command, outputs: Readonly<Record<string, unknown>>, { json }: Manner): Ending {
  return { code: 0, stdout: json ? document(command.name, outputs) : lines(command.text(outputs)) }
}

/** The ending of a run that only prints a text, such as help. */
export function told(what: string, text: string, { json }: Manner, code = 0): Ending {
  return { code, stdout: json ? document(what, { text }) : lines(text) }
}

/** The ending of a run that failed: the one place where an error becomes text and an exit code. There is no verb if it is unknown. */
export function failed(thrown: unknown, { json, cwd, say }: Manner, command?: Pick<Command, 'name' | 'text'>): Ending {
  const error = asTowpathError(thrown, 'towpath', REPORT)
  say(errorText(error, (path) => shorten(path, cwd)))
  if (error.code === 'bug') say(stackOf(error))
  const { code, message, hint = null, at = null, problems } = error
  const details = { code, message, hint, at, ...(problems.length > 1 ? { problems } : {}) }
  const outputs = error.outputs ?? {}
  if (json) return { code: exitCodes[code], stdout: document(command?.name ?? 'error', { ...outputs, error: details }) }
  return { code: exitCodes[code], stdout: command && error.outputs ? lines(command.text(outputs)) : '' }
}

/** The stack trace of the first error in the chain of causes: the others only pass it on. */
function stackOf(error: Error): string {
  let first = error
  while (first.cause instanceof Error) first = first.cause
  return (first.stack ?? first.message).split('\n').map(plain).join('\n')
}

function document(name: string, outputs: object): string {
  return lines(JSON.stringify({ schema: `towpath/${name}@1`, ...outputs }, null, 2))
}

function lines(text: string): string {
  return text === '' || text.endsWith('\n') ? harmless(text) : `${harmless(text)}\n`
}

function shorten(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path
  const near = relative(cwd, path)
  return near === '' || near === '..' || near.startsWith(`..${sep}`) ? path : near
}
