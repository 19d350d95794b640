import type { Problem } from '../errors.ts'

/** Problems as a reader goes through them: file by file, in the order in which the files come up first, and down each. */
export function inReadingOrder(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ file }) => file))]
  return problems.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column)
}

/** The same, each problem once: a template is read by itself and wherever it is used, and a platform's mistake shows in every environment. */
export function unique(problems: readonly Problem[]): Problem[] {
  return inReadingOrder([...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()])
}
