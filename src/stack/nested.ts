import { toData } from '../document/data.ts'
import type { MapNode, Node } from '../document/node.ts'
import { member } from '../document/placed.ts'
import { resources } from '../template/facts.ts'
import { propertyPath } from './loss.ts'
import type { ResourceChange } from './stacks.ts'
import { statefulTypes } from './stateful-types.ts'

/** What a new template would do to a live nested stack, as far as templates tell. */
export interface Foretold {
  /** What becomes of its stateful resources. */
  readonly changes: readonly ResourceChange[]
  /** The stacks nested in it that may change too, by logical id. */
  readonly nested: readonly string[]
}

/**
 * Compares the templates of a nested stack, where no change set tells what becomes of its resources. It errs on the safe side: a property
 * counts as changed if it is written otherwise, or names something that is.
 * @param parameters true if the nested stack may get other parameters
 */
export function foretell(old: MapNode, next: MapNode, parameters: boolean): Foretold {
  const changed = changedNames(old, next, parameters)
  const after = resources(next)
  const changes: ResourceChange[] = []
  const nested: string[] = []
  for (const [logicalId, { type, deletionPolicy }] of resources(old)) {
    if (!statefulTypes.has(type)) continue
    const then = after.get(logicalId)
    if (then?.type !== type) changes.push({ action: 'Remove', logicalId, type, policyAction: kept(deletionPolicy), properties: [] })
    // Whether a condition holds is not known here.
    else if (then.condition !== undefined && changed.has(`condition ${then.condition}`))
      changes.push({ action: 'Dynamic', logicalId, type, properties: [] })
    else if (type === 'AWS::CloudFormation::Stack') {
      if (changed.has(logicalId)) nested.push(logicalId)
    } else {
      const properties = changedProperties(resource(old, logicalId), resource(next, logicalId), changed)
      const policyAction = `ReplaceAnd${kept(then.updateReplacePolicy)}`
      if (properties.length > 0) changes.push({ action: 'Modify', logicalId, type, replacement: 'Conditional', policyAction, properties })
    }
  }
  return { changes, nested }
}

/** True if a change of a nested stack in its parent may give it other parameters. An entry that names no property only says that it was looked at. */
export function changesParameters({ properties }: ResourceChange): boolean {
  return properties.length === 0 || properties.some((property) => propertyPath(property)?.[0]?.startsWith('Parameters') === true)
}

/** The part of a policy's name that a change set would give: what becomes of the old resource. */
function kept(policy: string | undefined): 'Delete' | 'Retain' | 'Snapshot' {
  if (policy === 'Retain' || policy === 'RetainExceptOnCreate') return 'Retain'
  return policy === 'Snapshot' ? 'Snapshot' : 'Delete'
}

/** Everything whose value may be another one now: parameters, mappings, conditions (as `condition X`), and resources, to the last that names one. */
function changedNames(old: MapNode, next: MapNode, parameters: boolean): ReadonlySet<string> {
  const changed = new Set<string>(parameters ? names(next, 'Parameters') : [])
  const section = (title: string, as: (name: string) => string): void => {
    for (const name of new Set([...names(old, title), ...names(next, title)]))
      if (!same(entry(old, title, name), entry(next, title, name))) changed.add(as(name))
  }
  section('Parameters', (name) => name)
  section('Mappings', (name) => name)
  section('Conditions', (name) => `condition ${name}`)
  section('Resources', (name) => name)
  for (let before = -1; before < changed.size; ) {
    before = changed.size
    for (const name of names(next, 'Conditions')) if (mentions(entry(next, 'Conditions', name), changed)) changed.add(`condition ${name}`)
    for (const name of names(next, 'Resources')) if (mentions(entry(next, 'Resources', name), changed)) changed.add(name)
  }
  return changed
}

function changedProperties(old: Node | undefined, next: Node | undefined, changed: ReadonlySet<string>): ResourceChange['properties'] {
  const [before, after] = [member(old, 'Properties'), member(next, 'Properties')]
  const keys = new Set([...keysOf(before), ...keysOf(after)])
  return [...keys]
    .filter((key) => !same(member(before, key), member(after, key)) || mentions(member(after, key), changed))
    .map((name) => ({ attribute: 'Properties', name }))
}

/** True if a value names something of these: by Ref, Fn::GetAtt, Fn::Sub, Fn::FindInMap, Fn::If or Condition. Other texts may match too. */
function mentions(node: Node | undefined, changed: ReadonlySet<string>): boolean {
  if (node === undefined || changed.size === 0) return false
  if (node.kind === 'list') return node.items.some((item) => mentions(item, changed))
  if (node.kind === 'map') return [...node.entries.values()].some(({ value }) => mentions(value, changed))
  if (typeof node.value !== 'string') return false
  const named = [node.value, ...[...node.value.matchAll(/\$\{([^!}]+)\}/g)].map(([, inner = '']) => inner.trim())]
  return named.some((name) => changed.has(name) || changed.has(name.split('.')[0] ?? '') || changed.has(`condition ${name}`))
}

function resource(root: MapNode, logicalId: string): Node | undefined {
  return entry(root, 'Resources', logicalId)
}

function entry(root: MapNode, section: string, name: string): Node | undefined {
  return member(member(root, section), name)
}

function names(root: MapNode, section: string): readonly string[] {
  return keysOf(member(root, section))
}

function keysOf(node: Node | undefined): readonly string[] {
  return node?.kind === 'map' ? [...node.entries.keys()] : []
}

function same(one: Node | undefined, other: Node | undefined): boolean {
  return JSON.stringify(one && toData(one)) === JSON.stringify(other && toData(other))
}
