import { documentBytes } from '../../bucket/documents.ts'
import { type Digest, digestOf } from '../../digest.ts'
import type { Json } from '../../json.ts'
import type { Release } from '../../release/manifest.ts'
import type { PropertyChange, ResourceChange } from '../../stack/stacks.ts'
import { timeOf } from '../../stack/state.ts'
import type { Target } from '../target/target.ts'
import type { PlanAction, StackPlan } from './plan-stack.ts'

/**
 * Everything that a plan says, as it is digested and stored. It holds no name of a change set, no order in which the service lists changes,
 * and no value of a parameter or a property.
 */
export interface PlanDocument {
  readonly schema: 'towpath/plan@1'
  readonly release: Digest
  readonly environment: string
  readonly account: string
  readonly region: string
  readonly roles: Json
  readonly stacks: readonly PlannedStack[]
}

export interface PlannedStack {
  readonly stack: string
  readonly action: PlanAction
  /** The StackId; null if there is no stack yet. */
  readonly id: string | null
  /** LastUpdatedTime, or CreationTime of a stack that was never updated. */
  readonly time: string | null
  /** What would be applied, or which stacks must be done before that is known. */
  readonly digest: StackPlan['digest']
  readonly changes: readonly PlannedChange[]
}

export interface PlannedChange {
  readonly logicalId: string
  readonly action: ResourceChange['action']
  readonly type: string
  readonly replacement: string | null
  readonly policyAction: string | null
  readonly properties: readonly PlannedProperty[]
}

export interface PlannedProperty {
  readonly attribute: string
  /** The property's path, or its name if it has no path. */
  readonly name: string | null
  readonly recreation: string | null
}

export function documentOfPlan(
  target: Pick<Target, 'environment' | 'entry'>,
  release: Release,
  stacks: readonly StackPlan[],
): PlanDocument {
  const { account, region, roles = null } = target.entry
  const where = { environment: target.environment, account, region, roles: roles && { ...roles } }
  return { schema: 'towpath/plan@1', release: release.id, ...where, stacks: stacks.map(plannedStack) }
}

/** The digest of everything that a plan says. */
export function digestOfPlan(document: PlanDocument): Digest {
  return digestOf(bytesOfPlan(document))
}

/** The bytes of a plan: they are digested, and stored under that digest. */
export function bytesOfPlan(document: PlanDocument): Uint8Array {
  return documentBytes(document)
}

export function plannedStack({
  stack,
  action,
  live,
  digest,
  changes,
}: Pick<StackPlan, 'stack' | 'action' | 'live' | 'digest' | 'changes'>): PlannedStack {
  return { stack, action, id: live?.id ?? null, time: live ? timeOf(live) : null, digest, changes: changes.map(normalise).sort(byText) }
}

function normalise({ action, logicalId, type, replacement, policyAction, properties }: ResourceChange): PlannedChange {
  return {
    logicalId,
    action,
    type,
    replacement: replacement ?? null,
    policyAction: policyAction ?? null,
    properties: properties.map(normaliseProperty).sort(byText),
  }
}

function normaliseProperty({ attribute, name, path, recreation }: PropertyChange): PlannedProperty {
  return { attribute, name: path ?? name ?? null, recreation: recreation ?? null }
}

function byText(one: object, other: object): number {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)]
  return a < b ? -1 : a > b ? 1 : 0
}
