import type { MapNode, Node, Place } from '../document/node.ts'
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

/** Every pointer in a template, section by section. Metadata holds anything; parameters and mappings hold plain values. */
export function pointersOf(root: MapNode): Pointer[] {
  const found: Pointer[] = []
  for (const [section, { value }] of root.entries) {
    if (section === 'Metadata' || section === 'Parameters' || section === 'Mappings') continue
    const hasAttributes = section === 'Resources' || section === 'Outputs'
    if (!hasAttributes) collect(found, value, section === 'Conditions' || section === 'Rules')
    else for (const { value: one } of sectionOf(root, section).values()) collectAttributes(found, one)
  }
  return found
}

/** Every pointer in one value of a resource or an output. */
export function pointersIn(node: Node): readonly Pointer[] {
  const found: Pointer[] = []
  collect(found, node, false)
  return found
}

/** What `DependsOn` and `Condition` beside a resource's or an output's other keys point at, and what the other keys do. */
function collectAttributes(found: Pointer[], node: Node): void {
  const dependsOn = member(node, 'DependsOn')
  for (const one of dependsOn?.kind === 'list' ? itemsOf(dependsOn) : [dependsOn]) point(found, 'DependsOn', 'resource', one)
  point(found, 'Condition', 'condition', member(node, 'Condition'))
  if (node.kind === 'map') for (const { value } of node.entries.values()) collect(found, value, false)
  else collect(found, node, false)
}

/** `amongConditions`: a map whose only key is `Condition` is a function there, and nowhere else. */
function collect(found: Pointer[], node: Node, amongConditions: boolean): void {
  if (node.kind === 'list') for (const item of node.items) collect(found, item, amongConditions)
  if (node.kind !== 'map') return
  if (node.entries.size === 1) for (const [name, { value }] of node.entries) collectCall(found, name, value, amongConditions)
  for (const { value } of node.entries.values()) collect(found, value, amongConditions)
}

/** The functions that take a name: what it is the name of, and whether it is the whole argument or the first of several. */
const takers: ReadonlyMap<string, { readonly to: Pointer['to']; readonly first: boolean }> = new Map([
  ['Ref', { to: 'value', first: false }],
  ['Condition', { to: 'condition', first: false }],
  ['Fn::GetAtt', { to: 'resource', first: true }],
  ['Fn::If', { to: 'condition', first: true }],
  ['Fn::FindInMap', { to: 'mapping', first: true }],
])

function collectCall(found: Pointer[], name: string, argument: Node, amongConditions: boolean): void {
  if (name === 'Condition' && !amongConditions) return
  const taker = takers.get(name)
  if (taker) point(found, name, taker.to, taker.first ? itemsOf(argument)[0] : argument)
  if (name === 'Fn::Sub') collectVariables(found, argument)
}

/** `Fn::Sub` takes a text, or a text and a map of variables of its own. */
function collectVariables(found: Pointer[], argument: Node): void {
  const [text, own] = argument.kind === 'list' ? argument.items : [argument]
  if (text?.kind !== 'scalar' || typeof text.value !== 'string') return
  for (const { name, written } of variablesOf(text.value)) {
    if (entriesOf(own).has(name)) continue
    const dot = name.indexOf('.')
    const to = dot === -1 ? 'value' : 'resource'
    found.push({ by: 'Fn::Sub', to, name: dot === -1 ? name : name.slice(0, dot), place: text.place, written })
  }
}

/** A name that is computed points at nothing that can be told from the text. */
function point(found: Pointer[], by: string, to: Pointer['to'], node: Node | undefined): void {
  if (node?.kind === 'scalar') found.push({ by, to, name: String(node.value), place: node.place })
}
