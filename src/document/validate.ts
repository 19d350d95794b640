import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { toData } from './data.ts'
import { type Node, type Place, problemAt } from './node.ts'
import type { Hints, SchemaError, Validator } from './schema.ts'
import { showPath } from './show.ts'
import { knownKeys, say } from './wording.ts'

/**
 * Everything in which a document departs from its schema: one problem a mistake, in the order of the text, each at the value, at the
 * key where the key is wrong, or at the map where one is missing. Alternatives (`anyOf`, `oneOf`) are expected to differ in type.
 */
export function schemaProblems(root: Node, validate: Validator, hints: Hints = {}): Problem[] {
  if (validate(toData(root))) return []
  const found = onePerMistake(validate.errors ?? []).map((error) => locate(root, error, hints))
  return found.sort((a, b) => a.place.offset - b.place.offset).map(({ place, message, hint }) => problemAt(place, message, hint))
}

interface Located {
  readonly place: Place
  readonly message: string
  readonly hint?: string | undefined
}

/** The keywords whose errors are about a map's keys, where one map may have many. */
const aboutKeys = new Set(['required', 'additionalProperties', 'propertyNames'])

function onePerMistake(errors: readonly SchemaError[]): SchemaError[] {
  const told = collapse(errors)
  const misspelt = new Set(told.map((error) => (error.keyword === 'additionalProperties' ? aimedAt(error) : undefined)))
  const spoken = new Set<string>()
  return told.filter((error) => {
    if (error.keyword === 'required') return !misspelt.has(keyOf(error, error.params.missingProperty))
    if (aboutKeys.has(error.keyword)) return true
    return !spoken.has(error.instancePath) && spoken.add(error.instancePath)
  })
}

/** The key that a misspelt one was meant to be, if it is missing: one slip should not read as two. */
function aimedAt(error: SchemaError): string | undefined {
  return keyOf(error, nearest(String(error.params.additionalProperty), knownKeys(error.parentSchema)))
}

function keyOf(error: SchemaError, key: unknown): string {
  return `${error.instancePath}/${String(key)}`
}

/** Takes back what ajv said while it tried alternatives and names, and keeps what a person would say instead. */
function collapse(errors: readonly SchemaError[]): SchemaError[] {
  const kept: SchemaError[] = []
  for (const error of errors) {
    const { instancePath: at, keyword } = error
    if (keyword === 'if') continue
    if (keyword === 'anyOf' || keyword === 'oneOf') {
      const tried = takeBack(kept, (one) => one.instancePath === at || one.instancePath.startsWith(`${at}/`))
      const deeper = tried.filter((one) => one.instancePath !== at || aboutKeys.has(one.keyword))
      const allowedValues = tried.flatMap((one) => one.params.allowedValues ?? [])
      kept.push(...(deeper.length > 0 ? deeper : [{ ...error, params: { allowedValues } }]))
    } else if (keyword === 'propertyNames') {
      const [inner] = takeBack(kept, (one) => one.instancePath === at && one.data === error.params.propertyName)
      kept.push({ ...error, ...(inner?.parentSchema ? { parentSchema: inner.parentSchema } : {}) })
    } else kept.push(error)
  }
  return kept
}

/** Removes the last errors as long as they match, and returns them in their order. */
function takeBack(kept: SchemaError[], matches: (error: SchemaError) => boolean): SchemaError[] {
  const first = kept.findLastIndex((error) => !matches(error)) + 1
  return kept.splice(first)
}

function locate(root: Node, error: SchemaError, hints: Hints): Located {
  const steps: (string | number)[] = []
  let node = root
  for (const token of error.instancePath.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    const next = node.kind === 'map' ? node.entries.get(key)?.value : node.kind === 'list' ? node.items[Number(key)] : undefined
    if (!next) break
    steps.push(node.kind === 'list' ? Number(key) : key)
    node = next
  }
  const said = say(error, node, hints)
  const path = showPath(steps)
  return {
    place: (said.key === undefined ? undefined : keyPlace(node, said.key)) ?? node.place,
    message: path === '' ? said.message : `${path}: ${said.message}`,
    hint: said.hint,
  }
}

function keyPlace(node: Node, key: string): Place | undefined {
  return node.kind === 'map' ? node.entries.get(key)?.key : undefined
}
