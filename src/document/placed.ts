import type { Entry, MapNode, Node, Place } from './node.ts'

/** A value that remembers where it was written, so that a later check can point at it. */
export interface Placed<T> {
  readonly value: T
  readonly place: Place
}

/** A value that stands under a name, with the place of that name. */
export interface Keyed<T> extends Placed<T> {
  readonly key: Place
}

/** Values by name, in the order they were written. */
export type Named<T> = ReadonlyMap<string, Keyed<T>>

/*
 * Readers of nodes. They are total: what is absent or has another shape is undefined, left out or empty, since the schema has said
 * so already. So checks can run on what is sound of a file that has mistakes elsewhere.
 */

const nothing: ReadonlyMap<string, Entry> = new Map()

export function entriesOf(node: Node | undefined): MapNode['entries'] {
  return node?.kind === 'map' ? node.entries : nothing
}

export function member(node: Node | undefined, key: string): Node | undefined {
  return entriesOf(node).get(key)?.value
}

export function itemsOf(node: Node | undefined): readonly Node[] {
  return node?.kind === 'list' ? node.items : []
}

export function stringOf(node: Node): string | undefined {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

/** What `take` makes of a node, with the node's place; undefined if there is no node or nothing to take. */
export function placed<T>(node: Node | undefined, take: (node: Node) => T | undefined): Placed<T> | undefined {
  if (!node) return undefined
  const value = take(node)
  return value === undefined ? undefined : { value, place: node.place }
}

/** A string that the schema requires. */
export function required(map: Node, key: string): Placed<string> {
  return placed(member(map, key), stringOf) ?? { value: '', place: map.place }
}

/** What `take` makes of each member of a map; members that it makes nothing of are left out. */
export function named<T>(node: Node | undefined, take: (node: Node) => T | undefined): Named<T> {
  const found = new Map<string, Keyed<T>>()
  for (const [name, entry] of entriesOf(node)) {
    const value = take(entry.value)
    if (value !== undefined) found.set(name, { key: entry.key, place: entry.value.place, value })
  }
  return found
}
