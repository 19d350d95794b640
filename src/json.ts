import { TowpathError } from './errors.ts'

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined }

/**
 * A type whose values JSON can hold, member by member, as an interface has them; anything else in it (a function, a Date, an unknown) is
 * `never`, so that a value of it does not compile.
 */
export type Jsonable<T> = T extends Json | undefined
  ? T
  : T extends (...given: never) => unknown
    ? never
    : T extends object
      ? { readonly [Key in keyof T]: Jsonable<T[Key]> }
      : never

/** A value as JSON, if its type says that JSON can hold it. The one cast: an interface cannot show by itself that it is JSON. */
export function asJson<T>(value: T & Jsonable<T>): Json {
  return value as unknown as Json
}

/**
 * The canonical JSON of a value: keys sorted by UTF-16 code units, no insignificant space, undefined members left out.
 * Equal values give equal bytes, which is what digests and ETags are taken of. Source: RFC 8785, which this follows for
 * every value that JSON.stringify can write.
 */
export function canonicalJson<T>(value: T & Jsonable<T>): string {
  return written(asJson<T>(value))
}

function written(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => written(item)).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const members = value as { readonly [key: string]: Json | undefined }
    const lines: string[] = []
    for (const key of Object.keys(members).sort()) {
      const member = members[key]
      if (member !== undefined) lines.push(`${JSON.stringify(key)}:${written(member)}`)
    }
    return `{${lines.join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TowpathError('bug', `${value} has no JSON`)
  return JSON.stringify(value)
}
