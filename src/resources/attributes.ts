import { type MapNode, type Node, type Place, problemAt } from '../document/node.ts'
import { itemsOf, member, stringOf } from '../document/placed.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { functionOf } from '../template/function.ts'
import { sectionOf } from '../template/sections.ts'
import { variablesOf } from '../template/sub.ts'
import type { TypeData } from './shape.ts'

/** The attributes that a template asks of its resources, by `Fn::GetAtt` or `Fn::Sub`, and that their types do not have. */
export function attributeProblems(root: MapNode, types: ReadonlyMap<string, TypeData>): Problem[] {
  const found: Problem[] = []
  const ask = (id: string, attribute: string, place: Place) => {
    const data = types.get(id)
    if (data === undefined || has(data, attribute)) return
    const type = typeOf(root, id)
    const hint = data.attributes.length === 0 ? 'the type has no attributes: use Ref' : suggest(attribute, data.attributes)
    found.push(problemAt(place, `${type} has no attribute ${quote(attribute)} (resource ${quote(id)})`, hint))
  }
  for (const section of ['Resources', 'Outputs']) for (const { value } of sectionOf(root, section).values()) visit(ask, value)
  return found
}

type Ask = (id: string, attribute: string, place: Place) => void

function visit(ask: Ask, node: Node): void {
  if (node.kind === 'list') for (const item of node.items) visit(ask, item)
  if (node.kind !== 'map') return
  const name = functionOf(node, undefined)
  const argument = name === undefined ? undefined : member(node, name)
  if (name === 'Fn::GetAtt') {
    const [id, attribute] = itemsOf(argument).map(stringOf)
    if (id !== undefined && attribute !== undefined && !attribute.includes('${')) ask(id, attribute, node.place)
  }
  if (name === 'Fn::Sub') {
    const [text, own] = argument?.kind === 'list' ? argument.items : [argument]
    for (const variable of variablesOf((text && stringOf(text)) ?? '')) {
      const dot = variable.name.indexOf('.')
      if (text && dot > 0 && !member(own, variable.name)) ask(variable.name.slice(0, dot), variable.name.slice(dot + 1), text.place)
    }
  }
  for (const { value } of node.entries.values()) visit(ask, value)
}

function has({ attributes }: TypeData, attribute: string): boolean {
  return attributes.some((one) => one === attribute || (one.endsWith('*') && attribute.startsWith(one.slice(0, -1))))
}

function typeOf(root: MapNode, id: string): string {
  const type = member(sectionOf(root, 'Resources').get(id)?.value, 'Type')
  return (type && stringOf(type)) ?? 'the type'
}
