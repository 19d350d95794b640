import type { Scalars, Shape, TypeData } from '../../src/resources/shape.ts'

/** A property of a published schema, as far as it is read here. Source: CloudFormation resource type definition schema. */
export interface Property {
  readonly type?: string | readonly string[]
  readonly $ref?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly items?: Property
  readonly properties?: Readonly<Record<string, Property>>
  readonly patternProperties?: unknown
  readonly additionalProperties?: unknown
  readonly required?: readonly string[]
  readonly oneOf?: readonly Property[]
  readonly anyOf?: readonly Property[]
  readonly allOf?: readonly Property[]
}

export interface Schema extends Property {
  readonly definitions?: Readonly<Record<string, Property>>
  readonly readOnlyProperties?: readonly string[]
  readonly createOnlyProperties?: readonly string[]
  readonly conditionalCreateOnlyProperties?: readonly string[]
  readonly handlers?: Readonly<Record<string, unknown>>
}

/** What the product keeps of a published schema: no prose, no permissions, no definition that no property leads to. */
export function compact(schema: Schema, attributes: readonly string[]): TypeData {
  const body = mapOf(schema)
  const definitions: Record<string, Shape> = {}
  const reach = (shape: Shape) => {
    for (const name of referencesIn(shape)) {
      if (Object.hasOwn(definitions, name)) continue
      definitions[name] = shapeOf(schema.definitions?.[name] ?? {})
      reach(definitions[name])
    }
  }
  reach(body)
  const paths = (pointers: readonly string[] | undefined) =>
    [...new Set((pointers ?? []).map((one) => one.replace('/properties/', '')))].sort()
  const replaces = paths(schema.createOnlyProperties)
  const mayReplace = paths(schema.conditionalCreateOnlyProperties)
  const readOnly = paths(schema.readOnlyProperties)
  return {
    body,
    ...(Object.keys(definitions).length > 0 ? { definitions } : {}),
    attributes,
    ...(replaces.length > 0 ? { replaces } : {}),
    ...(mayReplace.length > 0 ? { mayReplace } : {}),
    ...(readOnly.length > 0 ? { readOnly } : {}),
    // A type that says nothing of replacement, or that cannot be updated at all, is not one whose properties never replace.
    ...(schema.handlers && !('update' in schema.handlers) ? { updates: false } : {}),
    ...(schema.createOnlyProperties || schema.handlers ? {} : { updates: false }),
  }
}

function shapeOf(property: Property): Shape {
  if (property.$ref !== undefined) return `#${property.$ref.split('/').at(-1)}`
  if (property.properties || alternatives(property).some((one) => one.properties)) {
    return property.type === undefined || property.type === 'object' ? mapOf(property) : '*'
  }
  const types = typeof property.type === 'string' ? [property.type] : (property.type ?? [])
  const [type] = types
  if (type === undefined || types.length > 1 || alternatives(property).length > 0) return '*'
  if (type === 'array') return listOf(property)
  if (type === 'object') return '*'
  const letter = scalars[type]
  return letter === undefined ? '*' : scalarOf(letter, property)
}

const scalars: Readonly<Record<string, Scalars>> = { string: 's', integer: 'i', number: 'n', boolean: 'b' }

function scalarOf(t: Scalars, property: Property): Shape {
  const values = property.enum ?? (property.const === undefined ? undefined : [property.const])
  const e = values?.filter((value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
  const text = t === 's'
  const number = t === 'i' || t === 'n'
  const limits = {
    ...(e && e.length > 0 ? { e } : {}),
    ...(number ? range(property.minimum, property.maximum) : {}),
    ...(text ? range(property.minLength || undefined, property.maxLength) : {}),
    ...(text && property.pattern !== undefined && isPattern(property.pattern) ? { re: property.pattern } : {}),
  }
  return Object.keys(limits).length > 0 ? { t, ...limits } : t
}

function listOf(property: Property): Shape {
  const item = property.items ? shapeOf(property.items) : '*'
  const limits = range(property.minItems || undefined, property.maxItems)
  return Object.keys(limits).length > 0 ? { l: item, ...limits } : [item]
}

function range(min: number | undefined, max: number | undefined): { min?: number; max?: number } {
  const lower = min === undefined ? {} : { min }
  return max === undefined || max >= Number.MAX_SAFE_INTEGER ? lower : { ...lower, max }
}

/** A map with the properties of all its alternatives: one that only some of them have is not unknown. */
function mapOf(property: Property): Shape & object {
  const p: Record<string, Shape> = {}
  const parts = [property, ...alternatives(property)]
  let open = property.additionalProperties !== false || property.patternProperties !== undefined
  for (const part of parts) {
    if (part !== property && part.$ref !== undefined) open = true
    for (const [name, one] of Object.entries(part.properties ?? {})) {
      if (!Object.hasOwn(p, name)) p[name] = shapeOf(one)
    }
  }
  const r = property.required?.filter((name) => Object.hasOwn(p, name)).toSorted()
  return { p, ...(r && r.length > 0 ? { r } : {}), ...(open ? { o: 1 as const } : {}) }
}

function alternatives({ oneOf, anyOf, allOf }: Property): readonly Property[] {
  const found = [...(oneOf ?? []), ...(anyOf ?? []), ...(allOf ?? [])]
  return [...found, ...found.flatMap(alternatives)]
}

/** Published patterns are for another engine: one that ours does not read is left out. */
function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u')
    return true
  } catch {
    return false
  }
}

function referencesIn(shape: Shape): readonly string[] {
  if (typeof shape === 'string') return shape.startsWith('#') ? [shape.slice(1)] : []
  if (Array.isArray(shape)) return shape.flatMap(referencesIn)
  if ('l' in shape) return referencesIn(shape.l)
  return 'p' in shape ? Object.values(shape.p).flatMap(referencesIn) : []
}
