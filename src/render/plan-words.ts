import type { StackPlan } from '../deployment/plan/plan.ts'
import { HIDDEN } from '../redaction/redact-value.ts'
import type { PropertyChange, ResourceChange } from '../stack/stacks.ts'
import { kindOf, type ShownStack } from './plan-order.ts'
import { count } from './table.ts'

/** How foreign text is made safe: for a terminal, or in a code span. */
export type Show = (text: string) => string

const actions: Readonly<Record<StackPlan['action'], string>> = {
  create: 'will be created',
  update: 'will be updated',
  none: 'unchanged',
  remove: 'will be removed',
  keep: 'not in this release any more, kept',
  adopt: 'exists and is not ours',
}

/** What happens to a stack, in words. A provisional stack is planned only as far as it can be seen yet. */
export function fate({ action, provisional, after = [] }: ShownStack, show: Show): string {
  if (!provisional) return actions[action]
  const whose = after.length === 0 ? 'outputs that' : `the outputs of ${after.map(show).join(' and ')}, which`
  const waits = `provisional: it waits for ${whose} are not known yet`
  return action === 'update' ? `may be updated, ${waits}` : `${actions[action]}, ${waits}`
}

/** The number of stacks for each action, in words. */
export function stacksText(stacks: readonly ShownStack[]): string {
  const of = (action: StackPlan['action']): number =>
    stacks.filter((stack) => stack.action === action && !(action === 'update' && stack.provisional)).length
  const open = stacks.filter(({ action, provisional }) => action === 'update' && provisional).length
  const parts = [
    [of('create'), 'to create'],
    [of('update'), 'to update'],
    [open, 'that may be updated'],
    [of('adopt'), 'to adopt'],
    [of('remove'), 'to remove'],
    [of('none'), 'unchanged'],
    [of('keep'), 'kept'],
  ] as const
  return parts.flatMap(([number, what]) => (number > 0 ? [`${count(number, 'stack')} ${what}`] : [])).join(', ')
}

const policies: ReadonlyMap<unknown, string> = new Map([
  ['ReplaceAndDelete', 'the old one is deleted'],
  ['ReplaceAndRetain', 'the old one is kept'],
  ['ReplaceAndSnapshot', 'the old one is deleted after a snapshot'],
  ['Snapshot', 'after a snapshot'],
  ['Retain', 'kept in the account, no stack looks after it any more'],
])

const others: ReadonlyMap<unknown, string> = new Map([
  ['Import', 'imported'],
  ['Dynamic', 'may change'],
  ['SyncWithActual', 'brought in line with what is live'],
])

/** What happens to a resource: a word, and details. */
export function resourceFate(change: ResourceChange): { readonly word: string; readonly more: string | undefined } {
  const { action, policyAction } = change
  if (action === 'Remove' && policyAction === 'Retain') return { word: 'let go', more: policies.get(policyAction) }
  return { word: others.get(action) ?? kindOf(change), more: policies.get(policyAction) }
}

/**
 * CloudFormation's words for a value that is known only after the deployment. Source: CloudFormation API reference,
 * ResourceTargetDefinition.
 */
const later = '{{changeSet:KNOWN_AFTER_APPLY}}'

/** The change of a property: its name, the values before and after if they are known, whether it forces a replacement, and its cause. */
export function propertyText(change: PropertyChange, show: Show, strong: Show): string {
  const { recreation, cause } = change
  const forced = recreation === 'Always' ? 'forces replacement' : recreation === 'Conditionally' ? 'may force replacement' : undefined
  const notes = [
    ...(forced === undefined ? [] : [recreation === 'Always' ? strong(forced) : forced]),
    ...(cause === undefined ? [] : [`because of ${show(cause)}`]),
  ]
  const values = valuesText(change, show)
  const told =
    values === undefined && forced === undefined && cause !== undefined
      ? `changes ${notes.join('')}`
      : [values ?? [], notes].flat().join(', ')
  return `${show(label(change))}${told === '' ? '' : `: ${told}`}`
}

function label({ attribute, name, path }: PropertyChange): string {
  return (path ?? name ?? attribute).replace(/^\/Properties\/(?=.)/, '')
}

function valuesText({ before, after }: PropertyChange, show: Show): string | undefined {
  const value = (text: string): string => (text === later ? 'known once it is applied' : text === HIDDEN ? 'hidden' : show(text))
  if (before === undefined && after === undefined) return undefined
  if (before === HIDDEN && after === HIDDEN) return 'changes, its values are hidden'
  if (before === undefined && after === later) return 'is set, known once it is applied'
  if (before === undefined) return after === HIDDEN ? 'is set, its value is hidden' : `is set to ${value(after ?? '')}`
  if (after === undefined) return before === HIDDEN ? 'is set no more, its value was hidden' : `is set no more, it was ${value(before)}`
  return `${value(before)} → ${value(after)}`
}
