import { toData } from '../document/data.ts'
import type { MapNode, Node } from '../document/node.ts'
import { entriesOf, member } from '../document/placed.ts'
import { canonicalJson, type Json } from '../json.ts'
import { type ResourceFact, resources as resourcesOf } from '../template/facts.ts'
import { pointersIn } from '../template/pointers.ts'
import { sectionOf } from '../template/sections.ts'
import type { PropertyChange, ResourceChange } from './stacks.ts'

/** A template with all that is known of the stack that it makes. */
export interface TemplateSide {
  readonly root: MapNode
  /** The values of its parameters; one that is not known is left out. */
  readonly parameters: Readonly<Record<string, string>>
  /** Whether a condition holds; undefined where that is not known. */
  readonly holds: (condition: string) => boolean | undefined
}

/**
 * What an update would change, read off the live and the new template where CloudFormation makes no change set. It knows no type: a property
 * that changes may replace its resource. What a macro makes of a template is not seen.
 */
export function foretell(live: TemplateSide, next: TemplateSide): readonly ResourceChange[] {
  const moved = movedNames(live, next)
  const [before, after] = [resourcesOf(live.root), resourcesOf(next.root)]
  const removed = [...before].flatMap(([logicalId, fact]) => {
    const stays = after.get(logicalId)
    return isThere(live, fact) && !(stays && isThere(next, stays)) ? [removal(logicalId, fact)] : []
  })
  const other = [...after].flatMap(([logicalId, fact]): ResourceChange[] => {
    if (!isThere(next, fact)) return []
    const was = before.get(logicalId)
    if (was === undefined || !isThere(live, was)) return [{ action: 'Add', logicalId, type: fact.type, properties: [] }]
    return change(logicalId, was, fact, propertiesChanged(resourceIn(live, logicalId), resourceIn(next, logicalId), moved))
  })
  return [...removed, ...other]
}

/** A resource whose condition may hold counts as there. */
function isThere({ holds }: TemplateSide, { condition }: ResourceFact): boolean {
  return condition === undefined || holds(condition) !== false
}

function removal(logicalId: string, { type, deletionPolicy = '' }: ResourceFact): ResourceChange {
  return { action: 'Remove', logicalId, type, policyAction: policies.get(deletionPolicy) ?? 'Delete', properties: [] }
}

function change(
  logicalId: string,
  was: ResourceFact,
  { type, updateReplacePolicy = '' }: ResourceFact,
  properties: readonly PropertyChange[],
) {
  const base = { action: 'Modify' as const, logicalId, type, properties }
  if (was.type !== type) {
    const policyAction = `ReplaceAnd${policies.get(updateReplacePolicy) ?? 'Delete'}`
    return [{ ...base, type: was.type, replacement: 'True' as const, policyAction }]
  }
  if (properties.length === 0) return []
  // A nested stack is updated in place, whatever changes in it.
  const may = type !== 'AWS::CloudFormation::Stack' && properties.some(({ attribute }) => attribute === 'Properties')
  return [{ ...base, replacement: may ? ('Conditional' as const) : ('False' as const) }]
}

/** What becomes of a resource by its policy. Source: CloudFormation template reference, DeletionPolicy and UpdateReplacePolicy. */
const policies: ReadonlyMap<string, string> = new Map([
  ['Retain', 'Retain'],
  ['RetainExceptOnCreate', 'Retain'],
  ['Snapshot', 'Snapshot'],
])

/** The attributes whose change CloudFormation lists, beside properties. */
const attributes = ['Metadata', 'CreationPolicy', 'UpdatePolicy', 'DeletionPolicy', 'UpdateReplacePolicy'] as const

function propertiesChanged(was: Node | undefined, is: Node | undefined, moved: ReadonlySet<string>): readonly PropertyChange[] {
  const [before, after] = [entriesOf(member(was, 'Properties')), entriesOf(member(is, 'Properties'))]
  const properties = [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => differs(before.get(name)?.value, after.get(name)?.value, moved))
    .map((name) => ({ attribute: 'Properties', name, path: `/Properties/${name}` }))
  const others = attributes.filter((name) => differs(member(was, name), member(is, name), moved)).map((attribute) => ({ attribute }))
  return [...properties, ...others]
}

function differs(was: Node | undefined, is: Node | undefined, moved: ReadonlySet<string>): boolean {
  return text(was) !== text(is) || (is !== undefined && pointersIn(is).some(({ name }) => moved.has(name)))
}

/** The parameters, mappings and conditions that mean something else than before. */
function movedNames(live: TemplateSide, next: TemplateSide): ReadonlySet<string> {
  const moved = new Set(
    [...sectionOf(next.root, 'Parameters').keys()].filter((name) => {
      const [was, is] = [live.parameters[name], next.parameters[name]]
      // Stars stand for a value that CloudFormation does not tell: whether it changes is not known.
      return !(was !== undefined && /^\*{4,}$/.test(was)) && (is === undefined || is !== was)
    }),
  )
  for (const [name, { value }] of sectionOf(next.root, 'Mappings'))
    if (text(sectionOf(live.root, 'Mappings').get(name)?.value) !== text(value)) moved.add(name)
  for (const name of sectionOf(next.root, 'Conditions').keys()) {
    const is = next.holds(name)
    if (is === undefined || is !== live.holds(name)) moved.add(name)
  }
  return moved
}

function resourceIn({ root }: TemplateSide, logicalId: string): Node | undefined {
  return sectionOf(root, 'Resources').get(logicalId)?.value
}

function text(node: Node | undefined): string | undefined {
  return node && canonicalJson(toData(node) as Json)
}
