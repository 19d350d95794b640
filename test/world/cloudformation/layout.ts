import type { Account, Resource, StackRecord, Target } from './model.ts'
import { inOrder, referencesIn, refuseUnresolved } from './references.ts'
import { invalid } from './refusal.ts'
import { conditionsOf, evaluate, type Scope } from './resolve.ts'
import { attributeOf, type Place } from './types.ts'
import { printed } from './values.ts'

/** A target once its conditions are decided. */
export interface Layout {
  readonly conditions: Readonly<Record<string, boolean>>
  /** The resources that its conditions let in, each after those it needs, with those it needs. */
  readonly needs: ReadonlyMap<string, readonly string[]>
}

export function placeOf(account: Account): Place {
  return { region: account.region, account: account.number }
}

/** Decides conditions and order, refusing references to what the conditions left out, and circles. */
export function layOut(account: Account, stack: Pick<StackRecord, 'name' | 'id'>, target: Target): Layout {
  const nobody = (): never => {
    throw invalid('Template error: conditions know no resources')
  }
  const conditions = conditionsOf({ place: placeOf(account), stack, target, id: nobody, attribute: nobody })
  const { resources, outputs } = target.template
  const holds = (condition: string | undefined): boolean => condition === undefined || conditions[condition] === true
  const active = new Set(Object.keys(resources).filter((name) => holds(resources[name]?.condition)))
  const choose = (condition: string): boolean | undefined => conditions[condition]
  const needs = new Map<string, readonly string[]>()
  const unresolved: string[] = []
  for (const name of active) {
    const definition = resources[name]
    if (!definition) continue
    const referred = referencesIn(definition.properties, choose).map((reference) => reference.name)
    const resourcesReferred = referred.filter((other) => Object.hasOwn(resources, other))
    unresolved.push(...resourcesReferred.filter((other) => !active.has(other)))
    needs.set(
      name,
      [...new Set([...resourcesReferred, ...definition.dependsOn])].filter((other) => active.has(other)),
    )
  }
  refuseUnresolved(unresolved, 'Resources')
  const shown = Object.values(outputs).filter((output) => holds(output.condition))
  const referred = shown.flatMap((output) => referencesIn(output.value, choose)).map((reference) => reference.name)
  refuseUnresolved(
    referred.filter((name) => Object.hasOwn(resources, name) && !active.has(name)),
    'Outputs',
  )
  const order = inOrder(needs)
  return { conditions, needs: new Map(order.map((name) => [name, needs.get(name) ?? []])) }
}

/** Names as they are among resources that exist. */
export function scopeOf(
  account: Account,
  stack: StackRecord,
  target: Target,
  { conditions }: Layout,
  resources: ReadonlyMap<string, Resource>,
): Scope {
  const place = placeOf(account)
  const found = (logicalId: string): Resource => {
    const resource = resources.get(logicalId)
    if (resource) return resource
    throw invalid(`Template format error: Unresolved resource dependencies [${logicalId}] in the Resources block of the template`)
  }
  return {
    place,
    stack,
    target,
    conditions,
    id: (logicalId) => found(logicalId).physicalId,
    attribute: (logicalId, attribute) => {
      const { type, physicalId } = found(logicalId)
      return attributeOrRefusal(type, physicalId, logicalId, attribute, place)
    },
  }
}

export function attributeOrRefusal(type: string, physicalId: string, logicalId: string, attribute: string, place: Place): string {
  const value = attributeOf(type, physicalId, attribute, place)
  if (value !== undefined) return value
  throw invalid(`Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`)
}

/** The outputs of a target, in a scope. */
export function outputsOf(target: Target, scope: Scope): Record<string, string> {
  const entries = Object.entries(target.template.outputs)
    .filter(([, { condition }]) => condition === undefined || scope.conditions[condition])
    .map(([name, { value }]): [string, string] => [name, printed(evaluate(value, scope) ?? '')])
  return Object.fromEntries(entries)
}
