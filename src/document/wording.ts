import { nearest, suggest } from '../nearest.ts'
import type { Node } from './node.ts'
import type { Hints, Schema, SchemaError } from './schema.ts'
import { quote, showNode } from './show.ts'

/** What is said of an error: `key` is set if it is about that key of the node, not about the node's value. */
export interface Said {
  readonly message: string
  readonly key?: string
  readonly hint?: string | undefined
}

/** Puts a schema's error into words: what was expected, what is there, and what to write. */
export function say(error: SchemaError, node: Node, hints: Hints): Said {
  const { params, parentSchema: schema = {} } = error
  switch (error.keyword) {
    case 'required': {
      const key = String(params.missingProperty)
      return { message: `missing key ${quote(key)}`, hint: sample(key, schema) }
    }
    case 'additionalProperties': {
      const key = String(params.additionalProperty)
      return { message: `unknown key ${quote(key)}`, key, hint: suggest(key, knownKeys(schema)) }
    }
    case 'propertyNames': {
      const key = String(params.propertyName)
      return { message: `${expected(error)}, got the key ${quote(key)}`, key, hint: titled(hints, schema, key) }
    }
    default: {
      const wanted = expected(error)
      const message = wanted.startsWith('expected ') ? `${wanted}, got ${showNode(node)}` : wanted
      return { message, hint: hintFor(error, node, hints) }
    }
  }
}

/** The keys that a schema declares. */
export function knownKeys(schema: Schema | undefined): string[] {
  return Object.keys(asSchema(schema?.properties))
}

function expected({ keyword, params, parentSchema: schema = {} }: SchemaError): string {
  if (typeof schema.errorMessage === 'string') return schema.errorMessage
  switch (keyword) {
    case 'type':
      return `expected ${either([params.type].flat().map(typeWord))}`
    case 'enum':
      return `expected ${either(choices(params.allowedValues))}`
    case 'const':
      return `expected ${String(params.allowedValue)}`
    case 'minimum':
      return `expected at least ${String(params.limit)}`
    case 'maximum':
      return `expected at most ${String(params.limit)}`
    case 'minProperties':
    case 'minItems':
      return `expected at least ${params.limit === 1 ? 'one entry' : `${String(params.limit)} entries`}`
    default:
      return `breaks the schema's rule '${keyword}'`
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  null: 'nothing',
}

function typeWord(type: unknown): string {
  return typeWords[String(type)] ?? String(type)
}

function choices(values: unknown): string[] {
  return Array.isArray(values) ? values.map(String) : []
}

function either(words: readonly string[]): string {
  const last = words.at(-1) ?? 'nothing'
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

function hintFor({ keyword, params, parentSchema: schema = {} }: SchemaError, node: Node, hints: Hints): string | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined
  if (typeof node.value !== 'string') return keyword === 'type' && params.type === 'string' ? quoting(node.value, schema, hints) : undefined
  if (keyword === 'enum' || keyword === 'anyOf') {
    const near = nearest(node.value, choices(params.allowedValues))
    return near === undefined ? undefined : `did you mean '${near}'?`
  }
  return titled(hints, schema, node.value)
}

/** YAML made a number or a truth of what should be a string: how to write it. */
function quoting(value: number | boolean, schema: Schema, hints: Hints): string {
  const { pattern, examples } = schema
  const fits = typeof pattern !== 'string' || new RegExp(pattern, 'u').test(String(value))
  if (fits) return `quote it: "${value}"`
  const texts = Array.isArray(examples) ? examples.map(String) : []
  const example = texts.find((text) => /^[0-9]/.test(text)) ?? texts[0]
  return titled(hints, schema, String(value)) ?? (example === undefined ? 'quote it' : `quote it, as in "${example}"`)
}

function titled(hints: Hints, { title }: Schema, wrong: string): string | undefined {
  return typeof title === 'string' && Object.hasOwn(hints, title) ? hints[title]?.(wrong) : undefined
}

/** An example of a key that is missing, from its schema. */
function sample(key: string, schema: Schema): string | undefined {
  const { examples } = asSchema(asSchema(schema.properties)[key])
  const [example] = Array.isArray(examples) ? examples : []
  if (example === undefined) return undefined
  const plain = typeof example === 'string' && /^[A-Za-z]/.test(example)
  return `add it, as in ${key}: ${plain ? example : JSON.stringify(example)}`
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {}
}
