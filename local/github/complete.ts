import { resolved, type Schema } from './description.ts'

/** When everything that has no time of its own happened. */
const LONG_AGO = '2026-01-01T00:00:00Z'

/**
 * A reply with what is known of it, and for everything else that its schema requires something that fits: a whole repository has 90
 * addresses that nobody reads here.
 */
export function completed(given: Schema, known: unknown): unknown {
  const schema = resolved(given)
  if (known === null) return null
  if (Array.isArray(known)) return known.map((item) => completed(schema.items ?? {}, item))
  if (known !== undefined && typeof known !== 'object') return known
  const some = schema.oneOf ?? schema.anyOf
  if (some) {
    const choice = known === undefined ? (some.find(isNull) ?? some[0]) : some.find((one) => !isNull(one))
    return completed(choice ?? {}, known)
  }
  if (schema.allOf) return schema.allOf.reduce<unknown>((value, part) => completed(part, value), known)
  if (known !== undefined || schema.properties) return object(schema, Object.entries(known ?? {}))
  return fresh(schema)
}

function object({ properties = {}, required = [], type }: Schema, known: readonly (readonly [string, unknown])[]): unknown {
  if (known.length === 0 && Array.isArray(type) && type.includes('null')) return null
  const values = new Map(known.map(([name, value]) => [name, completed(properties[name] ?? {}, value)]))
  for (const name of required) if (!values.has(name)) values.set(name, completed(properties[name] ?? {}, undefined))
  return Object.fromEntries(values)
}

/** A value of which nothing is known. */
function fresh({ type, enum: choices, format, minimum }: Schema): unknown {
  if (choices) return choices[0]
  const types = Array.isArray(type) ? type : [type]
  if (types.includes('null')) return null
  switch (types[0]) {
    case 'integer':
    case 'number':
      return minimum ?? 1
    case 'boolean':
      return false
    case 'array':
      return []
    case 'object':
      return {}
    default:
      if (format === 'date-time') return LONG_AGO
      return format === 'uri' ? 'https://github.com/' : ''
  }
}

function isNull({ type }: Schema): boolean {
  return type === 'null'
}
