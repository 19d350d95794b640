import type { Suggest } from '../../document/hint.ts'
import { type Entry, type MapNode, type Node, problemAt } from '../../document/node.ts'
import { showPath } from '../../document/show.ts'
import type { Problem } from '../../errors.ts'
import { functionOf } from '../function.ts'
import { bare, markOf } from '../tags.ts'
import { mergeTags } from './tag-list.ts'

/** What laying one template over another needs everywhere. */
export interface Laying {
  /** The template below, as messages name it: `platform template scaling.yml`. */
  readonly below: string
  readonly problems: Problem[]
  readonly suggest: Suggest
}

/** The keys and positions that lead to a value, from its section: `['Resources', 'Queue', 'Properties']`. */
export type Path = readonly [string, ...(string | number)[]]

/**
 * Lays a value of an override over what the template below has there (undefined: nothing), and returns what comes of it (undefined:
 * nothing). Maps merge by key, all else replaces, marks say otherwise; a map never meets a function or a list. Source: design 7.
 */
export function lay(laying: Laying, path: Path, base: Node | undefined, over: Node, siblings: Iterable<string> = []): Node | undefined {
  const mark = markOf(over)
  if (!mark) return base ? layUnmarked(laying, path, base, over) : layOverNothing(laying, path, over)
  if (mark === '!Replace') return layOverNothing(laying, path, bare(over))
  if (!base) {
    const hint = laying.suggest(String(path.at(-1)), siblings, mark === '!Remove' ? 'take it out' : `write it without ${mark}`)
    refuse(laying, over, `${mark} finds no ${where(laying, path)}`, hint)
    return undefined
  }
  if (mark === '!Remove') return undefined
  const added = withoutMarks(laying, bare(over))
  if (base.kind !== 'list' || added.kind !== 'list') {
    refuse(laying, over, `${mark} to ${kindOf(base, path)}, which is no list, at ${where(laying, path)}: use !Replace`)
    return base
  }
  return { ...base, items: mark === '!Append' ? [...base.items, ...added.items] : [...added.items, ...base.items] }
}

function layUnmarked(laying: Laying, path: Path, base: Node, over: Node): Node {
  const below = isPlainMap(base, path)
  const above = isPlainMap(over, path)
  if (below && above) return layMap(laying, path, base, over)
  if ((above && base.kind !== 'scalar') || (below && over.kind === 'map')) {
    refuse(laying, over, `${kindOf(over, path)} over ${kindOf(base, path)} at ${where(laying, path)}: use !Replace`)
    return base
  }
  const value = layOverNothing(laying, path, over)
  if (path.at(-1) !== 'Tags' || base.kind !== 'list' || value.kind !== 'list') return value
  const tags = mergeTags(base, value, (one, other, at) => lay(laying, [...path, at], one, other) ?? one)
  if (tags === 'mixed') refuse(laying, over, `not all of ${where(laying, path)} are { Key, Value } on both sides: use !Replace or !Append`)
  return tags === 'mixed' ? base : (tags ?? value)
}

/** Lays map over map by key: the keys of the template below keep their order, new ones follow. */
export function layMap(laying: Laying, path: Path, base: MapNode, over: MapNode): MapNode {
  const entries = new Map(base.entries)
  for (const [name, { key, value }] of over.entries) {
    const existing = base.entries.get(name)
    put(entries, name, existing?.key ?? key, lay(laying, [...path, name], existing?.value, value, base.entries.keys()))
  }
  return { ...base, entries }
}

/** Sets a key, or removes it if nothing came of its value. */
export function put(entries: Map<string, Entry>, name: string, key: Entry['key'], value: Node | undefined): void {
  if (value) entries.set(name, { key, value })
  else entries.delete(name)
}

function layOverNothing(laying: Laying, path: Path, over: Node): Node {
  if (!isPlainMap(over, path)) return withoutMarks(laying, over)
  return layMap(laying, path, { kind: 'map', entries: new Map(), place: over.place }, over)
}

/** A value that goes in whole, such as a list or a function: a mark within it has nothing to work on. */
function withoutMarks(laying: Laying, node: Node): Node {
  const mark = markOf(node)
  if (mark) refuse(laying, node, `${mark} within a list or a function, which are replaced whole`, 'put it on the list or function itself')
  const plain = mark ? bare(node) : node
  if (plain.kind === 'list') return { ...plain, items: plain.items.map((item) => withoutMarks(laying, item)) }
  if (plain.kind === 'scalar') return plain
  const entries = [...plain.entries].map(([name, { key, value }]): [string, Entry] => [name, { key, value: withoutMarks(laying, value) }])
  return { ...plain, entries: new Map(entries) }
}

function calls(node: Node, path: Path): string | undefined {
  return path.length > 1 ? functionOf(node, path[0]) : undefined
}

function isPlainMap(node: Node, path: Path): node is MapNode {
  return node.kind === 'map' && calls(node, path) === undefined
}

function kindOf(node: Node, path: Path): string {
  return calls(node, path) ?? { map: 'a map', list: 'a list', scalar: 'a scalar' }[node.kind]
}

function where({ below }: Laying, path: Path): string {
  return `${showPath(path)} in ${below}`
}

function refuse({ problems }: Laying, node: Node, message: string, hint?: string): void {
  problems.push(problemAt(node.place, message, hint))
}
