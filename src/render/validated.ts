import { plain } from './plain.ts'
import { count } from './table.ts'

/** The parts of advice that people read. */
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
  readonly 'changed-readings'?: unknown
}): string {
  const problems = (outputs.problems ?? []) as readonly unknown[]
  const unchecked = (outputs.unchecked ?? []) as readonly string[]
  const what = `${outputs.kind}${outputs.name === null ? '' : ` '${plain(String(outputs.name))}'`}`
  const verdict = problems.length === 0 ? `${what}: no problem found` : `${what}: ${count(problems.length, 'problem')}`
  return [
    verdict,
    ...adviceText(outputs.lint),
    ...readingsText(outputs['changed-readings']),
    ...section('not checked here', unchecked),
  ].join('\n')
}

/** A value that is sent otherwise than before, as far as people read it. */
interface ShownReading {
  readonly file: string
  readonly line: number
  readonly before: string
  readonly after: string
}

/** The values that are sent otherwise than before; that there are none is said as well, since somebody asked. */
function readingsText(readings: unknown): readonly string[] {
  if (readings === null || readings === undefined) return []
  const changed = readings as readonly ShownReading[]
  if (changed.length === 0) return ['every value is sent as before']
  return section(
    'sent otherwise than by version 0.1',
    changed.map(({ file, line, before, after }) => `${file}:${line}: ${before} before, ${after} now`),
  )
}

/** Advice as lines under a heading of its own, so that nobody takes it for a problem that stops the work. */
export function adviceText(lint: unknown): readonly string[] {
  const advice = (lint ?? []) as readonly ShownAdvice[]
  return section(
    'advice, on which nothing depends',
    advice.map(({ rule, file, line, column, message }) => `${file}:${line}:${column}: ${message} (${rule})`),
  )
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length > 0 ? [`${heading}:`, ...lines.map((line) => `  ${plain(line)}`)] : []
}
