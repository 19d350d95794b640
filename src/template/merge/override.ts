import { basename } from 'node:path'
import { suggesting } from '../../document/hint.ts'
import { type Entry, type MapNode, type Node, problemAt, scalarText } from '../../document/node.ts'
import { member } from '../../document/placed.ts'
import { quote } from '../../document/show.ts'
import type { Problem } from '../../errors.ts'
import { sections } from '../sections.ts'
import { markOf } from '../tags.ts'
import { type Laying, lay, layMap, put } from './lay.ts'

/**
 * Lays an override over a platform template. In sections of named things it changes what is there: a name that the template below has not
 * is a mistake, and so is another Type for a resource. What cannot be laid is a problem, and the template below stays as it is there.
 */
export function applyOverride(base: MapNode, override: MapNode): { root: MapNode; problems: Problem[] } {
  const file = basename(base.place.source.file)
  const laying: Laying = { below: `platform template ${file}`, problems: [], suggest: suggesting() }
  const entries = new Map(base.entries)
  for (const [section, { key, value }] of override.entries) {
    const existing = base.entries.get(section)
    const kind = sections.get(section)?.entry
    const laid =
      kind !== undefined && value.kind === 'map' && !markOf(value)
        ? layNamed(laying, section, kind, existing?.value, value)
        : lay(laying, [section], existing?.value, value, base.entries.keys())
    put(entries, section, existing?.key ?? key, laid)
  }
  return { root: { ...base, entries }, problems: laying.problems }
}

function layNamed(laying: Laying, section: string, kind: string, base: Node | undefined, over: MapNode): Node | undefined {
  const below: ReadonlyMap<string, Entry> = base?.kind === 'map' ? base.entries : new Map()
  const met = new Map<string, Entry>()
  for (const [name, entry] of over.entries) {
    const existing = below.get(name)
    if (existing) {
      const value = section === 'Resources' ? sameType(laying, name, existing.value, entry.value) : entry.value
      met.set(name, { key: entry.key, value })
    } else {
      const hint = laying.suggest(name, below.keys(), `a new ${kind} belongs in cloudFormation/additions`)
      laying.problems.push(problemAt(entry.key, `no ${kind} ${quote(name)} in ${laying.below}`, hint))
    }
  }
  return base?.kind === 'map' ? layMap(laying, [section], base, { ...over, entries: met }) : base
}

/** The override of a resource, without a Type that would make another thing of it. */
function sameType(laying: Laying, name: string, base: Node, over: Node): Node {
  const type = member(over, 'Type')
  if (over.kind !== 'map' || markOf(over) || !type || markOf(type)) return over
  const below = scalarOf(member(base, 'Type'))
  const above = scalarOf(type)
  if (below === undefined || below === above) return over
  const message = `resource ${quote(name)} is ${quote(below)} in ${laying.below}, not ${above === undefined ? 'what is written here' : quote(above)}: use !Replace`
  laying.problems.push(problemAt(type.place, message, 'put !Replace on the whole resource to make it another'))
  return { ...over, entries: new Map([...over.entries].filter(([key]) => key !== 'Type')) }
}

function scalarOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' ? scalarText(node) : undefined
}
