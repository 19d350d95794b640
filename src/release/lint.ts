import { type MapNode, type Node, whereIs } from '../document/node.ts'
import type { Files } from '../ports/files.ts'
import type { Processes } from '../ports/processes.ts'
import { writeTemplate } from '../template/write.ts'
import type { Advice } from './advice.ts'

const LINTER = 'cfn-lint'

/** How long the linter may take: nobody waits longer for advice. */
const PATIENCE_MILLISECONDS = 60_000

/** W3002 is about nested templates that are still to be packaged, which is what we do. */
const ARGUMENTS = ['--format', 'json', '--non-zero-exit-code', 'none', '--ignore-checks', 'W3002'] as const

/** True if there is a linter on this machine. */
export function hasLinter(processes: Processes): Promise<boolean> {
  return processes.has(LINTER)
}

/**
 * Asks cfn-lint, where it is installed, what it makes of merged templates in these regions (without any, its own default). It is given files in a folder of their own, so that no
 * configuration of the repository, which could name code to run, is read. Whatever keeps it from answering is no advice.
 */
export async function lint(
  files: Files,
  processes: Processes,
  templates: ReadonlyMap<string, MapNode>,
  regions: readonly string[] = [],
): Promise<readonly Advice[]> {
  if (templates.size === 0 || !(await hasLinter(processes))) return []
  const folder = await files.temporary()
  try {
    const all = [...templates]
    const names = all.map((_, index) => `${index}.json`)
    for (const [index, [, root]] of all.entries()) await files.write(`${folder.path}/${names[index]}`, writeTemplate(root))
    const output = await processes.run(LINTER, [...ARGUMENTS, ...(regions.length > 0 ? ['--regions', ...regions] : []), '--', ...names], {
      folder: folder.path,
      timeoutMilliseconds: PATIENCE_MILLISECONDS,
    })
    return findings(output).flatMap((finding) => adviceOf(finding, all, names) ?? [])
  } finally {
    await folder.remove()
  }
}

function findings(output: string | undefined): readonly unknown[] {
  try {
    const found: unknown = JSON.parse(output ?? '[]')
    return Array.isArray(found) ? found : []
  } catch {
    return []
  }
}

/** A finding in our words; undefined if it has not the shape that is known. Source: cfn-lint, formatters/__init__.py, JsonFormatter. */
function adviceOf(finding: unknown, templates: readonly (readonly [string, MapNode])[], names: readonly string[]): Advice | undefined {
  const { Filename, Level, Message, Location, Rule } = fieldsOf(finding)
  const rule = fieldsOf(Rule).Id
  const [template, root] = templates[names.indexOf(String(Filename))] ?? []
  if (template === undefined || root === undefined || typeof Message !== 'string' || typeof rule !== 'string') return undefined
  const { Path } = fieldsOf(Location)
  const path = Array.isArray(Path) ? Path.map(String) : []
  const pointer = path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return { template, rule, level: String(Level).toLowerCase(), pointer, ...whereIs(nodeAt(root, path).place), message: Message }
}

/** The node at a path, or the last one on the way that is there. */
function nodeAt(root: Node, path: readonly string[]): Node {
  let node = root
  for (const step of path) {
    const next = node.kind === 'map' ? node.entries.get(step)?.value : node.kind === 'list' ? node.items[Number(step)] : undefined
    if (!next) return node
    node = next
  }
  return node
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
