/**
 * A page of documentation as a test runs it. Three kinds of fenced blocks and no other: `sh` is run as it stands, `<language> file=<path>`
 * is a file that the reader writes, `text` is what the commands before it print (`…` stands for anything, in a line or as a line).
 */
export type Step =
  | { readonly kind: 'run'; readonly line: number; readonly script: string }
  | { readonly kind: 'write'; readonly line: number; readonly file: string; readonly content: string }
  | { readonly kind: 'expect'; readonly line: number; readonly lines: readonly string[] }

/** The steps of a page, in order. Throws for a block that no test would run, and for one that never ends. */
export function stepsOf(markdown: string): readonly Step[] {
  const lines = markdown.split('\n')
  const steps: Step[] = []
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(`{3,})(.*)$/.exec(lines[at] ?? '')
    if (!fence) continue
    const [, ticks = '', info = ''] = fence
    const end = lines.indexOf(ticks, at + 1)
    if (end < 0) throw new Error(`line ${at + 1}: a block that never ends`)
    steps.push(stepOf(info.trim(), at + 1, lines.slice(at + 1, end)))
    at = end
  }
  return steps
}

function stepOf(info: string, line: number, lines: readonly string[]): Step {
  if (info === 'sh') return { kind: 'run', line, script: lines.join('\n') }
  if (info === 'text') return { kind: 'expect', line, lines }
  const file = /^[a-z]+ file=(\S+)$/.exec(info)?.[1]
  if (file !== undefined) return { kind: 'write', line, file, content: `${lines.join('\n')}\n` }
  throw new Error(`line ${line}: a block '${info}' that no test runs: make it sh, text, or a language with file=<path>`)
}

/** The first line that was promised and is not there, in order; undefined if all are. */
export function missingLine(wanted: readonly string[], printed: string): string | undefined {
  const lines = printed.split('\n').map((line) => line.trimEnd())
  let from = 0
  for (const line of wanted) {
    if (line.trim() === '' || line.trim() === '…') continue
    const pattern = new RegExp(`^${line.trimEnd().split('…').map(literally).join('.*')}$`)
    const found = lines.findIndex((printedLine, at) => at >= from && pattern.test(printedLine))
    if (found < 0) return line
    from = found + 1
  }
  return undefined
}

/** A text as a pattern that only it fits. */
function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
