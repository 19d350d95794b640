import type { Json } from '../../../src/json.ts'
import type { Template } from './model.ts'
import { invalid } from './refusal.ts'
import { callOf, isMembers, printed, substitutions } from './values.ts'

/** A reference to a parameter, a pseudo parameter or a resource; with an attribute, always to a resource. */
export interface Reference {
  readonly name: string
  readonly attribute?: string
}

/** Chooses the branch of a Fn::If that counts; both do where it gives undefined. */
export type Choice = (condition: string) => boolean | undefined

/** Every reference in a value, in the order of the text. */
export function referencesIn(value: Json, choose: Choice = () => undefined): readonly Reference[] {
  const call = callOf(value)
  if (call) return inCall(call.name, call.argument, choose)
  if (Array.isArray(value)) return value.flatMap((item: Json) => referencesIn(item, choose))
  if (isMembers(value)) return Object.values(value).flatMap((member) => referencesIn(member, choose))
  return []
}

function inCall(name: string, argument: Json, choose: Choice): readonly Reference[] {
  if (name === 'Ref') return [{ name: printed(argument) }]
  if (name === 'Fn::GetAtt') return [attributeIn(argument)]
  if (name === 'Fn::Sub') return inSubstitution(argument, choose)
  if (name === 'Fn::If' && Array.isArray(argument)) {
    const [condition, yes = '', no = ''] = argument
    const chosen = choose(printed(condition ?? ''))
    return chosen === undefined ? referencesIn([yes, no], choose) : referencesIn(chosen ? yes : no, choose)
  }
  return referencesIn(argument, choose)
}

/** Both forms of Fn::GetAtt: `["Logical", "Attribute"]` and `"Logical.Attribute"`. */
export function attributeIn(argument: Json): Required<Reference> {
  if (Array.isArray(argument)) return { name: printed(argument[0] ?? ''), attribute: argument.slice(1).map(printed).join('.') }
  const [name = '', ...attribute] = printed(argument).split('.')
  return { name, attribute: attribute.join('.') }
}

function inSubstitution(argument: Json, choose: Choice): readonly Reference[] {
  const [text = '', own = {}] = Array.isArray(argument) ? argument : [argument]
  const local = isMembers(own) ? own : {}
  const named = substitutions(printed(text))
    .filter((name) => !Object.hasOwn(local, name))
    .map((name) => (name.includes('.') ? attributeIn(name) : { name }))
  return [...named, ...Object.values(local).flatMap((member) => referencesIn(member, choose))]
}

/** Refuses references to what the template does not have, whatever its conditions come to. */
export function checkReferences(template: Template): void {
  const known = (name: string): boolean =>
    name.startsWith('AWS::') || Object.hasOwn(template.parameters, name) || Object.hasOwn(template.resources, name)
  const unresolved: string[] = []
  for (const resource of Object.values(template.resources)) {
    for (const { name, attribute } of referencesIn([resource.properties, resource.metadata])) {
      if (attribute !== undefined) checkAttribute(template, name)
      else if (!known(name)) unresolved.push(name)
    }
    unresolved.push(...resource.dependsOn.filter((name) => !Object.hasOwn(template.resources, name)))
  }
  refuseUnresolved(unresolved, 'Resources')
  const outputs: string[] = []
  for (const { value } of Object.values(template.outputs)) {
    for (const { name, attribute } of referencesIn(value)) {
      if (attribute !== undefined) checkAttribute(template, name)
      else if (!known(name)) outputs.push(name)
    }
  }
  refuseUnresolved(outputs, 'Outputs')
  checkConditions(template)
}

function checkAttribute(template: Template, name: string): void {
  if (!Object.hasOwn(template.resources, name))
    throw invalid(`Template error: instance of Fn::GetAtt references undefined resource ${name}`)
}

export function refuseUnresolved(names: readonly string[], section: 'Resources' | 'Outputs'): void {
  if (names.length === 0) return
  throw invalid(
    `Template format error: Unresolved resource dependencies [${[...new Set(names)].join(', ')}] in the ${section} block of the template`,
  )
}

function checkConditions({ conditions, resources, outputs, parameters }: Template): void {
  for (const [name, condition] of Object.entries(conditions)) {
    const strange = referencesIn(condition).filter(
      (reference) => !reference.name.startsWith('AWS::') && !Object.hasOwn(parameters, reference.name),
    )
    if (strange.length === 0) continue
    const names = strange.map((reference) => reference.name).join(', ')
    throw invalid(
      `Template format error: Unresolved dependencies [${names}]. Cannot reference resources in the Conditions block of the template (${name})`,
    )
  }
  for (const [section, members] of Object.entries({ Resources: resources, Outputs: outputs })) {
    for (const { condition } of Object.values(members)) {
      if (condition !== undefined && !Object.hasOwn(conditions, condition)) {
        throw invalid(`Template format error: Unresolved condition dependency [${condition}] in the ${section} block of the template`)
      }
    }
  }
}

/** Logical ids, each after those it needs; those that could come at the same time in the order given. Refuses a circle. */
export function inOrder(needs: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const ordered = new Set<string>()
  for (let left = [...needs.keys()]; left.length > 0; left = left.filter((name) => !ordered.has(name))) {
    const ready = left.filter((name) => (needs.get(name) ?? []).every((need) => ordered.has(need) || !needs.has(need)))
    if (ready.length === 0) throw invalid(`Circular dependency between resources: [${left.join(', ')}]`)
    for (const name of ready) ordered.add(name)
  }
  return [...ordered]
}
