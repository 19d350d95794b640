import { plain } from './plain.ts'

/** The longest foreign text that is not shortened, in characters. */
const LONGEST = 1_500

/**
 * Foreign text as a code span, which nothing in it can leave: fenced by more backticks than it has in a row, and without the bars that end
 * a table's cell even there. Nor are mentions, links, HTML and formulas anything but text in it. Source: CommonMark 6.1; GFM 4.10.
 */
export function code(text: string): string {
  return codeUpTo(LONGEST, text)
}

/** A code span of at most so many characters. */
export function codeUpTo(longest: number, text: string): string {
  const shown = plain(text).toWellFormed().replaceAll('|', '\\u007c')
  const short = shown.length > longest ? `${shown.slice(0, longest).toWellFormed()} …` : shown
  if (short.trim() === '') return '–'
  const ticks = Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(ticks + 1)
  const pad = ticks > 0 ? ' ' : ''
  return `${fence}${pad}${short}${pad}${fence}`
}

/** A table; its cells are Markdown already. Rows after the first `most` are only counted. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[], most = 100): string {
  const shown = rows.slice(0, most)
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    row(head),
    row(head.map(() => '---')),
    ...shown.map(row),
    ...(rows.length > most ? [row([`and ${rows.length - most} more`, ...head.slice(1).map(() => '')])] : []),
  ].join('\n')
}

/** Blocks of Markdown as one text of at most `limit` bytes. A longer text is cut at the end of a line, and says so. */
export function joinBlocks(blocks: readonly string[], limit: number): string {
  const whole = `${blocks.join('\n\n')}\n`
  if (Buffer.byteLength(whole) <= limit) return whole
  const note = '\n\n*This summary is cut: it would be larger than GitHub shows. The rest is in the log and the outputs of the step.*\n'
  let room = limit - Buffer.byteLength(note) - RESERVED
  const kept: string[] = []
  for (const line of whole.split('\n')) {
    room -= Buffer.byteLength(line) + 1
    if (room < 0) break
    kept.push(line)
  }
  return `${closed(kept)}${note}`
}

/** The bytes that are kept free for closing fences and folds. */
const RESERVED = 1_000

/** Closes the fences and folds that are still open at the end of some lines. */
function closed(lines: readonly string[]): string {
  const fences = lines.filter((line) => line.startsWith('```')).length
  const folds = lines.filter((line) => line.startsWith('<details>')).length - lines.filter((line) => line.startsWith('</details>')).length
  return [...lines, ...(fences % 2 === 1 ? ['```'] : []), ...Array.from({ length: Math.max(0, folds) }, () => '\n</details>')].join('\n')
}
