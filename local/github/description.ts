import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** A schema of the description. Only the keywords that `completed` looks at are named. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly minimum?: number
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

export interface Operation {
  readonly operationId: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }[]
  readonly body?: Schema
  readonly required?: boolean
  /** By status; null where a reply has no JSON. */
  readonly responses: Readonly<Record<string, Schema | null>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly schemas: Readonly<Record<string, Schema>>
}

/** An operation that a request names, and the parts of the path that its parameters take. */
export interface Found {
  readonly operation: Operation
  readonly path: Readonly<Record<string, string>>
  /** Where the operation is in the document, as a JSON pointer. */
  readonly at: string
}

const file = new URL('openapi.json', import.meta.url)
const document: Document = JSON.parse(readFileSync(file, 'utf8'))

const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false })
addFormats.default(ajv)
const uri = addFormats.default.get('uri')
// GitHub calls `log_url` and the like URIs, and leaves them empty where there is none.
ajv.addFormat('uri', (text: string) => text === '' || (uri instanceof Function && uri(text)) || URL.canParse(text))
ajv.addSchema(document, 'github')
const compiled = new Map<string, ValidateFunction>()

/** The operation of a request, if the stand-in has it. @param path without the query. */
export function find(method: string, path: string): Found | undefined {
  for (const [template, operations] of Object.entries(document.paths)) {
    const operation = operations[method.toLowerCase()]
    const match = operation && patternOf(template).exec(path)
    if (!operation || !match) continue
    const values = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)])
    return { operation, path: Object.fromEntries(values), at: `#/paths/${escaped(template)}/${method.toLowerCase()}` }
  }
  return undefined
}

/** A path template as an expression; every parameter is one segment, as octokit escapes the slash in a branch. */
function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** What is wrong with a request, a line each. Names that the description has not are wrong too: GitHub would pass over them in silence. */
export function badRequest({ operation, path, at }: Found, query: URLSearchParams, body: unknown): readonly string[] {
  const known = new Map(operation.parameters.filter((one) => one.in === 'query').map((one) => [one.name, one.schema]))
  const strays = [...query.keys()].filter((name) => !known.has(name)).map((name) => `query/${name} is unknown`)
  const typed = operation.parameters.flatMap(({ name, in: place, schema, required }, index) => {
    const text = place === 'path' ? path[name] : query.get(name)
    if (text === undefined || text === null) return required ? [`${place}/${name} is missing`] : []
    const value = schema.type === 'integer' && /^\d+$/.test(text) ? Number(text) : text
    return problems(`${place}/${name}`, validator(`${at}/parameters/${index}/schema`), value)
  })
  return [...strays, ...typed, ...badBody(operation, at, body)]
}

function badBody({ body: schema, required }: Operation, at: string, body: unknown): readonly string[] {
  if (schema === undefined) return body === undefined ? [] : ['body is not expected']
  if (body === undefined) return required ? ['body is missing'] : []
  const known = schema.properties ?? {}
  const strays = typeof body === 'object' && body !== null ? Object.keys(body).filter((name) => !Object.hasOwn(known, name)) : []
  return [...strays.map((name) => `body/${name} is unknown`), ...problems('body', validator(`${at}/body`), body)]
}

/** What is wrong with a reply of ours, a line each. */
export function badReply({ operation, at }: Found, status: number, body: unknown): readonly string[] {
  if (!Object.hasOwn(operation.responses, status)) return [`${operation.operationId} has no reply ${status}`]
  if (operation.responses[status] === null) return body === undefined ? [] : [`a reply ${status} has no body`]
  return problems('reply', validator(`${at}/responses/${status}`), body)
}

function validator(pointer: string): ValidateFunction {
  const known = compiled.get(pointer)
  if (known) return known
  const fresh = ajv.compile({ $ref: `github${pointer}` })
  compiled.set(pointer, fresh)
  return fresh
}

function problems(place: string, validate: ValidateFunction, value: unknown): readonly string[] {
  if (validate(value)) return []
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const more = 'allowedValues' in params ? `: ${params.allowedValues.join(', ')}` : ''
    return `${place}${instancePath} ${message}${more}`
  })
}

/** The schema of a reply, to be completed. */
export function replyOf({ operation }: Found, status: number): Schema {
  return operation.responses[status] ?? {}
}

/** What a reference points at; anything else is itself. */
export function resolved(schema: Schema): Schema {
  const name = schema.$ref?.replace('#/schemas/', '')
  if (name === undefined) return schema
  const found = document.schemas[name]
  if (!found) throw new Error(`the description has no schema '${name}'`)
  return found
}
