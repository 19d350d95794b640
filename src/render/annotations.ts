import { isAbsolute } from 'node:path'
import type { At, Problem, TowpathError } from '../errors.ts'
import type { Annotation } from '../ports/runner.ts'
import type { Shorten } from './error.ts'
import { plain } from './plain.ts'

/** What a step ended with, as far as annotations tell it. */
export interface Annotated {
  readonly title: string
  readonly error: TowpathError | undefined
  readonly warnings: readonly string[]
  /** Shows a path from the workspace, if it lies there. */
  readonly shorten: Shorten
}

/** GitHub keeps ten errors and ten warnings of a step: few enough to be read. */
const MOST = 10

/** The annotations of a step, worst first. What there is no room for is counted in the last of them. */
export function annotationsOf({ title, error, warnings, shorten }: Annotated): readonly Annotation[] {
  const all = [
    ...errorAnnotations(title, error, shorten),
    ...warnings.map((text): Annotation => ({ level: 'warning', title, message: plain(text) })),
  ]
  const [worst] = all
  if (!worst || all.length <= MOST) return all
  const left = all.length - (MOST - 1)
  return [
    ...all.slice(0, MOST - 1),
    { level: all[MOST - 1]?.level ?? worst.level, title, message: `and ${left} more: see the log of the step` },
  ]
}

function errorAnnotations(title: string, error: TowpathError | undefined, shorten: Shorten): readonly Annotation[] {
  if (!error) return []
  const { message, hint, at, problems } = error
  if (problems.length > 0) return problems.map((problem) => ofProblem(title, problem, shorten))
  return [{ level: 'error', title, ...placed(at, message, hint, shorten) }]
}

function ofProblem(title: string, problem: Problem, shorten: Shorten): Annotation {
  return { level: 'error', title, ...placed(problem, problem.message, problem.hint, shorten) }
}

/** GitHub finds files in the workspace only; any other place is told in the message. */
function placed(at: At | undefined, message: string, hint: string | undefined, shorten: Shorten): Omit<Annotation, 'level' | 'title'> {
  const shown = at === undefined ? undefined : shorten(at.file)
  const near = at !== undefined && shown !== undefined && isAbsolute(at.file) && !isAbsolute(shown)
  const place = at && !near ? `${plain([shown, at.line, at.column].filter((part) => part !== undefined).join(':'))}: ` : ''
  const advice = hint === undefined ? [] : hint.split('\n').map(plain)
  return {
    message: [`${place}${plain(message)}`, ...advice].join('\n'),
    ...(near ? { file: plain(shown), ...positions(at) } : {}),
  }
}

function positions({ line, column }: At): { readonly line?: number; readonly column?: number } {
  return { ...(line === undefined ? {} : { line }), ...(line === undefined || column === undefined ? {} : { column }) }
}
