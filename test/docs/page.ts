/**
 * A page of documentation as a test runs it. Three kinds of fenced blocks and no other: `sh` is run as it stands, `<language> file=<path>`
 * is a file that the reader writes, `text` is what is printed by what comes before it (`…` stands for anything, in a line or as a line).
 * And what happens on GitHub, as a comment that readers do not see:
 * `<!-- on GitHub: push .github/workflows/service.yml -->`, or `…, and it fails -->` where the run is to end red.
 */
export type Step =
  | { readonly kind: 'run'; readonly line: number; readonly script: string }
  | { readonly kind: 'write'; readonly line: number; readonly file: string; readonly content: string }
  | { readonly kind: 'expect'; readonly line: number; readonly lines: readonly string[] }
  | { readonly kind: 'github'; readonly line: number; readonly event: Event; readonly caller: string; readonly fails: boolean }

const events = ['push', 'pull_request', 'workflow_dispatch'] as const
export type Event = (typeof events)[number]

/** The steps of a page, in order. Throws for a block or a comment that no test would run, and for a block that never ends. */
export function stepsOf(markdown: string): readonly Step[] {
  const lines = markdown.split('\n')
  const steps: Step[] = []
  for (let at = 0; at < lines.length; at++) {
    const text = lines[at] ?? ''
    const fence = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(text)
    if (text.includes('<!--')) steps.push(occasionOf(text, at + 1))
    if (!fence) continue
    const [, indent = '', ticks = '', info = ''] = fence
    if (indent !== '' || ticks.startsWith('~')) throw new Error(`line ${at + 1}: a block begins at the left, with backticks`)
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

function occasionOf(text: string, line: number): Step {
  const [, name, caller, failing] = /^<!-- on GitHub: (\w+) \.github\/workflows\/([\w-]+\.yml)(, and it fails)? -->$/.exec(text) ?? []
  const event = events.find((known) => known === name)
  if (event === undefined || caller === undefined)
    throw new Error(`line ${line}: a comment that no test runs: make it <!-- on GitHub: <event> .github/workflows/<file> -->`)
  return { kind: 'github', line, event, caller, fails: failing !== undefined }
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
