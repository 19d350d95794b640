/** The cause of an error: the caller's input, a service that we depend on, or our own code. */
export type Blame = 'user' | 'service' | 'bug'

/** A place in a file; lines and columns count from 1. */
export interface At {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** One thing that is wrong with an input file, ready to be shown beside others. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint?: string
}

/** The exit code that each error code ends the process with (design 9). The keys are the error codes there are. */
export const exitCodes = {
  failed: 1,
  'bad-input': 2,
  'not-found': 2,
  unsupported: 2,
  conflict: 2,
  'no-credentials': 2,
  denied: 2,
  unknown: 3,
  gated: 4,
  locked: 5,
  drifted: 6,
  bug: 70,
  interrupted: 130,
} as const

export type ErrorCode = keyof typeof exitCodes

/** What an error carries beside its code and message. */
export interface ErrorDetails {
  readonly blame?: Blame
  /** True if there was no answer, or only "later": the same request may succeed if it is sent again. */
  readonly transient?: boolean
  /** What to do about it, in a line or two. */
  readonly hint?: string
  readonly cause?: unknown
  readonly at?: At
  /** All problems, if there is more than one to show. */
  readonly problems?: readonly Problem[]
  /** Outputs that are printed although the verb failed. */
  readonly outputs?: Readonly<Record<string, unknown>>
}

/**
 * The one error of Towpath. Messages are lower case, without a full stop, and hold the offending value and what to change.
 * Only a host prints it or turns it into an exit code.
 */
export class TowpathError extends Error {
  override readonly name = 'TowpathError'
  readonly code: ErrorCode
  readonly blame: Blame
  readonly transient: boolean
  readonly hint: string | undefined
  readonly at: At | undefined
  readonly problems: readonly Problem[]
  readonly outputs: Readonly<Record<string, unknown>> | undefined

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.blame = details.blame ?? (code === 'bug' ? 'bug' : 'user')
    this.transient = details.transient ?? false
    this.hint = details.hint
    this.at = details.at
    this.problems = details.problems ?? []
    this.outputs = details.outputs
  }

  /** The same error with these details in place of its own. Everything that is not given stays; this error becomes its cause. */
  with(details: Omit<ErrorDetails, 'cause'>): TowpathError {
    const { blame, transient, hint, at, problems, outputs } = this
    return new TowpathError(this.code, this.message, {
      blame,
      transient,
      problems,
      ...(hint === undefined ? {} : { hint }),
      ...(at === undefined ? {} : { at }),
      ...(outputs === undefined ? {} : { outputs }),
      ...details,
      cause: this,
    })
  }
}

/** Joins problems into one error: the first is the headline, all are listed. */
export function refuse(what: string, problems: readonly Problem[]): TowpathError {
  const [first] = problems
  if (!first) return new TowpathError('bug', `${what} was refused without a problem`)
  const { file, line, column } = first
  const message = problems.length === 1 ? first.message : `${what} has ${problems.length} problems`
  const hint = problems.length === 1 ? first.hint : undefined
  return new TowpathError('bad-input', message, { at: { file, line, column }, problems, ...(hint === undefined ? {} : { hint }) })
}

/** True for an error that only says that there was no answer: it says nothing about what was asked for. */
export function isTransient(error: unknown): error is TowpathError {
  return error instanceof TowpathError && error.transient
}

/**
 * Anything thrown, as a TowpathError: an error of another kind is a bug.
 * @param what what failed, as the message of a bug begins; @param hint what to do about a bug
 */
export function asTowpathError(thrown: unknown, what: string, hint?: string): TowpathError {
  if (thrown instanceof TowpathError) return thrown
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  const details = { cause: thrown, ...(hint === undefined ? {} : { hint }) }
  return new TowpathError('bug', `${what} failed in a way it should not: ${text}`, details)
}
