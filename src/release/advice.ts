import { type MapNode, whereIs } from '../document/node.ts'
import { inspectResources } from '../resources/inspect.ts'
import type { Finding } from '../template/advice/finding.ts'
import { scalarAdvice } from '../template/advice/scalars.ts'
import { unusedParameters } from '../template/advice/unused.ts'

/** What is worth knowing of a template: no exit code depends on it. */
export interface Advice {
  /** The stack's name; of a platform's template, the file's. */
  readonly template: string
  /** A name for its kind: ours, such as `scalar`, or a linter's, such as `W2001`. */
  readonly rule: string
  /** `error`, `warning` or `informational`. */
  readonly level: string
  /** A JSON pointer into the merged template. */
  readonly pointer: string
  /** Where that part of it was written. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

/** Our own advice on merged templates: values that can be read in two ways, parameters without effect, what the types' schemas say. */
export async function ownAdvice(templates: ReadonlyMap<string, MapNode>): Promise<readonly Advice[]> {
  const found: Advice[] = []
  for (const [template, root] of templates) {
    const { advice } = await inspectResources(root)
    const findings = [...scalarAdvice(root), ...unusedParameters(root), ...advice]
    found.push(...findings.map((finding) => placed(template, finding)).sort((a, b) => a.line - b.line || a.column - b.column))
  }
  return once(found)
}

function placed(template: string, { rule, level, pointer, place, message }: Finding): Advice {
  return { template, rule, level, pointer, ...whereIs(place), message }
}

/** One template may be that of several stacks. */
function once(found: readonly Advice[]): readonly Advice[] {
  const told = new Set<string>()
  return found.filter(({ file, line, column, rule, message }) => {
    const same = JSON.stringify([file, line, column, rule, message])
    return !told.has(same) && told.add(same)
  })
}
