import { plain } from './plain.ts'
import { count } from './table.ts'

/** The parts of a linter's advice that people read. */
interface ShownAdvice {
  readonly rule: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** The result of `validate` as text. The problems themselves go to stderr, with their places. */
export function validatedText(outputs: {
  readonly kind?: unknown
  readonly name?: unknown
  readonly problems?: unknown
  readonly lint?: unknown
  readonly unchecked?: unknown
}): string {
  const problems = (outputs.problems ?? []) as readonly unknown[]
  const unchecked = (outputs.unchecked ?? []) as readonly string[]
  const what = `${outputs.kind}${outputs.name === null ? '' : ` '${plain(String(outputs.name))}'`}`
  const verdict = problems.length === 0 ? `${what}: no problem found` : `${what}: ${count(problems.length, 'problem')}`
  return [verdict, ...adviceText(outputs.lint), ...section('not checked here', unchecked)].join('\n')
}

/** Advice as lines under a heading of its own, so that nobody takes it for a problem that stops the work. */
export function adviceText(lint: unknown): readonly string[] {
  const advice = (lint ?? []) as readonly ShownAdvice[]
  return section(
    'advice of cfn-lint, on which nothing depends',
    advice.map(({ rule, file, line, column, message }) => `${file}:${line}:${column}: ${message} (${rule})`),
  )
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? [`${heading}:`, ...lines.map((line) => `  ${plain(line)}`)] : []
}
