import type { Plan, StackPlan } from '../deployment/plan.ts'
import type { ResourceChange } from '../stack/stacks.ts'
import { plain } from './plain.ts'
import { count } from './table.ts'

/** The part of a plan that people read. */
type Shown = Pick<Plan, 'digest' | 'hasChanges'> & {
  readonly stacks: readonly Pick<StackPlan, 'stack' | 'name' | 'action' | 'provisional' | 'changes' | 'gates'>[]
}

const actions: Readonly<Record<StackPlan['action'], string>> = {
  create: 'will be created',
  update: 'will be updated',
  none: 'unchanged',
  remove: 'will be removed',
  keep: 'not in this release any more, kept',
  adopt: 'exists and is not ours',
}

const signs: Readonly<Record<string, string>> = { Add: '+', Modify: '~', Remove: '-', Import: '<', Dynamic: '?', SyncWithActual: '=' }

/** How many resources of one stack are listed, and how many properties of one resource. */
const SHOWN = 40
const PROPERTIES_SHOWN = 12

/** A plan as people read it on a terminal. */
export function planText({ stacks, digest, hasChanges }: Shown): string {
  const lines = stacks.flatMap(({ stack, name, action, provisional, changes, gates }) => [
    `${stack} (${plain(name)}): ${fate(action, provisional)}`,
    ...limited(changes, changeText).map((change) => `  ${change}`),
    ...gates.map(({ consent, type, reason, consented }) => {
      const gate = `${plain(consent)} (${plain(type)}): ${plain(reason)}`
      return consented ? `  permitted: ${gate}` : `  stopped by a gate: ${gate}; permit it with --consent ${plain(consent)}`
    }),
  ])
  return [...lines, hasChanges ? `plan ${digest}: ${summary(stacks)}` : 'nothing to do'].join('\n')
}

/** A plan as a comment on a pull request shows it. Foreign text stands in code spans, which nothing in it can leave. */
export function planMarkdown({ stacks, digest, hasChanges }: Shown, service: string, environment: string): string {
  const title = `### ${code(service)} to ${code(environment)}: ${hasChanges ? summary(stacks) : 'nothing to do'}`
  const parts = stacks.flatMap(({ stack, name, action, provisional, changes, gates }) => [
    '',
    `**${code(stack)}** (${code(name)}) ${fate(action, provisional)}`,
    '',
    ...limited(changes, (change) => code(changeText(change))).map((change) => `- ${change}`),
    ...gates.map(
      ({ consent, type, reason, consented }) =>
        `- ${consented ? 'permitted' : '**stopped by a gate**'}: ${code(consent)} (${code(type)}): ${code(reason)}`,
    ),
  ])
  return [title, ...parts, '', `plan ${code(digest)}`, ''].join('\n').replace(/\n{3,}/g, '\n\n')
}

/** What becomes of a stack, in words. A provisional one exists in the plan only as far as it can be seen yet. */
function fate(action: StackPlan['action'], provisional: boolean): string {
  if (!provisional) return actions[action]
  const waits = 'provisional: it waits for outputs that are not known yet'
  return action === 'update' ? `may be updated, ${waits}` : `${actions[action]}, ${waits}`
}

function summary(stacks: Shown['stacks']): string {
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

/** The first changes as lines, and how many there are beside them. */
function limited(changes: readonly ResourceChange[], show: (change: ResourceChange) => string): readonly string[] {
  const more = changes.length - SHOWN
  return [...changes.slice(0, SHOWN).map(show), ...(more > 0 ? [`and ${more} more`] : [])]
}

function changeText({ action, logicalId, type, replacement, policyAction, properties }: ResourceChange): string {
  const replaced =
    replacement === 'True' || policyAction?.startsWith('ReplaceAnd') ? ' replaced' : replacement === 'Conditional' ? ' may be replaced' : ''
  const named = [...new Set(properties.map(({ attribute, name, path }) => path ?? name ?? attribute))]
  const more = named.length - PROPERTIES_SHOWN
  const shown = `${named.slice(0, PROPERTIES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `${signs[action] ?? '?'} ${plain(logicalId)} (${plain(type)})${replaced}${named.length > 0 ? `: ${plain(shown)}` : ''}`
}

/** A code span: fenced by more backticks than the text has in a row, and padded where it has some; there is no empty one. Source: CommonMark 6.1. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${fence}${pad}${plain(text) || '-'}${pad}${fence}`
}
