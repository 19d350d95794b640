import fc from 'fast-check'

/** Names that would reach a prototype if they were set on an ordinary object, and names that JavaScript sorts. */
const awkwardNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'prototype',
  '10',
  '2',
  'a.b',
  'a/b',
  '~',
  '',
] as const

const name = fc.oneof(fc.constantFrom('A', 'B', 'Name', 'Tags', 'Properties', 'Condition', 'Type'), fc.constantFrom(...awkwardNames))
const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean())

/** A map with keys of any name. Not a record of fast-check, which would set `__proto__`. */
function objectOf(key: fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return fc.uniqueArray(fc.tuple(key, value), { selector: ([one]) => one, maxLength: 4 }).map((entries) => {
    const object: Record<string, unknown> = Object.create(null)
    for (const [one, other] of entries) object[one] = other
    return object
  })
}

const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.constant({ Ref: 'AWS::Region' }),
    fc.array(tie('value'), { maxLength: 3 }),
    objectOf(name, tie('value')),
  ),
}))

/** Any value that a template may hold, as JSON text would give it. */
export const value = anyValue

/** The JSON text of a template with a few resources in which anything may stand. */
export const templateText = fc
  .uniqueArray(fc.tuple(fc.constantFrom('Queue', 'Topic', 'Table', '__proto__', 'constructor', '7'), anyValue), {
    selector: ([one]) => one,
    minLength: 1,
  })
  .map((resources) => {
    const all: Record<string, unknown> = Object.create(null)
    for (const [one, Properties] of resources) all[one] = { Type: 'AWS::SQS::Queue', Metadata: Properties }
    return JSON.stringify({ Resources: all })
  })

/** What ordinary objects inherit: a key that reached a prototype shows here. */
export function prototypes(): PropertyKey[][] {
  return [Object.prototype, Array.prototype, Map.prototype, Function.prototype].map((prototype) => Reflect.ownKeys(prototype))
}
