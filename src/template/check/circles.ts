import { type MapNode, type Node, type Place, problemAt, scalarText } from '../../document/node.ts'
import { itemsOf, member, stringOf } from '../../document/placed.ts'
import type { Problem } from '../../errors.ts'
import { functionOf } from '../function.ts'
import { macrosOf } from '../macros.ts'
import { sectionOf } from '../sections.ts'
import { variablesOf } from '../sub.ts'

/** What each entry needs, with the place where it says so. */
type Needs = ReadonlyMap<string, ReadonlyMap<string, Place>>

const longestPrinted = 12

/**
 * Resources, and conditions, that need each other in a circle. A branch of `Fn::If` may not be taken, so what it needs does not count; a
 * template that a macro changes is not judged.
 */
export function circleProblems(root: MapNode): Problem[] {
  if (macrosOf(root).length > 0) return []
  const resources = new Map([...sectionOf(root, 'Resources')].map(([id, { value }]) => [id, needsOf(value)]))
  const conditions = new Map([...sectionOf(root, 'Conditions')].map(([name, { value }]) => [name, conditionsIn(value)]))
  return [...circleIn('resources', resources), ...circleIn('conditions', conditions)]
}

function circleIn(what: string, needs: Needs): Problem[] {
  const [first, second, ...others] = circleOf(needs) ?? []
  if (first === undefined || second === undefined) return []
  const place = needs.get(first)?.get(second)
  if (!place) return []
  const all = [first, second, ...others]
  const shown = all.length > longestPrinted ? [...all.slice(0, longestPrinted - 2), '…', ...all.slice(-2)] : all
  return [problemAt(place, `${what} need each other in a circle: ${shown.join(' → ')}`, 'remove one of these references')]
}

/** A circle, with its first name repeated at the end. Without recursion: a chain of references may be longer than the call stack. */
function circleOf(needs: Needs): readonly string[] | undefined {
  const state = new Map<string, 'open' | 'done'>()
  for (const start of needs.keys()) {
    const path: string[] = []
    const ahead = [start]
    for (let name = ahead.at(-1); name !== undefined; name = ahead.at(-1)) {
      if (state.has(name)) {
        ahead.pop()
        if (state.get(name) === 'open') path.pop()
        state.set(name, 'done')
        continue
      }
      state.set(name, 'open')
      path.push(name)
      for (const need of needs.get(name)?.keys() ?? []) {
        if (state.get(need) === 'open') return [...path.slice(path.indexOf(need)), need]
        if (needs.has(need) && !state.has(need)) ahead.push(need)
      }
    }
  }
  return undefined
}

function needsOf(resource: Node): ReadonlyMap<string, Place> {
  const found = new Map<string, Place>()
  const dependsOn = member(resource, 'DependsOn')
  for (const one of dependsOn?.kind === 'list' ? dependsOn.items : [dependsOn]) need(found, one)
  const properties = member(resource, 'Properties')
  if (properties) collect(found, properties)
  return found
}

function collect(found: Map<string, Place>, node: Node): void {
  if (node.kind === 'list') for (const item of node.items) collect(found, item)
  if (node.kind !== 'map') return
  const name = functionOf(node, undefined)
  const argument = name === undefined ? undefined : member(node, name)
  if (name === 'Fn::If') return
  if (name === 'Ref') need(found, argument)
  if (name === 'Fn::GetAtt') need(found, itemsOf(argument)[0])
  if (name === 'Fn::Sub') {
    const [text, own] = argument?.kind === 'list' ? argument.items : [argument]
    for (const variable of variablesOf(text ? (stringOf(text) ?? '') : '')) {
      const [id = ''] = variable.name.split('.')
      if (text && !member(own, variable.name) && !found.has(id)) found.set(id, text.place)
    }
  }
  for (const { value } of node.entries.values()) collect(found, value)
}

function conditionsIn(node: Node, found = new Map<string, Place>()): ReadonlyMap<string, Place> {
  if (node.kind === 'list') for (const item of node.items) conditionsIn(item, found)
  if (node.kind !== 'map') return found
  if (functionOf(node, 'Conditions') === 'Condition') need(found, member(node, 'Condition'))
  for (const { value } of node.entries.values()) conditionsIn(value, found)
  return found
}

function need(found: Map<string, Place>, node: Node | undefined): void {
  if (node?.kind !== 'scalar') return
  const name = scalarText(node)
  if (!found.has(name)) found.set(name, node.place)
}
