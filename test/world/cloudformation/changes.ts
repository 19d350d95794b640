import type { Json } from '../../../src/json.ts'
import type { PropertyChange, ResourceChange } from '../../../src/stack/stacks.ts'
import { attributeOrRefusal, type Layout, outputsOf, placeOf, scopeOf } from './layout.ts'
import type { Account, Members, Resource, ResourceDefinition, StackRecord, Target } from './model.ts'
import { type Reference, referencesIn } from './references.ts'
import { invalid } from './refusal.ts'
import { evaluateMembers, KNOWN_AFTER_APPLY, type Scope } from './resolve.ts'
import { recreationOf, standardDeletionPolicy, taggable } from './types.ts'
import { isMembers, printed, same } from './values.ts'

export interface Plan {
  readonly changes: readonly ResourceChange[]
  /** Something to execute, even where no resource changes: an output, a tag. */
  readonly executable: boolean
}

/** What becomes of a resource, as far as a plan can tell. */
type Fate = 'new' | 'modified' | 'same'

interface Difference extends PropertyChange {
  /** The value may turn out to be the same: only the execution will tell. */
  readonly dynamic?: true
}

/** What executing a target would change, as a change set shows it. */
export function planOf(account: Account, stack: StackRecord, target: Target, layout: Layout): Plan {
  refuseOtherTypes(stack, target, layout)
  const fates = new Map<string, Fate>()
  const scope = plannedScope(account, stack, target, layout, fates)
  const changes: ResourceChange[] = []
  for (const logicalId of layout.needs.keys()) {
    const definition = target.template.resources[logicalId]
    if (!definition) continue
    const after = evaluateMembers(definition.properties, scope)
    const live = stack.resources.get(logicalId)
    const change = live ? modification(live, definition, after, { stack, target, scope, fates }) : addition(logicalId, definition.type)
    fates.set(logicalId, !change ? 'same' : change.action === 'Add' || change.replacement === 'True' ? 'new' : 'modified')
    if (change) changes.push(change)
  }
  for (const live of stack.resources.values()) if (!layout.needs.has(live.logicalId)) changes.push(removal(live))
  // Whatever else changes: outputs without a value are refused now, as AWS does.
  const outputs = outputsOf(target, scope)
  const executable = changes.length > 0 || !stack.live || !same(stack.live.tags, target.tags) || !same(stack.outputs, outputs)
  return { changes, executable }
}

function refuseOtherTypes(stack: StackRecord, target: Target, layout: Layout): void {
  const other = [...stack.resources.values()].filter(
    ({ logicalId, type }) => layout.needs.has(logicalId) && target.template.resources[logicalId]?.type !== type,
  )
  if (other.length === 0) return
  const names = other.map((resource) => resource.logicalId).join(', ')
  throw invalid(`Update of resource type is not permitted. The new template modifies resource type of the following resources: [${names}]`)
}

/** Names as they are while nothing has happened yet: what is new has no value. */
function plannedScope(account: Account, stack: StackRecord, target: Target, layout: Layout, fates: ReadonlyMap<string, Fate>): Scope {
  const now = scopeOf(account, stack, target, layout, stack.resources)
  const isNew = (logicalId: string): boolean => fates.get(logicalId) === 'new'
  return {
    ...now,
    id: (logicalId) => (isNew(logicalId) ? KNOWN_AFTER_APPLY : now.id(logicalId)),
    attribute: (logicalId, attribute) => {
      if (!isNew(logicalId)) return now.attribute(logicalId, attribute)
      attributeOrRefusal(target.template.resources[logicalId]?.type ?? '', 'none', logicalId, attribute, placeOf(account))
      return KNOWN_AFTER_APPLY
    },
  }
}

function addition(logicalId: string, type: string): ResourceChange {
  return { action: 'Add', logicalId, type, properties: [] }
}

function removal({ logicalId, physicalId, type, properties, deletionPolicy }: Resource): ResourceChange {
  const policy = deletionPolicy ?? standardDeletionPolicy(type, properties)
  const policyAction = policy === 'RetainExceptOnCreate' ? 'Retain' : policy
  return { action: 'Remove', logicalId, physicalId, type, policyAction, properties: [] }
}

interface Surroundings {
  readonly stack: StackRecord
  readonly target: Target
  readonly scope: Scope
  readonly fates: ReadonlyMap<string, Fate>
}

function modification(live: Resource, definition: ResourceDefinition, after: Members, around: Surroundings): ResourceChange | undefined {
  const { logicalId, physicalId, type } = live
  const differences = [...propertyDifferences(live, definition, after, around), ...attributeDifferences(live, definition, around.target)]
  if (differences.length === 0) return undefined
  const replacement = replacementOf(differences)
  const properties = differences.map(({ dynamic: _, ...property }) => property)
  const policyAction = replacement === 'True' ? { policyAction: `ReplaceAnd${definition.updateReplacePolicy ?? 'Delete'}` } : {}
  return { action: 'Modify', logicalId, physicalId, type, replacement, ...policyAction, properties }
}

/** Source: CloudFormation API reference, ResourceChange, Replacement. */
function replacementOf(differences: readonly Difference[]): 'True' | 'False' | 'Conditional' {
  const recreating = differences.filter(({ recreation }) => recreation === 'Always' || recreation === 'Conditionally')
  if (recreating.some(({ recreation, dynamic }) => recreation === 'Always' && !dynamic)) return 'True'
  return recreating.length > 0 ? 'Conditional' : 'False'
}

function propertyDifferences(live: Resource, definition: ResourceDefinition, after: Members, around: Surroundings): readonly Difference[] {
  return [...new Set([...Object.keys(live.properties), ...Object.keys(after)])].flatMap((name): Difference[] => {
    const recreation = recreationOf(live.type, name)
    const written = definition.properties[name] ?? ''
    const references = referencesIn(written, (condition) => around.scope.conditions[condition])
    if (same(live.properties[name], after[name])) {
      const dynamic = references.find((reference) => reference.attribute !== undefined && around.fates.get(reference.name) === 'modified')
      if (!dynamic) return []
      const before = printed(live.properties[name] ?? '')
      return [
        {
          attribute: 'Properties',
          name,
          path: `/Properties/${name}`,
          before,
          after: KNOWN_AFTER_APPLY,
          recreation,
          cause: causeOf(dynamic),
          dynamic: true,
        },
      ]
    }
    const direct = !same(around.stack.live?.template.resources[live.logicalId]?.properties[name], definition.properties[name])
    const cause = direct ? undefined : references.find((reference) => brought(reference, around))
    return differing(live.properties[name], after[name], `/Properties/${name}`).map((difference) => ({
      attribute: 'Properties',
      name,
      ...difference,
      recreation,
      ...(cause ? { cause: causeOf(cause) } : {}),
    }))
  })
}

const causeOf = ({ name, attribute }: Reference): string => (attribute === undefined ? name : `${name}.${attribute}`)

function brought({ name }: Reference, { stack, target, fates }: Surroundings): boolean {
  return fates.get(name) === 'new' || (Object.hasOwn(target.parameters, name) && stack.live?.parameters[name] !== target.parameters[name])
}

/** Where two values differ: in maps at the members that do, elsewhere as a whole. */
function differing(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
): readonly Pick<PropertyChange, 'path' | 'before' | 'after'>[] {
  if (same(before, after)) return []
  if (isMembers(before) && isMembers(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return names.flatMap((name) => differing(before[name], after[name], `${path}/${name}`))
  }
  return [{ path, ...(before === undefined ? {} : { before: printed(before) }), ...(after === undefined ? {} : { after: printed(after) }) }]
}

/** Changes outside the properties. */
function attributeDifferences(live: Resource, definition: ResourceDefinition, target: Target): readonly Difference[] {
  const found: Difference[] = []
  if (!same(live.metadata, definition.metadata)) found.push({ attribute: 'Metadata' })
  if (live.deletionPolicy !== definition.deletionPolicy) found.push({ attribute: 'DeletionPolicy' })
  if (live.updateReplacePolicy !== definition.updateReplacePolicy) found.push({ attribute: 'UpdateReplacePolicy' })
  if (taggable(live.type) && !same(live.tags, target.tags)) found.push({ attribute: 'Tags', recreation: 'Never' })
  return found
}
