import type { Node, Scalar } from './node.ts'

/** What a node says, without where it says it. */
export type Data = Scalar | readonly Data[] | { readonly [key: string]: Data }

/** The node's content as plain data. Maps become objects without a prototype, so that no key, whatever its name, reaches one. */
export function toData(node: Node): Data {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toData)
  const members: Record<string, Data> = Object.create(null)
  for (const [key, { value }] of node.entries) members[key] = toData(value)
  return members
}
