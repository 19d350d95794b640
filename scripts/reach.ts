import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'rolldown/utils'

/** An import or a re-export of ESTree, as far as it is needed. */
interface Statement {
  readonly type: string
  readonly importKind?: string
  readonly exportKind?: string
  readonly source?: { readonly value: string } | null
  readonly specifiers?: readonly { readonly importKind?: string; readonly exportKind?: string }[]
}

/**
 * The files that a file loads when it is loaded: what it imports or re-exports by a static statement, itself included, and so on from there.
 * Types and `import()` load nothing. A change in one of these files can change what the first one does.
 * @param file a path, as are all results
 * @param read gives the text of a file
 */
export async function reachedFrom(file: string, read: (file: string) => Promise<string>): Promise<readonly string[]> {
  const reached = new Set<string>()
  const visit = async (path: string): Promise<void> => {
    if (reached.has(path)) return
    reached.add(path)
    for (const target of loadedBy(path, await read(path))) await visit(join(dirname(path), target))
  }
  await visit(file)
  return [...reached].sort()
}

/** What one file loads of ours, as it is written. */
function loadedBy(path: string, text: string): readonly string[] {
  const { program, errors } = parseSync(path, text)
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  return (program.body as readonly Statement[]).flatMap((statement) => {
    const target = statement.source?.value
    return target?.startsWith('.') && isValue(statement) ? [target] : []
  })
}

/** True of a statement that is left once the types are taken away. */
function isValue({ importKind, exportKind, specifiers = [] }: Statement): boolean {
  if (importKind === 'type' || exportKind === 'type') return false
  return specifiers.length === 0 || specifiers.some((one) => one.importKind !== 'type' && one.exportKind !== 'type')
}

if (process.argv[1] === import.meta.filename) {
  const root = fileURLToPath(new URL('../', import.meta.url))
  for (const file of process.argv.slice(2)) {
    const reached = await reachedFrom(relative('.', file), (path) => readFile(join(root, path), 'utf8'))
    process.stdout.write(`${file} reaches ${reached.length} files:\n${reached.map((path) => `  ${path}\n`).join('')}`)
  }
}
