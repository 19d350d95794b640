import { TowpathError } from './errors.ts'

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * The canonical JSON of a value: keys sorted by UTF-16 code units, no insignificant space, undefined members left out.
 * Equal values give equal bytes, which is what digests and ETags are taken of. Source: RFC 8785, which this follows for
 * every value that JSON.stringify can write.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalJson(item)).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const members = value as { readonly [key: string]: Json | undefined }
    const written: string[] = []
    for (const key of Object.keys(members).sort()) {
      const member = members[key]
      if (member !== undefined) written.push(`${JSON.stringify(key)}:${canonicalJson(member)}`)
    }
    return `{${written.join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TowpathError('bug', `${value} has no JSON`)
  return JSON.stringify(value)
}
