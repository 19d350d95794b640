import type { Suggest } from '../document/hint.ts'
import { type Entry, type MapNode, type Node, type Place, problemAt } from '../document/node.ts'
import { stringOf } from '../document/placed.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { bare, longForms, longMarkPrefix, longMarks, type Mark, markOf } from './tags.ts'

export interface Forms {
  /** True in an override, where marks may stand. */
  readonly takesMarks: boolean
  readonly problems: Problem[]
  /** Nulls below a resource's Properties: they are problems unless the SAM transform takes them. */
  readonly nulls: Problem[]
  readonly suggest: Suggest
}

/** Where in a template a node stands, as far as it matters for nulls. */
type Where = 'template' | 'resources' | 'resource' | 'properties' | 'elsewhere'

const below: Readonly<Record<Where, (key: string) => Where>> = {
  template: (key) => (key === 'Resources' ? 'resources' : 'elsewhere'),
  resources: () => 'resource',
  resource: (key) => (key === 'Properties' ? 'properties' : 'elsewhere'),
  properties: () => 'properties',
  elsewhere: () => 'elsewhere',
}

/**
 * A template's tree in one form: every short form of a function as its long one, the long form of every mark as its tag, so that what is
 * the same is the same however it was written. Reports nulls, marks that may not stand here, and functions that cannot be read.
 */
export function inOneForm(forms: Forms, node: Node, name?: string, where: Where = 'template'): Node {
  const inner = innerForm(forms, node, name, where)
  const { tag } = inner
  if (tag === undefined) return inner
  const long = longForms.get(tag)
  if (long !== undefined) return call(long, inner.place, bare(inner), forms)
  return checkedMark(forms, inner)
}

function innerForm(forms: Forms, node: Node, name: string | undefined, where: Where): Node {
  if (node.kind === 'scalar') {
    if (node.value !== null || node.tag === '!Remove') return node
    // With a tag it is `!Replace` of nothing, which no transform takes.
    const list = where === 'properties' && node.tag === undefined ? forms.nulls : forms.problems
    list.push(nullProblem(forms, node, name))
    return node
  }
  if (node.kind === 'list') {
    const items = node.items.map((item) => inOneForm(forms, item, undefined, where))
    return items.some((item, index) => item !== node.items[index]) ? { ...node, items } : node
  }
  let changed: Map<string, Entry> | undefined
  let marked: string | undefined
  for (const [key, entry] of node.entries) {
    if (key.startsWith(longMarkPrefix)) marked ??= key
    const value = inOneForm(forms, entry.value, key, below[where](key))
    if (value === entry.value) continue
    changed ??= new Map(node.entries)
    changed.set(key, { key: entry.key, value })
  }
  const map: MapNode = changed ? { ...node, entries: changed } : node
  return marked === undefined ? longAttribute(forms, map) : longMark(forms, map, marked)
}

/** `Fn::GetAtt: A.B` becomes what `!GetAtt A.B` becomes. */
function longAttribute(forms: Forms, node: MapNode): MapNode {
  const attribute = node.entries.size === 1 ? node.entries.get('Fn::GetAtt') : undefined
  if (attribute?.value.kind !== 'scalar') return node
  return { ...node, entries: call('Fn::GetAtt', attribute.key, attribute.value, forms).entries }
}

/** `Towpath::Append: [...]` becomes what `!Append [...]` becomes. */
function longMark(forms: Forms, node: MapNode, key: string): Node {
  const entry = node.entries.get(key)
  const mark = longMarks.get(key)
  if (!entry) return node
  if (!mark) {
    forms.problems.push(problemAt(entry.key, `unknown override ${quote(key)}`, forms.suggest(key, longMarks.keys())))
    return node
  }
  if (node.entries.size > 1) {
    forms.problems.push(problemAt(entry.key, `${quote(key)} has other keys beside it`, 'make it the only key of its map'))
    return node
  }
  const second = entry.value.tag ?? node.tag
  if (second !== undefined) {
    forms.problems.push(problemAt(entry.key, `${quote(key)} and ${second} on one value`, 'keep one of the two'))
    return bare(entry.value)
  }
  return checkedMark(forms, { ...entry.value, tag: mark, place: entry.key })
}

/** A call of a function, as a map of one key. */
function call(name: string, place: Place, argument: Node, forms: Forms): MapNode {
  const value = name === 'Fn::GetAtt' ? attributePath(argument, forms) : argument
  return { kind: 'map', entries: new Map([[name, { key: place, value }]]), place }
}

/** `A.B.C` as `[A, B.C]`: a logical id has no dots, an attribute may. */
function attributePath(argument: Node, forms: Forms): Node {
  const written = stringOf(argument)
  if (written === undefined) return argument
  const dot = written.indexOf('.')
  if (dot > 0 && dot < written.length - 1) {
    const part = (value: string): Node => ({ kind: 'scalar', value, place: argument.place })
    return { kind: 'list', items: [part(written.slice(0, dot)), part(written.slice(dot + 1))], place: argument.place }
  }
  const hint = 'write LogicalId.Attribute'
  forms.problems.push(problemAt(argument.place, `Fn::GetAtt ${quote(written)} is no attribute of a resource`, hint))
  return argument
}

/** What each mark takes; the node loses a mark that is not what it takes, or that may not stand here. */
function checkedMark(forms: Forms, node: Node): Node {
  const mark = markOf(node)
  if (!mark) return node
  const wrong = forms.takesMarks
    ? misuse(mark, node)
    : { message: `${mark} is for overrides only`, hint: 'move it to cloudFormation/overrides' }
  if (wrong) {
    forms.problems.push(problemAt(node.place, wrong.message, wrong.hint))
    return bare(node)
  }
  return mark === '!Remove' ? { kind: 'scalar', value: null, place: node.place, tag: mark } : node
}

function misuse(mark: Mark, node: Node): { message: string; hint: string } | undefined {
  const value = node.kind === 'scalar' ? node.value : undefined
  switch (mark) {
    case '!Remove':
      return value === null || value === true ? undefined : { message: '!Remove with a value', hint: 'write it alone' }
    case '!Replace':
      return undefined
    case '!Append':
    case '!Prepend':
      return node.kind === 'list' ? undefined : { message: `${mark} without a list`, hint: `write ${mark} [ … ]` }
    default:
      return mark satisfies never
  }
}

function nullProblem({ takesMarks }: Forms, node: Node, name: string | undefined): Problem {
  const what = name === undefined ? 'a list entry' : quote(name)
  const hint = takesMarks ? 'write !Remove to remove it, or give it a value' : 'give it a value, or remove it'
  return problemAt(node.place, node.tag === undefined ? `${what} has no value (null)` : `${node.tag} has no value`, hint)
}
