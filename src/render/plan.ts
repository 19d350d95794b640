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

/** How many resources of one stack are listed. */
const SHOWN = 40

/** A plan as people read it on a terminal. */
export function planText({ stacks, digest, hasChanges }: Shown): string {
  const lines = stacks.flatMap(({ stack, name, action, provisional, changes, gates }) => [
    `${stack} (${name}): ${actions[action]}${provisional ? ', provisional: it waits for outputs that are not known yet' : ''}`,
    ...limited(changes).map((change) => `  ${changeText(change)}`),
    ...gates.map(
      ({ consent, reason, consented }) =>
        `  ${consented ? 'permitted' : 'stopped by a gate'}: ${consent}: ${plain(reason)}${consented ? '' : ` (permit it with --consent ${consent})`}`,
    ),
  ])
  return [...lines, hasChanges ? `plan ${digest.slice(0, 19)}: ${summary(stacks)}` : 'nothing to do'].join('\n')
}

function summary(stacks: Shown['stacks']): string {
  const of = (action: string): number => stacks.filter((stack) => stack.action === action).length
  const parts = [
    [of('create'), 'to create'],
    [of('update'), 'to update'],
    [of('adopt'), 'to adopt'],
    [of('none'), 'unchanged'],
  ] as const
  return parts.flatMap(([number, what]) => (number > 0 ? [`${count(number, 'stack')} ${what}`] : [])).join(', ')
}

function limited(changes: readonly ResourceChange[]): readonly ResourceChange[] {
  return changes.slice(0, SHOWN)
}

function changeText({ action, logicalId, type, replacement, policyAction, properties }: ResourceChange): string {
  const replaced =
    replacement === 'True' || policyAction?.startsWith('ReplaceAnd') ? ' replaced' : replacement === 'Conditional' ? ' may be replaced' : ''
  const named = [...new Set(properties.map(({ attribute, name, path }) => path ?? name ?? attribute))]
  return `${signs[action] ?? '?'} ${plain(logicalId)} (${plain(type)})${replaced}${named.length > 0 ? `: ${plain(named.join(', '))}` : ''}`
}

/** A plan as a comment on a pull request shows it. Foreign text stands in code spans, which nothing in it can leave. */
export function planMarkdown({ stacks, digest, hasChanges }: Shown, service: string, environment: string): string {
  const title = `### ${code(service)} to ${code(environment)}: ${hasChanges ? summary(stacks) : 'nothing to do'}`
  const parts = stacks.flatMap(({ stack, name, action, provisional, changes, gates }) => [
    '',
    `**${code(stack)}** (${code(name)}) ${actions[action]}${provisional ? ', *provisional*' : ''}`,
    ...limited(changes).map((change) => `- ${code(changeText(change))}`),
    ...(changes.length > SHOWN ? [`- and ${changes.length - SHOWN} more`] : []),
    ...gates.map(
      ({ consent, reason, consented }) => `- ${consented ? 'permitted' : '**stopped by a gate**'}: ${code(consent)} ${plain(reason)}`,
    ),
  ])
  return [title, ...parts, '', `plan ${code(digest)}`, ''].join('\n')
}

function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${fence}${pad}${plain(text)}${pad}${fence}`
}
