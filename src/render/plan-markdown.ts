import { deployingWorkflow, dispatchCommand } from '../deployment/plan/way-on.ts'
import type { Advice } from '../release/advice.ts'
import type { ResourceChange } from '../stack/stacks.ts'
import { type Block, divideBlocks, printBlocks } from './blocks.ts'
import {
  changeKinds,
  isSevere,
  kindOf,
  propertiesWorstFirst,
  type ShownPlan,
  type ShownStack,
  stacksWorstFirst,
  tally,
  tallyText,
  worstFirst,
} from './plan-order.ts'
import { defaultText, fate, propertyText, resourceFate, stacksText, transitionText } from './plan-words.ts'
import { codeUpTo } from './summary-markdown.ts'
import { count } from './table.ts'

/** A plan of a service for an environment, with the linter's advice. */
export interface TitledPlan {
  readonly plan: ShownPlan
  readonly service: string
  readonly environment: string
  readonly lint?: readonly Advice[]
  /** True for a plan of a stored release: a deployment can be bound to it. */
  readonly binding?: boolean
  /** The consents that it was made with, and who gave them. */
  readonly consents?: readonly string[]
  readonly by?: string | undefined
}

/** How many resources of a stack are listed before the rest is folded, how many at most, and how many properties of a resource. */
const OPEN = 10
const SHOWN = 60
const PROPERTIES_SHOWN = 12
const ADVICE_SHOWN = 20
/** The longest name or value that is not shortened, in characters. */
const LONGEST = 300
/** The longest plan, in bytes. It must fit into an output, a summary, and a few comments. */
const PLAN_BYTES = 190_000

const code = (text: string): string => codeUpTo(LONGEST, text)
const strong = (text: string): string => `**${text}**`

/** A plan as Markdown: the verdict, then what needs consent, then each stack, the worst first. All foreign text is in code spans. */
export function planMarkdown(titled: TitledPlan): string {
  const [first = [], ...others] = divideBlocks(planBlocks(titled), PLAN_BYTES)
  const cut =
    '*This plan is longer than is shown here: what is left out is not worse than what is shown. The log of the step and its outputs have it.*'
  return `${printBlocks([...first, ...(others.length > 0 ? [paragraph(cut)] : []), ...closing(titled)])}\n`
}

/** A plan as blocks of Markdown. */
export function planBlocks(titled: TitledPlan): readonly Block[] {
  const { plan, service, environment, lint = [] } = titled
  const table = overview(plan)
  return [
    paragraph(`### ${verdict(plan)} ${code(service)} to ${code(environment)}: ${headline(plan)}`),
    ...consentBlocks(titled),
    ...transition(plan),
    ...gateBlocks(plan, titled),
    ...table,
    ...stacksWorstFirst(plan.stacks).flatMap((stack) => stackBlocks(stack, table.length === 0)),
    ...adviceBlocks(lint),
  ]
}

/** The lines at the end of every plan. */
export function closing({ plan: { digest, hasChanges }, binding = false }: TitledPlan): readonly Block[] {
  const worth = binding
    ? 'A deployment that is given this plan changes just this: if anything has moved until then, it is refused.'
    : 'This plan informs: the binding one is made by the run that deploys, on the stored release, before the approval.'
  return [paragraph(`${hasChanges ? `${worth} ` : ''}Plan ${code(digest.replace(/^sha256:/, '').slice(0, 12))}`)]
}

function paragraph(text: string, heads = false): Block {
  return { kind: 'paragraph', text, ...(heads ? { heads } : {}) }
}

function transition(plan: ShownPlan): readonly Block[] {
  const text = transitionText(plan, code)
  return text === undefined ? [] : [paragraph(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)]
}

function openGates({ stacks }: ShownPlan): ShownStack['gates'] {
  return stacks.flatMap(({ gates }) => gates).filter(({ consented }) => !consented)
}

function verdict(plan: ShownPlan): string {
  if (openGates(plan).length > 0) return '⛔'
  if (!plan.hasChanges) return '✅'
  return plan.stacks.some(({ changes }) => changes.some(isSevere)) ? '⚠️' : '📝'
}

function headline(plan: ShownPlan): string {
  const { stacks, hasChanges } = plan
  if (!hasChanges) return 'nothing to do'
  const stops = openGates(plan).length
  const changes = stacks.flatMap((stack) => stack.changes)
  const isFirst = stacks.every(({ action }) => action === 'create')
  const what = isFirst
    ? `first deployment, ${count(stacks.length, 'stack')} with ${count(changes.length, 'resource')}`
    : tallyText(changes) || stacksText(stacks)
  return stops > 0 ? `${count(stops, 'gate')} would stop it; ${what}` : what
}

function gateBlocks(plan: ShownPlan, where: Pick<TitledPlan, 'service' | 'environment'>): readonly Block[] {
  const all = plan.stacks.flatMap(({ gates }) => gates)
  if (all.length === 0) return []
  const open = openGates(plan)
  const rows = all
    .toSorted((one, other) => Number(one.consented) - Number(other.consented))
    .map(({ consent, type, reason, consented, foretold = false }) => [
      `${consented ? '✅ permitted' : '⛔ needs consent'}${foretold ? ', foretold' : ''}`,
      code(consent),
      code(type),
      code(reason),
    ])
  return [{ kind: 'table', head: ['gate', 'consent', 'type', 'why'], rows }, ...(open.length > 0 ? [paragraph(wayOn(open, where))] : [])]
}

/** How to start a run with the consents that are missing. The shipped callers are called `deploy` and `platform`. */
function wayOn(open: ShownStack['gates'], { service, environment }: Pick<TitledPlan, 'service' | 'environment'>): string {
  const workflow = deployingWorkflow(service)
  const names = open.map(({ consent }) => consent)
  const consents = names.join(' ')
  const command = dispatchCommand(service, environment, names)
  return `If that is meant, run the workflow ${code(workflow)} by hand (Actions → ${workflow} → Run workflow) with environment ${code(environment)} and consent ${code(consents)}, or ${code(command)}; on the command line ${code(open.map(({ consent }) => `--consent ${consent}`).join(' '))}. Each consent is recorded with the deployment.`
}

/** The consents that the plan was made with, first of all. */
function consentBlocks({ consents = [], by }: TitledPlan): readonly Block[] {
  if (consents.length === 0) return []
  const who = by === undefined ? '' : ` by ${code(by)}`
  return [paragraph(`Consents given${who}: ${consents.map(code).join(', ')}`)]
}

/** A table with a row for each stack in the order of the graph, if there are several stacks or one does not change. */
function overview({ stacks }: ShownPlan): readonly Block[] {
  if (stacks.length === 0 || (stacks.length === 1 && stacks[0]?.changes.length !== 0)) return []
  const shown = changeKinds.filter((kind) => stacks.some(({ changes }) => tally(changes).has(kind)))
  const rows = stacks.map((stack) => [
    code(stack.stack),
    fate(stack, code),
    ...shown.map((kind) => String(tally(stack.changes).get(kind) ?? '')),
    code(stack.name),
  ])
  return [{ kind: 'table', head: ['stack', 'what becomes of it', ...shown, 'name'], rows }]
}

const WAITING =
  'Provisional: this is with the present values of what it waits for. More may change once they are known, and the gates are judged again.'

/** @param alone true if no overview says what happens to the stack */
function stackBlocks(stack: ShownStack, alone: boolean): readonly Block[] {
  const { changes, action, provisional, name } = stack
  if (changes.length === 0) return remarks(stack, true)
  const sorted = worstFirst(changes)
  const severe = sorted.filter(isSevere).length
  // When a stack is created, all its resources are added: nobody searches the list for the worst change.
  const open = action === 'create' ? 0 : sorted.length <= OPEN + 2 ? sorted.length : Math.min(Math.max(OPEN, severe), SHOWN)
  const [first, rest] = [sorted.slice(0, open), sorted.slice(open, SHOWN)]
  const left = sorted.slice(Math.max(open, SHOWN))
  const of = code(stack.stack)
  const fold = open === 0 ? count(rest.length, 'resource') : `${rest.length} more: ${tallyText(rest)}`
  return [
    paragraph(`#### ${of}: ${tallyText(changes)}`, true),
    ...(alone ? [paragraph(`${code(name)} ${fate(stack, code)}`, true)] : []),
    ...(provisional && action !== 'create' ? [paragraph(WAITING, true)] : []),
    ...remarks(stack, false),
    ...(first.length > 0 ? [{ kind: 'items' as const, of, items: first.map(resourceItem) }] : []),
    ...(rest.length > 0 ? [{ kind: 'items' as const, of, items: rest.map(resourceItem), fold }] : []),
    ...(left.length > 0 ? [paragraph(`and ${left.length} more: ${tallyText(left)}`)] : []),
  ]
}

/** Notes, and live values that change to a default. @param titled true if nothing before says which stack they are of */
function remarks({ stack, notes = [], defaults = [] }: ShownStack, titled: boolean): readonly Block[] {
  const items = [...defaults.map((taken) => `- ${defaultText(taken, code)}`), ...notes.map((note) => `- ${code(note)}`)]
  if (items.length === 0) return []
  return [...(titled ? [paragraph(`#### ${code(stack)}`, true)] : []), { kind: 'items', of: code(stack), items }]
}

const marks = { replaced: '🔁', removed: '🗑️', 'may be replaced': '❔', changed: '✏️', added: '➕' } as const

function resourceItem(change: ResourceChange): string {
  const { word, more } = resourceFate(change)
  const kind = kindOf(change)
  const properties = [...new Set(propertiesWorstFirst(change.properties).map((property) => propertyText(property, code, strong)))]
  const left = properties.length - PROPERTIES_SHOWN
  return [
    `- ${marks[kind]} ${isSevere(change) ? strong(word) : word} ${code(change.logicalId)} (${code(change.type)})${more === undefined ? '' : `, ${more}`}`,
    ...properties.slice(0, PROPERTIES_SHOWN).map((property) => `  - ${property}`),
    ...(left > 0 ? [`  - and ${left} more`] : []),
  ].join('\n')
}

function adviceBlocks(lint: readonly Advice[]): readonly Block[] {
  if (lint.length === 0) return []
  const rows = lint.slice(0, ADVICE_SHOWN).map(({ rule, file, line, message }) => [code(`${file}:${line}`), code(rule), code(message)])
  const left = lint.length - rows.length
  const fold = `${lint.length} ${lint.length === 1 ? 'piece' : 'pieces'} of advice, on which nothing depends`
  return [
    { kind: 'table', head: ['where', 'rule', 'advice'], rows, fold },
    ...(left > 0 ? [paragraph(`and ${left} more pieces of advice`)] : []),
  ]
}
