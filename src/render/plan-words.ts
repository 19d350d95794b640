import type { StackPlan } from '../deployment/plan/plan.ts'
import type { DefaultTaken } from '../deployment/target/template.ts'
import { HIDDEN } from '../redaction/redact-value.ts'
import { shortId } from '../release/manifest.ts'
import type { PropertyChange, ResourceChange } from '../stack/stacks.ts'
import { kindOf, type ShownPlan, type ShownStack } from './plan-order.ts'
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

/** What happens to a stack, in words. A provisional stack is planned with the present values of what is not known yet. */
export function fate(stack: ShownStack, show: Show): string {
  const { renamedFrom = null } = stack
  return `${fateOf(stack, show)}${renamedFrom === null ? '' : `, renamed from ${show(renamedFrom)}`}`
}

function fateOf({ action, provisional, open = [], foretold = false }: ShownStack, show: Show): string {
  if (!provisional) return actions[action]
  const from = [...new Set(open.map((input) => input.from))].map(show).join(' or ')
  const unless = from === '' ? 'unless an output of another stack changes' : `unless ${from} changes`
  if (action === 'none') return `no change, ${unless}`
  const until = from === '' ? 'an output of another stack' : [...new Set(open.map((input) => input.from))].map(show).join(' and ')
  return `${actions[action]}, provisional: ${until} may still change it${foretold ? '; foretold from its templates' : ''}`
}

/** The release and the version of the platform that an environment goes from and to; undefined where that is not told. */
export function transitionText({ release, previous, platform }: ShownPlan, show: Show): string | undefined {
  if (release === undefined || platform === undefined) return undefined
  const short = (id: string): string => show(shortId(id))
  const releases =
    previous == null
      ? `${short(release)}, the first`
      : previous === release
        ? `${short(release)}, as before`
        : `${short(previous)} → ${short(release)}`
  const { from, to } = platform
  const versions = from === null || from === to ? show(to) : `${show(from)} → ${show(to)}`
  return `release ${releases}; platform ${versions}`
}

/** A live value that changes to a default. */
export function defaultText({ parameter, before, after }: DefaultTaken, show: Show): string {
  const value = (text: string): string => (text === HIDDEN ? 'hidden' : show(text))
  return `parameter ${show(parameter)}: ${value(before)} → ${value(after)}, the template's default`
}

/** The number of stacks for each action, in words. */
export function stacksText(stacks: readonly ShownStack[]): string {
  const of = (action: StackPlan['action']): number =>
    stacks.filter((stack) => stack.action === action && !(action === 'none' && stack.provisional)).length
  const open = stacks.filter(({ action, provisional }) => action === 'none' && provisional).length
  const parts = [
    [of('create'), 'to create'],
    [of('update'), 'to update'],
    [open, 'that may change'],
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
