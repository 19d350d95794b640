import type { At, Problem, TowpathError } from '../errors.ts'
import { plain } from './plain.ts'

/** Shortens a path for a reader: relative to the reader's folder if it is in it. */
export type Shorten = (path: string) => string

/** An error as text: the place, the problem, and what to do. Each problem has lines of its own. */
export function errorText(error: TowpathError, shorten: Shorten): string {
  if (error.problems.length > 1) {
    const count = `${plain(error.message)}:`
    return [`error: ${count}`, ...error.problems.map((problem) => problemText(problem, shorten))].join('\n')
  }
  const where = error.at ? `${place(error.at, shorten)}: ` : 'error: '
  return `${where}${plain(error.message)}${hintText(error.hint)}`
}

/** One problem in the form that compilers and editors use. */
export function problemText(problem: Problem, shorten: Shorten): string {
  return `${place(problem, shorten)}: ${plain(problem.message)}${hintText(problem.hint)}`
}

function place(at: At, shorten: Shorten): string {
  return [plain(shorten(at.file)), at.line, at.column].filter((part) => part !== undefined).join(':')
}

function hintText(hint: string | undefined): string {
  return hint === undefined ? '' : `\n  ${hint.split('\n').map(plain).join('\n  ')}`
}
