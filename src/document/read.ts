import type { Problem } from '../errors.ts'
import { convert, type Language } from './convert.ts'
import { suggesting } from './hint.ts'
import { type Node, problemAt } from './node.ts'
import { quote } from './show.ts'
import { type Fault, parseSyntax } from './syntax.ts'
import { decode } from './text.ts'

export interface Read {
  /** Undefined if the document is empty, or cannot be read at all. Otherwise there, even if it has problems: what is sound of it. */
  readonly root: Node | undefined
  /** In the order of the text. */
  readonly problems: Problem[]
}

const none: ReadonlySet<string> = new Set()

/**
 * Reads a YAML or JSON text into a tree in which every node knows its place. Nothing in the text makes it throw, and the work grows as
 * the text does. Scalars keep their meaning (see `plainScalar`); nodes keep those of the `tags` that they have, all others are problems.
 */
export function readDocument(text: string | Uint8Array, file: string, options: Partial<Language> = {}): Read {
  const decoded = decode(text, file)
  if ('problem' in decoded) return { root: undefined, problems: [decoded.problem] }
  const { dialect = 'descriptor', tags = none, textTags = none } = options
  const { contents, faults, strangeTags } = parseSyntax(decoded.text, tags)
  const suggest = suggesting()
  const strange = strangeTags.map(({ start, end }): Fault => {
    const tag = decoded.text.slice(start, end)
    return { offset: start, message: `unknown tag ${quote(tag)}`, hint: tags.size === 0 ? 'remove it' : suggest(tag, tags) }
  })
  const language = { dialect: dialect === 'template' && isJson(decoded.text) ? ('json' as const) : dialect, tags, textTags }
  const converted = contents && convert(contents, decoded.text, decoded.source, language)
  const found = foundFirst(faults, [...strange, ...(converted?.faults ?? [])])
  const problems = found.map(({ offset, message, hint }) => problemAt({ source: decoded.source, offset }, message, hint))
  return { root: faults.length === 0 ? converted?.root : undefined, problems }
}

/** All that is wrong, down the text; but after the first place where the text cannot be read, what seems wrong may only follow from it. */
function foundFirst(faults: readonly Fault[], others: readonly Fault[]): Fault[] {
  const [first, ...more] = faults.toSorted((a, b) => a.offset - b.offset)
  const sorted = others.toSorted((a, b) => a.offset - b.offset)
  if (!first) return sorted
  const before = sorted.filter(({ offset }) => offset < first.offset)
  const after = more.length + sorted.length - before.length
  return [
    ...before,
    after === 0 ? first : { ...first, message: `${first.message} (and ${after} more that ${after === 1 ? 'follows' : 'follow'} from it)` },
  ]
}

/** True of a text that JSON reads: there a plain scalar means what JSON says. */
function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
