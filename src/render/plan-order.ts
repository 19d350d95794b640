import type { Plan, StackPlan } from '../deployment/plan/plan.ts'
import type { Transition } from '../deployment/plan/transition.ts'
import type { PropertyChange, ResourceChange } from '../stack/stacks.ts'
import { statefulTypes } from '../stack/stateful-types.ts'

/** The part of a plan that people read. */
export type ShownPlan = Pick<Plan, 'hasChanges'> &
  Partial<ShownTransition> & { readonly digest: string; readonly stacks: readonly ShownStack[] }

/** What a plan goes from and to; releases as sha256:<hex>. */
export type ShownTransition = Pick<Transition, 'platform'> & { readonly release: string; readonly previous: string | null }

export type ShownStack = Pick<StackPlan, 'stack' | 'name' | 'action' | 'changes' | 'gates'> &
  Partial<Pick<StackPlan, 'open' | 'foretold' | 'notes' | 'renamedFrom' | 'defaults'>> & {
    /** True of a stack with open inputs. */
    readonly provisional: boolean
  }

/** The kinds of change to a resource, worst first. */
export const changeKinds = ['replaced', 'removed', 'may be replaced', 'changed', 'added'] as const
export type ChangeKind = (typeof changeKinds)[number]

export function kindOf({ action, replacement, policyAction }: ResourceChange): ChangeKind {
  if (action === 'Add' || action === 'Import') return 'added'
  if (action === 'Remove') return 'removed'
  if (replacement === 'True' || policyAction?.startsWith('ReplaceAnd')) return 'replaced'
  return replacement === 'Conditional' ? 'may be replaced' : 'changed'
}

/** The number of resources for each kind of change. */
export function tally(changes: readonly ResourceChange[]): ReadonlyMap<ChangeKind, number> {
  const found = new Map<ChangeKind, number>()
  for (const kind of changeKinds) {
    const number = changes.filter((change) => kindOf(change) === kind).length
    if (number > 0) found.set(kind, number)
  }
  return found
}

/** The same in words: `1 replaced, 3 added`. */
export function tallyText(changes: readonly ResourceChange[]): string {
  return [...tally(changes)].map(([kind, number]) => `${number} ${kind}`).join(', ')
}

/** Resources in the order of their importance to a reader: lost data first, then replaced, removed, changed and added ones. */
export function worstFirst(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  return changes.toSorted((one, other) => rank(one) - rank(other))
}

/** Stacks by their worst change; equal ones stay in the order of the graph. */
export function stacksWorstFirst(stacks: readonly ShownStack[]): readonly ShownStack[] {
  const worst = ({ gates, changes }: ShownStack): number =>
    gates.some(({ consented }) => !consented) ? -1 : Math.min(changeKinds.length, ...changes.map(rank))
  return stacks.toSorted((one, other) => worst(one) - worst(other))
}

function rank(change: ResourceChange): number {
  const kind = kindOf(change)
  return statefulTypes.has(change.type) && (kind === 'removed' || kind === 'replaced') ? -1 : changeKinds.indexOf(kind)
}

/** True for a change so bad that it must always be shown. */
export function isSevere(change: ResourceChange): boolean {
  return rank(change) < changeKinds.indexOf('changed')
}

const recreations: readonly unknown[] = ['Always', 'Conditionally']

/** Properties, those that force a replacement first. */
export function propertiesWorstFirst(properties: readonly PropertyChange[]): readonly PropertyChange[] {
  const weight = ({ recreation }: PropertyChange): number => (recreations.includes(recreation) ? recreations.indexOf(recreation) : 2)
  return properties.toSorted((one, other) => weight(one) - weight(other))
}
