import { type MapNode, type Node, scalarText, whereIs } from '../document/node.ts'

/**
 * The template as JSON, one space of indentation, keys in the tree's order. Keys that look like numbers go where JavaScript puts them
 * (first, ascending), and `__proto__` is a key like any other. Numbers are written as they were. Equal trees give equal bytes.
 */
export function writeTemplate(root: MapNode): string {
  return `${JSON.stringify(sent(root), undefined, 1)}\n`
}

/** A value of a template as JSON. Equal values give equal texts. */
export function writeValue(node: Node): string {
  return JSON.stringify(sent(node))
}

/** What `JSON.stringify` writes a node from. Its raw numbers leave this file as text only: whatever else is made of them would be wrong. */
function sent(node: Node): unknown {
  if (node.kind === 'scalar') return typeof node.value === 'number' ? JSON.rawJSON(scalarText(node)) : node.value
  if (node.kind === 'list') return node.items.map(sent)
  const members: Record<string, unknown> = Object.create(null)
  for (const [key, { value }] of node.entries) members[key] = sent(value)
  return members
}

/** Where one value of a template comes from. */
export interface LineOrigin {
  /** A JSON pointer (RFC 6901). */
  readonly pointer: string
  readonly file: string
  readonly line: number
}

/** Where every value without values in it comes from, in the tree's order. */
export function origins(root: Node): LineOrigin[] {
  const found: LineOrigin[] = []
  trace(found, root, '')
  return found
}

function trace(found: LineOrigin[], node: Node, pointer: string): void {
  if (node.kind === 'map' && node.entries.size > 0) {
    for (const [key, { value }] of node.entries) trace(found, value, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  } else if (node.kind === 'list' && node.items.length > 0) {
    for (const [index, item] of node.items.entries()) trace(found, item, `${pointer}/${index}`)
  } else {
    const { file, line } = whereIs(node.place)
    found.push({ pointer, file, line })
  }
}
