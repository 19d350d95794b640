import { isAbsolute } from 'node:path'
import type { At, Problem, TowpathError } from '../errors.ts'
import type { Annotation } from '../ports/runner.ts'
import type { Shorten } from './error.ts'
import { plain } from './plain.ts'

/** The result of a step that annotations show. */
export interface Annotated {
  readonly title: string
  readonly error: TowpathError | undefined
  readonly warnings: readonly string[]
  /** Shortens a path in the workspace to its path relative to it. */
  readonly shorten: Shorten
}

/** GitHub keeps ten errors and ten warnings of a step. */
const MOST = 10

/** The annotations of a step, worst first. The last one says how many more there are. */
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

/** The place of an annotation. GitHub only finds files in the workspace, so any other place goes into the message. */
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
