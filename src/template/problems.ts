import type { Problem } from '../errors.ts'

/** Problems in the order in which people fix them: file by file as given (others last), down the text, each once. */
export function inOrder(problems: readonly Problem[], files: readonly string[] = []): Problem[] {
  const rank = new Map(files.map((file, index) => [file, index]))
  const rankOf = ({ file }: Problem) => rank.get(file) ?? files.length
  const told = new Set<string>()
  return [...problems]
    .filter(({ file, line, column, message }) => {
      const same = JSON.stringify([file, line, column, message])
      return !told.has(same) && told.add(same)
    })
    .sort((a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column)
}
