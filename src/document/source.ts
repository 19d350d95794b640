import type { Source } from './node.ts'

/** How far `find` looks: a scalar is hardly ever longer, and many searches in vain must not take time in the square of the text. */
const reach = 20_000

/** A source over a text. Its lines are counted once, and only when the first position is asked for. */
export function sourceOf(text: string, file: string): Source {
  let starts: readonly number[] | undefined
  return {
    file,
    position(offset) {
      starts ??= lineStarts(text)
      const line = lineOf(starts, offset)
      return { line, column: offset - (starts[line - 1] ?? 0) + 1 }
    },
    find(part, from) {
      const found = text.slice(from, from + reach).indexOf(part)
      return found === -1 ? undefined : from + found
    },
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1)
  return starts
}

/** The last line that starts at or before the offset, from 1. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return low + 1
}
