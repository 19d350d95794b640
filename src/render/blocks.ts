import { markdownTable } from './summary-markdown.ts'

/** Markdown in blocks, so that a long text is divided where a reader would divide it. */
export type Block = Paragraph | Items | Table

export interface Paragraph {
  readonly kind: 'paragraph'
  readonly text: string
  /** True if it belongs to the block after it. */
  readonly heads?: boolean
}

/** A list. Its items are Markdown of one or more lines; all but the first are indented. */
export interface Items {
  readonly kind: 'items'
  readonly items: readonly string[]
  /** The title of the list, repeated if the list goes on in another part. */
  readonly of: string
  /** The words on the fold of a folded list. They must be our own, because HTML has an effect there and Markdown has none. */
  readonly fold?: string
}

export interface Table {
  readonly kind: 'table'
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly fold?: string
}

/** Blocks as one text. */
export function printBlocks(blocks: readonly Block[]): string {
  return blocks.map(printBlock).join('\n\n')
}

function printBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return block.text
    case 'items':
      return folded(block.fold, block.items.join('\n'))
    case 'table':
      return folded(block.fold, markdownTable(block.head, block.rows, Number.POSITIVE_INFINITY))
    default:
      return block satisfies never
  }
}

/** The size of a block in bytes, with the empty line after it. */
function sizeOf(block: Block): number {
  return Buffer.byteLength(printBlock(block)) + 2
}

function folded(fold: string | undefined, text: string): string {
  return fold === undefined ? text : `<details><summary>${fold}</summary>\n\n${text}\n\n</details>`
}

/** The bytes that must be free below a heading; with less room it goes into the next part. */
const WIDOW = 1_000

/**
 * Divides blocks into parts of at most `limit` bytes each: between blocks if possible, else between the items of a list or the rows of a
 * table, which then begin again with their title or header. A single item that is longer than a part is cut at the end of a line.
 */
export function divideBlocks(blocks: readonly Block[], limit: number): readonly (readonly Block[])[] {
  const parts: Block[][] = [[]]
  const rest = [...blocks]
  let length = 0
  const add = (block: Block): void => {
    parts.at(-1)?.push(block)
    length += sizeOf(block)
  }
  for (let block = rest.shift(); block !== undefined; block = rest.shift()) {
    const room = limit - length
    const size = sizeOf(block)
    const heads = block.kind === 'paragraph' && block.heads === true
    if (size + (heads ? Math.min(WIDOW, limit / 4) : 0) <= room) {
      add(block)
      continue
    }
    const [head, tail] = cut(block, room, length === 0)
    if (head) add(head)
    if (tail) rest.unshift(tail)
    if (rest.length === 0) break
    parts.push([])
    length = 0
    if (tail?.kind === 'items' && head) rest.unshift({ kind: 'paragraph', text: `#### ${tail.of}, continued`, heads: true })
  }
  return parts.filter((part) => part.length > 0)
}

type Halves = readonly [Block | undefined, Block | undefined]

/** Divides a block in two, of which the first fits. @param must true if no other part has more room */
function cut(block: Block, room: number, must: boolean): Halves {
  if (block.kind === 'paragraph') return must ? [{ ...block, text: clipped(block.text, room) }, undefined] : [undefined, block]
  const all: readonly unknown[] = block.kind === 'items' ? block.items : block.rows
  const take = (number: number): Block =>
    block.kind === 'items' ? { ...block, items: block.items.slice(0, number) } : { ...block, rows: block.rows.slice(0, number) }
  let fits = 0
  while (fits < all.length && sizeOf(take(fits + 1)) <= room) fits++
  if (fits === 0 && !must) return [undefined, block]
  if (fits === 0) return oversized(block, room)
  return [take(fits), fits === all.length ? undefined : after(block, fits)]
}

function after(block: Items | Table, number: number): Block {
  const fold = block.fold === undefined ? {} : { fold: continued(block.fold) }
  return block.kind === 'items'
    ? { ...block, ...fold, items: block.items.slice(number) }
    : { ...block, ...fold, rows: block.rows.slice(number) }
}

function continued(fold: string): string {
  return fold.endsWith(', continued') ? fold : `${fold}, continued`
}

/** The first item of a list, cut to the room there is. A row of a table has one line and is left out. */
function oversized(block: Items | Table, room: number): Halves {
  const more = (block.kind === 'items' ? block.items : block.rows).length > 1 ? after(block, 1) : undefined
  if (block.kind === 'table') return [undefined, more]
  const around = sizeOf({ ...block, items: [''] })
  return [{ ...block, items: [clipped(block.items[0] ?? '', room - around)] }, more]
}

/** A text cut at the end of a line; empty if its first line is too long. */
function clipped(text: string, room: number): string {
  const note = '…'
  const kept: string[] = []
  let left = room - 8
  for (const line of text.split('\n')) {
    left -= Buffer.byteLength(line) + 1
    if (left < 0) return [...kept, note].join('\n')
    kept.push(line)
  }
  return text
}
