import { plain } from './plain.ts'
import { count } from './table.ts'

/** What `validate` found, as people read it; the problems themselves are told with their places on stderr. */
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
  return [verdict, ...(unchecked.length > 0 ? ['not checked here:', ...unchecked.map((one) => `  ${plain(one)}`)] : [])].join('\n')
}
