import { documentBytes } from '../bucket/documents.ts'
import { type Digest, digestOf } from '../digest.ts'
import type { Json } from '../json.ts'
import type { Release } from '../release/manifest.ts'
import type { PropertyChange, ResourceChange } from '../stack/stacks.ts'
import type { StackPlan } from './plan-stack.ts'
import { type Target, timeOf } from './target.ts'

/** Names a plan by all that it says: never by the names of change sets, nor by the order in which a service tells its changes. */
export function digestOfPlan(target: Target, release: Release, stacks: readonly StackPlan[]): Digest {
  const { account, region, roles = null } = target.environment
  const parts: Json = stacks.map(({ stack, action, live, digest, changes }) => ({
    stack,
    action,
    id: live?.id ?? null,
    time: live ? timeOf(live) : null,
    digest,
    changes: changes.map(normalise).sort(byText),
  }))
  return digestOf(documentBytes({ release: release.id, account, region, roles: roles && { ...roles }, stacks: parts }))
}

function normalise({ action, logicalId, type, replacement, policyAction, properties }: ResourceChange): Json {
  return {
    logicalId,
    action,
    type,
    replacement: replacement ?? null,
    policyAction: policyAction ?? null,
    properties: properties.map(normaliseProperty).sort(byText),
  }
}

function normaliseProperty({ attribute, name, path, recreation }: PropertyChange): Json {
  return { attribute, name: path ?? name ?? null, recreation: recreation ?? null }
}

function byText(one: Json, other: Json): number {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)]
  return a < b ? -1 : a > b ? 1 : 0
}
