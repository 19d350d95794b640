import { type Alias, isAlias, isMap, isScalar, isSeq, type Node as Parsed, Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import { type Anchors, anchors, mostCopies, type Refusal } from './alias.ts'
import { type Entry, type Node, type Place, type ScalarContent, type Source, whereIs } from './node.ts'
import { type Dialect, plainScalar } from './scalar.ts'
import { quote } from './show.ts'
import { deepest, type Fault } from './syntax.ts'

/** How a document's values are read. */
export interface Language {
  readonly dialect: Dialect
  /** The tags that nodes keep. All others are problems. */
  readonly tags: ReadonlySet<string>
  /** Those of them that make text of a plain scalar whatever it looks like, as YAML's tags do. */
  readonly textTags: ReadonlySet<string>
}

interface Reading {
  readonly text: string
  readonly source: Source
  readonly language: Language
  readonly faults: Fault[]
  readonly anchors: Anchors
  /** Refusals told already, of those that are told once. */
  readonly told: Set<Refusal>
}

/**
 * Turns the YAML package's nodes into ours. What a document may not hold is reported and left out, so that the rest can be checked: a key
 * that stands twice (the first one stays), a key that is no text, `<<`, and aliases that lead nowhere, into themselves or too far.
 * Keys are compared through a Map: the work grows as the text does.
 */
export function convert(contents: Parsed, text: string, source: Source, language: Language): { root: Node; faults: Fault[] } {
  const reading: Reading = { text, source, language, faults: [], anchors: anchors(), told: new Set() }
  return { root: nodeOf(reading, contents, 0, 0), faults: reading.faults }
}

/** `missingAt` is where a value stands that is not written at all. */
function nodeOf(reading: Reading, parsed: unknown, depth: number, missingAt: number): Node {
  if (isAlias(parsed)) return copyOf(reading, parsed, depth)
  if (!isScalar(parsed) && !isMap(parsed) && !isSeq(parsed)) {
    return { kind: 'scalar', value: null, place: { source: reading.source, offset: missingAt } }
  }
  const { anchor } = parsed
  if (anchor === undefined) return freshNode(reading, parsed, depth)
  reading.anchors.open(anchor)
  const node = freshNode(reading, parsed, depth)
  reading.anchors.close(anchor, node)
  return node
}

function freshNode(reading: Reading, parsed: Scalar | YAMLMap | YAMLSeq, depth: number): Node {
  if (isScalar(parsed)) return { kind: 'scalar', ...meaningOf(reading, parsed), ...common(reading, parsed) }
  const fits = depth < deepest
  if (!fits) refuse(reading, 'too-deep', parsed, 'the value')
  if (isMap(parsed)) return { kind: 'map', entries: fits ? entriesOf(reading, parsed, depth) : new Map(), ...common(reading, parsed) }
  const items = fits ? parsed.items.map((item) => nodeOf(reading, item, depth + 1, startOf(parsed))) : []
  return { kind: 'list', items, ...common(reading, parsed) }
}

function entriesOf(reading: Reading, parsed: YAMLMap, depth: number): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const { key, value } of parsed.items) {
    const name = keyOf(reading, key, entries)
    // The value is read even if its key is refused: what is wrong in it is told as well.
    const node = nodeOf(reading, value, depth + 1, startOf(key))
    if (name !== undefined) entries.set(name, { key: { source: reading.source, offset: startOf(key) }, value: node })
  }
  return entries
}

function keyOf(reading: Reading, key: unknown, before: ReadonlyMap<string, Entry>): string | undefined {
  const fault = (message: string, hint: string) => void reading.faults.push({ offset: startOf(key), message, hint })
  if (!isScalar(key)) return fault('a key that is no text', 'write the key out')
  const name = key.source ?? ''
  if (key.anchor !== undefined) reading.anchors.close(key.anchor, freshNode(reading, key, 0))
  if (key.tag !== undefined && reading.language.tags.has(key.tag)) return fault(`${key.tag} on a key`, 'put it on the value')
  if (key.type === Scalar.PLAIN) {
    if (name === '') return fault('a value without a key', 'write a key before the colon')
    if (name === '<<') return fault("merge key '<<'", 'write it out: the keys that it brings, one by one')
  }
  const first = before.get(name)
  if (first) return fault(`key ${quote(name)} stands twice in one map`, `remove one: the first is on line ${whereIs(first.key).line}`)
  return name
}

function meaningOf({ text, language }: Reading, parsed: Scalar): ScalarContent {
  const source = parsed.source ?? ''
  const isText = parsed.tag !== undefined && (textTags.has(parsed.tag) || language.textTags.has(parsed.tag))
  if (parsed.type === Scalar.PLAIN && !isText) return plainScalar(source, language.dialect)
  if (language.dialect !== 'template') return { value: source }
  // What the text could have been without its tag is remembered, as it is without one.
  if (parsed.type === Scalar.PLAIN && typeof plainScalar(source, 'descriptor').value !== 'string') return { value: source, written: source }
  const value = withoutAddedEnd(text, parsed, source)
  return value === source ? { value } : { value, written: source }
}

/** Block text that ends with the document, without a line feed: yaml 2.9.1 adds one, which nobody wrote. */
function withoutAddedEnd(text: string, { type, range }: Scalar, source: string): string {
  const isBlock = type === Scalar.BLOCK_LITERAL || type === Scalar.BLOCK_FOLDED
  if (!isBlock || !source.endsWith('\n') || (range?.[1] ?? 0) < text.length || /(^|[\r\n])[ \t]*$/.test(text.slice(-200))) return source
  return source.slice(0, -1)
}

/** Tags that make text of a scalar whatever it looks like: `!!str 30`, `! 30`. */
const textTags: ReadonlySet<string> = new Set(['tag:yaml.org,2002:str', '!'])

function common(reading: Reading, parsed: Parsed): { place: Place; tag?: string } {
  const { source } = reading
  const { tags } = reading.language
  const { tag } = parsed
  if (tag === undefined || !tags.has(tag)) return { place: { source, offset: startOf(parsed) } }
  return { place: { source, offset: tagStart(reading.text, tag, startOf(parsed)) }, tag }
}

/** Where a node's tag was written: the package only knows where the value begins, which may be lines below. */
function tagStart(text: string, tag: string, valueStart: number): number {
  const reach = Math.max(0, valueStart - 200)
  const found = text.slice(reach, valueStart).lastIndexOf(tag)
  return found === -1 ? valueStart : reach + found
}

function startOf(parsed: unknown): number {
  return isScalar(parsed) || isMap(parsed) || isSeq(parsed) || isAlias(parsed) ? (parsed.range?.[0] ?? 0) : 0
}

function copyOf(reading: Reading, alias: Alias, depth: number): Node {
  const copy = reading.anchors.copy(alias.source, depth)
  if (typeof copy !== 'string') return copy
  refuse(reading, copy, alias, `alias ${quote(`*${alias.source}`)}`)
  return { kind: 'scalar', value: '', place: { source: reading.source, offset: startOf(alias) } }
}

const refusals: Readonly<Record<Refusal, { says: string; hint: string; once: boolean }>> = {
  dangling: { says: 'points at no anchor above it', hint: 'write the value out', once: false },
  recursive: { says: 'stands in the value it points at', hint: 'write the value out', once: false },
  'too-many': { says: `makes more than ${mostCopies} values of aliases in this document`, hint: 'write fewer aliases', once: true },
  'too-deep': { says: `is nested more than ${deepest} levels deep`, hint: 'write it flatter', once: true },
}

function refuse({ faults, told }: Reading, refusal: Refusal, at: Parsed, what: string): void {
  const { says, hint, once } = refusals[refusal]
  if (once && told.has(refusal)) return
  told.add(refusal)
  faults.push({ offset: startOf(at), message: `${what} ${says}`, hint })
}
