import { type Entry, type MapNode, type Node, type Place, problemAt, scalarText, whereIs } from '../../document/node.ts'
import { quote } from '../../document/show.ts'
import type { Problem } from '../../errors.ts'
import { sections } from '../sections.ts'
import { writeValue } from '../write.ts'

/**
 * Adds a template's entries to another's, after those it has. A name that the section has already is a mistake, and the one that is there
 * stays. The format version may be repeated; transforms are joined.
 */
export function applyAddition(base: MapNode, addition: MapNode): { root: MapNode; problems: Problem[] } {
  const problems: Problem[] = []
  const entries = new Map(base.entries)
  for (const [section, added] of addition.entries) {
    const existing = base.entries.get(section)
    if (!existing) entries.set(section, added)
    else if (existing.value.kind === 'map' && added.value.kind === 'map' && sections.get(section)?.holds === 'map') {
      entries.set(section, { key: existing.key, value: joined(section, existing.value, added.value, problems) })
    } else if (section === 'Transform') entries.set(section, { key: existing.key, value: joinedTransforms(existing.value, added.value) })
    else if (section !== 'AWSTemplateFormatVersion' || !sameScalar(existing.value, added.value)) {
      problems.push(taken(added.key, `section ${quote(section)}`, existing.key))
    }
  }
  return { root: { ...base, entries }, problems }
}

function joined(section: string, base: MapNode, added: MapNode, problems: Problem[]): MapNode {
  const entries = new Map<string, Entry>(base.entries)
  for (const [name, entry] of added.entries) {
    const existing = base.entries.get(name)
    if (existing) problems.push(taken(entry.key, `${sections.get(section)?.entry ?? `${section} key`} ${quote(name)}`, existing.key))
    else entries.set(name, entry)
  }
  return { ...base, entries }
}

/** The transforms of both, in order, each once: equal ones are one. */
function joinedTransforms(base: Node, added: Node): Node {
  const listed = (node: Node) => (node.kind === 'list' ? node.items : [node])
  const known = new Set(listed(base).map(writeValue))
  const more = listed(added).filter((one) => !known.has(writeValue(one)))
  return more.length === 0 ? base : { kind: 'list', items: [...listed(base), ...more], place: base.place }
}

function taken(place: Place, what: string, existing: Place): Problem {
  const { file, line } = whereIs(existing)
  return problemAt(place, `${what} is there already, at ${file}:${line}`, 'give it another name, or change it in cloudFormation/overrides')
}

function sameScalar(one: Node, other: Node): boolean {
  return one.kind === 'scalar' && other.kind === 'scalar' && one.value === other.value && scalarText(one) === scalarText(other)
}
