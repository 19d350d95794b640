import type { Suggest } from '../document/hint.ts'
import { type Entry, type MapNode, type Node, problemAt } from '../document/node.ts'
import { entriesOf, member } from '../document/placed.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { makesEntries, type Section, sections } from './sections.ts'
import { markOf } from './tags.ts'

/** What is wrong with the outline of a template: its sections, and unless it is `partial` (an override) what each of them holds. */
export function shapeProblems(root: MapNode, partial: boolean, suggest: Suggest): Problem[] {
  return [...root.entries].flatMap(([name, entry]) => {
    const section = sections.get(name)
    if (section) return sectionProblems(name, section, entry, partial)
    return [problemAt(entry.key, `unknown section ${quote(name)}`, suggest(name, sections.keys()))]
  })
}

function sectionProblems(name: string, section: Section, { key, value }: Entry, partial: boolean): Problem[] {
  if (markOf(value) || isNull(value)) return []
  const wanted = { text: 'scalar', map: 'map', anything: value.kind }[section.holds]
  if (value.kind !== wanted) return [problemAt(key, `section ${quote(name)} is no ${section.holds}`, `write a ${section.holds}`)]
  if (partial || section.entry === undefined) return []
  const kind = section.entry
  return [...entriesOf(value)].flatMap(([one, entry]) => (makesEntries(one) ? [] : entryProblems(kind, one, entry)))
}

/** The entries that CloudFormation knows by their `Type`. */
const typed: ReadonlySet<string> = new Set(['parameter', 'resource'])

function entryProblems(kind: string, name: string, { key, value }: Entry): Problem[] {
  if (isNull(value)) return []
  if (value.kind !== 'map') return [problemAt(key, `${kind} ${quote(name)} is no map`, 'write its keys below it')]
  if (!typed.has(kind) || value.entries.keys().some(makesEntries)) return []
  const type = member(value, 'Type')
  if (!type) return [problemAt(key, `${kind} ${quote(name)} has no Type`, 'give it one')]
  const isText = type.kind === 'scalar' && typeof type.value === 'string'
  return isText ? [] : [problemAt(type.place, `the Type of ${kind} ${quote(name)} is no text`, 'write the name of a type')]
}

/** What has no value is a problem already, wherever it stands. */
function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null
}
