import type { PropertyChange, ResourceChange } from '../stack/stacks.ts'
import { plain } from './plain.ts'
import { kindOf, propertiesWorstFirst, type ShownPlan, type ShownStack, tallyText, worstFirst } from './plan-order.ts'
import { defaultText, fate, propertyText, resourceFate, stacksText, transitionText } from './plan-words.ts'
import { count } from './table.ts'

/** How many resources of one stack are listed, and how many properties of one resource. */
const SHOWN = 40
const PROPERTIES_SHOWN = 12

/** A plan as text for a terminal. */
export function planText(plan: ShownPlan): string {
  const transition = transitionText(plan, plain)
  return [...(transition === undefined ? [] : [transition]), ...plan.stacks.flatMap(stackLines), ...verdict(plan)].join('\n')
}

function stackLines(stack: ShownStack): readonly string[] {
  const { changes, gates, notes = [], defaults = [] } = stack
  const more = changes.length - SHOWN
  return [
    `${plain(stack.stack)} (${plain(stack.name)}): ${fate(stack, plain)}`,
    ...worstFirst(changes)
      .slice(0, SHOWN)
      .flatMap(resourceLines)
      .map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more: ${tallyText(worstFirst(changes).slice(SHOWN))}`] : []),
    ...defaults.map((taken) => `  ~   ${defaultText(taken, plain)}`),
    ...notes.map((note) => `  note: ${plain(note)}`),
    ...gates.map(({ consent, type, reason, consented, foretold = false }) => {
      const gate = `${plain(consent)} (${plain(type)}): ${plain(reason)}${foretold ? ' (foretold)' : ''}`
      return consented ? `  permitted: ${gate}` : `  stopped by a gate: ${gate}; permit it with --consent ${plain(consent)}`
    }),
  ]
}

function verdict({ stacks, digest, hasChanges }: ShownPlan): readonly string[] {
  if (!hasChanges) return ['nothing to do']
  const stops = stacks.flatMap(({ gates }) => gates).filter(({ consented }) => !consented).length
  const resources = tallyText(stacks.flatMap(({ changes }) => changes))
  return [
    `plan ${digest}: ${stacksText(stacks)}${resources === '' ? '' : `; resources: ${resources}`}`,
    ...(stops > 0 ? [`${count(stops, 'gate')} would stop it`] : []),
  ]
}

const signs = { replaced: '-/+', removed: '-', 'may be replaced': '~', changed: '~', added: '+' } as const

function resourceLines(change: ResourceChange): readonly string[] {
  const { word, more } = resourceFate(change)
  const said = word === 'added' || word === 'changed' ? '' : ` ${[word, ...(more === undefined ? [] : [more])].join(', ')}`
  return [
    `${signs[kindOf(change)].padEnd(3)} ${plain(change.logicalId)} (${plain(change.type)})${said}`,
    ...propertyLines(change.properties).map((line) => `      ${line}`),
  ]
}

function propertyLines(properties: readonly PropertyChange[]): readonly string[] {
  const lines = [...new Set(propertiesWorstFirst(properties).map((property) => propertyText(property, valueText, valueText)))]
  const more = lines.length - PROPERTIES_SHOWN
  return [...lines.slice(0, PROPERTIES_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])]
}

function valueText(text: string): string {
  return text === '' ? "''" : plain(text)
}
