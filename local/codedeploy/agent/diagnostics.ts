import type { Diagnostics, LifecycleErrorCode } from '@aws-sdk/client-codedeploy'

/** What the agent's numbers mean to the service. Source: aws/aws-codedeploy-agent, ScriptError; 6 and 7 have no name of their own. */
export const errorCodes: readonly LifecycleErrorCode[] = [
  'Success',
  'ScriptMissing',
  'ScriptNotExecutable',
  'ScriptTimedOut',
  'ScriptFailed',
  'UnknownError',
  'UnknownError',
  'UnknownError',
]

/** Characters of a log that reach the service, less one. */
const LONGEST = 2_048

/** The last whole lines of a script's log that are shorter than 2,048 characters together: nothing if the last one alone is longer. */
export function tailOf(lines: readonly string[]): string {
  let from = lines.length
  for (let length = 0; from > 0; from--) {
    length += (lines[from - 1] ?? '').length + 1
    if (length >= LONGEST) break
  }
  return lines
    .slice(from)
    .map((line) => `${line}\n`)
    .join('')
}

/** Why an agent could not do an event; `code` is the agent's own number. */
export class AgentError extends Error {
  override readonly name = 'AgentError'
  readonly code: number
  readonly script: string
  readonly lines: readonly string[]

  constructor(code: number, message: string, script = '', lines: readonly string[] = []) {
    super(message)
    this.code = code
    this.script = script
    this.lines = lines
  }
}

/** What the service is told. Whatever is no AgentError is "any other exception". */
export function diagnosticsOf(error: unknown): Diagnostics {
  if (!(error instanceof AgentError))
    return { errorCode: 'UnknownError', scriptName: '', message: error instanceof Error ? error.message : String(error), logTail: '' }
  const { code, message, script, lines } = error
  // Output that is no UTF-8 cannot be put into the agent's JSON: all that is left is what Ruby says of it.
  if (lines.some((line) => line.includes('\u{FFFD}')))
    return { errorCode: 'UnknownError', scriptName: '', message: 'source sequence is illegal/malformed utf-8', logTail: '' }
  return { errorCode: errorCodes[code] ?? 'UnknownError', scriptName: script, message, logTail: tailOf(lines) }
}
