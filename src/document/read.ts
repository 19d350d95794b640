import type { Problem } from '../errors.ts'
import { convert } from './convert.ts'
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

/**
 * Reads a YAML or JSON text into a tree in which every node knows its place. Nothing in the text makes it throw, and the work grows as
 * the text does. Scalars keep their meaning (see `plainScalar`); nodes keep those of the `tags` that they have, all others are problems.
 */
export function readDocument(text: string | Uint8Array, file: string, options: { tags?: ReadonlySet<string> } = {}): Read {
  const decoded = decode(text, file)
  if ('problem' in decoded) return { root: undefined, problems: [decoded.problem] }
  const tags = options.tags ?? new Set<string>()
  const { contents, faults, strangeTags } = parseSyntax(decoded.text, tags)
  const suggest = suggesting()
  const strange = strangeTags.map(({ start, end }): Fault => {
    const tag = decoded.text.slice(start, end)
    return { offset: start, message: `unknown tag ${quote(tag)}`, hint: tags.size === 0 ? 'remove it' : suggest(tag, tags) }
  })
  const converted = contents && convert(contents, decoded.text, decoded.source, tags)
  const found = [...faults, ...strange, ...(converted?.faults ?? [])].sort((a, b) => a.offset - b.offset)
  const problems = found.map(({ offset, message, hint }) => problemAt({ source: decoded.source, offset }, message, hint))
  return { root: faults.length === 0 ? converted?.root : undefined, problems }
}
