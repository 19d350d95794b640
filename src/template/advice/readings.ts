import { type MapNode, type Node, type ScalarNode, whereIs } from '../../document/node.ts'
import { plainScalar } from '../../document/scalar.ts'
import { pointerTo } from './finding.ts'

/** A value that an earlier version of Towpath sent otherwise. */
export interface ChangedReading {
  /** A JSON pointer into the template. */
  readonly pointer: string
  readonly file: string
  readonly line: number
  readonly column: number
  /** The JSON that was sent, and the JSON that is sent now. */
  readonly before: string
  readonly after: string
}

/** The values of a template that are read otherwise than up to version 0.1, with what is sent of each, before and after. */
export function changedReadings(root: MapNode): ChangedReading[] {
  const found: ChangedReading[] = []
  visit(found, root, '')
  return found
}

function visit(found: ChangedReading[], node: Node, pointer: string): void {
  if (node.kind === 'list') for (const [index, item] of node.items.entries()) visit(found, item, pointerTo(pointer, index))
  if (node.kind === 'map') for (const [key, { value }] of node.entries) visit(found, value, pointerTo(pointer, key))
  if (node.kind !== 'scalar' || node.written === undefined) return
  const before = earlier(node, node.written)
  const after = typeof node.value === 'number' ? node.written : JSON.stringify(node.value)
  // What was null was refused, and not sent.
  if (before !== after && before !== 'null') found.push({ pointer, ...whereIs(node.place), before, after })
}

/** The JSON that was sent of a value: a number only if it printed back to its own text, `true`, `false`, or a text. */
function earlier({ value }: ScalarNode, written: string): string {
  // A block text at the end of a file was given a line feed.
  if (typeof value === 'string' && value !== written) return JSON.stringify(written)
  return JSON.stringify(plainScalar(written, 'descriptor').value)
}
