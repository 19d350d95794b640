import type { Json } from '../../../src/json.ts'
import type { Members } from './model.ts'

export function isMembers(value: Json | undefined): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The members of a map; none if it is not one. */
export function membersOf(value: Json | undefined): Members {
  return isMembers(value) ? value : {}
}

/** A function call such as `{ "Fn::Join": [ … ] }`, or undefined. `Condition` counts only inside conditions. */
export function callOf(value: Json, inConditions = false): { readonly name: string; readonly argument: Json } | undefined {
  if (!isMembers(value)) return undefined
  const [entry, ...more] = Object.entries(value)
  if (!entry || more.length > 0) return undefined
  const [name, argument] = entry
  const known = name === 'Ref' || name.startsWith('Fn::') || (inConditions && name === 'Condition')
  return known ? { name, argument } : undefined
}

/** A scalar as CloudFormation prints it; JSON for what is none. */
export function printed(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Equal as data: the order of keys does not matter. */
export function same(one: Json | undefined, other: Json | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) return one.length === other.length && one.every((item, index) => same(item, other[index]))
  if (isMembers(one) && isMembers(other)) {
    const keys = Object.keys(one)
    return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
  }
  return one === other
}

/** The `${Name}` and `${Name.Attribute}` of a Fn::Sub text; `${!Literal}` is none. */
export function substitutions(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name.trim())
}
