import type { Hints } from '../document/schema.ts'
import { nearest, suggest } from '../nearest.ts'
import { fixedReferences, parseReference } from './reference.ts'

/** What somebody may have meant by a text that is no reference, tried in order. */
const repairs: readonly ((wrong: string) => string)[] = [
  (wrong) => wrong.replace(/^(?:service\/)?platform[./]+/i, 'platform/'),
  (wrong) => wrong.replace(/^service[./]([a-z][a-z0-9-]*)[./]+([a-z][a-z0-9]*)\./i, 'service/$1/$2.'),
  (wrong) => wrong.replace(/^([a-z][a-z0-9]*)[/:]+/i, '$1.'),
  (wrong) => wrong.replace(/^\$\{(.*)\}$/, '$1'),
]

/** A hint for a text that is no reference. */
export function referenceHint(wrong: string): string {
  const fixed = nearest(wrong, fixedReferences)
  if (fixed !== undefined) return `did you mean '${fixed}'?`
  for (const repair of repairs) {
    const repaired = repair(wrong.trim()).replace(/^(.*)\./, (stem) => stem.toLowerCase())
    if (parseReference(repaired)) return `did you mean '${repaired}'?`
  }
  return "write <stack>.<Output>, platform/<stack>.<Output> or service/<name>/<stack>.<Output>; a value goes under 'parameters'"
}

/** Among more names than this the nearest is not looked for: a file full of mistakes must be refused soon. */
const mostStacks = 500

/** A hint for a reference to a stack that is not there: a fixed form, or a stack that is. */
export function stackHint(
  { stack, output }: { readonly stack: string; readonly output: string },
  prefix: '' | 'platform/',
  stacks: Iterable<string>,
): string {
  const names = [...stacks]
  const write = (name: string) => `${prefix}${name}.${output}`
  const near = names.length > mostStacks ? undefined : nearest(write(stack), [...fixedReferences, ...names.map(write)])
  return near === undefined ? suggestStack(stack, names) : `did you mean '${near}'?`
}

/** A hint for the name of a stack that is not there. */
export function suggestStack(wrong: string, stacks: Iterable<string>): string {
  const names = [...stacks]
  return names.length > mostStacks ? `there are ${names.length} others` : suggest(wrong, names)
}

/** The hints that both descriptors give with their schemas. */
export const hints: Hints = { reference: referenceHint }
