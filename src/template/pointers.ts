import { type MapNode, type Node, type Place, scalarText } from '../document/node.ts'
import { entriesOf, itemsOf, member } from '../document/placed.ts'
import { sectionOf } from './sections.ts'
import { variablesOf } from './sub.ts'

/** A name in a template that should be the name of something in it. */
export interface Pointer {
  /** What points: `Ref`, `Fn::Sub`, `DependsOn`. */
  readonly by: string
  /** What it should be the name of; a value is a parameter, a resource or a pseudo parameter. */
  readonly to: 'value' | 'resource' | 'condition' | 'mapping'
  readonly name: string
  readonly place: Place
  /** How it is written, where it is a part of the text at its place. */
  readonly written?: string
}

/** What a walk through a template has met on its way down. */
interface Walk {
  readonly found: Pointer[]
  /** A map whose only key is `Condition` is a function here. */
  readonly amongConditions: boolean
  /** The variables of the `Fn::ForEach` loops around. */
  readonly variables: ReadonlySet<string>
}

const none: ReadonlySet<string> = new Set()

/** Every pointer in a template, section by section. Metadata holds anything; parameters and mappings hold plain values. */
export function pointersOf(root: MapNode): Pointer[] {
  const found: Pointer[] = []
  for (const [section, { value }] of root.entries) {
    if (section === 'Metadata' || section === 'Parameters' || section === 'Mappings') continue
    const walk = { found, amongConditions: section === 'Conditions' || section === 'Rules', variables: none }
    const hasAttributes = section === 'Resources' || section === 'Outputs'
    if (!hasAttributes) collect(walk, value)
    else for (const [name, { value: one }] of sectionOf(root, section)) collectAttributes(within(walk, name, one), one)
  }
  return found
}

/** Every pointer in one value of a resource or an output. */
export function pointersIn(node: Node): readonly Pointer[] {
  const found: Pointer[] = []
  collect({ found, amongConditions: false, variables: none }, node)
  return found
}

/** What `DependsOn` and `Condition` beside a resource's or an output's other keys point at, and what the other keys do. */
function collectAttributes(walk: Walk, node: Node): void {
  const dependsOn = member(node, 'DependsOn')
  for (const one of dependsOn?.kind === 'list' ? itemsOf(dependsOn) : [dependsOn]) point(walk, 'DependsOn', 'resource', one)
  point(walk, 'Condition', 'condition', member(node, 'Condition'))
  if (node.kind === 'map') for (const [name, { value }] of node.entries) collect(within(walk, name, value), value)
  else collect(walk, node)
}

function collect(walk: Walk, node: Node): void {
  if (node.kind === 'list') for (const item of node.items) collect(walk, item)
  if (node.kind !== 'map') return
  if (node.entries.size === 1) for (const [name, { value }] of node.entries) collectCall(walk, name, value)
  for (const [name, { value }] of node.entries) collect(within(walk, name, value), value)
}

/** The walk into a key's value: a loop has a variable of its own, the first of its arguments. */
function within(walk: Walk, name: string, value: Node): Walk {
  const variable = name.startsWith('Fn::ForEach::') ? itemsOf(value)[0] : undefined
  return variable?.kind === 'scalar' ? { ...walk, variables: new Set([...walk.variables, scalarText(variable)]) } : walk
}

/** The functions that take a name: what it is the name of, and whether it is the whole argument or the first of several. */
const takers: ReadonlyMap<string, { readonly to: Pointer['to']; readonly first: boolean }> = new Map([
  ['Ref', { to: 'value', first: false }],
  ['Condition', { to: 'condition', first: false }],
  ['Fn::GetAtt', { to: 'resource', first: true }],
  ['Fn::If', { to: 'condition', first: true }],
  ['Fn::FindInMap', { to: 'mapping', first: true }],
])

function collectCall(walk: Walk, name: string, argument: Node): void {
  if (name === 'Condition' && !walk.amongConditions) return
  const taker = takers.get(name)
  if (taker) point(walk, name, taker.to, taker.first ? itemsOf(argument)[0] : argument)
  if (name === 'Fn::Sub') collectVariables(walk, argument)
}

/** `Fn::Sub` takes a text, or a text and a map of variables of its own. */
function collectVariables({ found, variables }: Walk, argument: Node): void {
  const [text, own] = argument.kind === 'list' ? argument.items : [argument]
  if (text?.kind !== 'scalar' || typeof text.value !== 'string') return
  for (const { name, written } of variablesOf(text.value)) {
    const dot = name.indexOf('.')
    const first = dot === -1 ? name : name.slice(0, dot)
    if (entriesOf(own).has(name) || variables.has(first)) continue
    found.push({ by: 'Fn::Sub', to: dot === -1 ? 'value' : 'resource', name: first, place: text.place, written })
  }
}

/** A name that is computed, by a function or by a loop around, points at nothing that can be told from the text. */
function point({ found, variables }: Walk, by: string, to: Pointer['to'], node: Node | undefined): void {
  if (node?.kind !== 'scalar') return
  const name = scalarText(node)
  const variable = /^\$\{([^}]*)\}$/.exec(name)?.[1] ?? name
  if (!variables.has(variable)) found.push({ by, to, name, place: node.place })
}
