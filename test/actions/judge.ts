/**
 * What the readers of a step's text would make of it, more readily deceived than they are: whatever might be a command to some version of
 * the runner is one here. Sources: actions/runner, ActionCommand.cs (TryParseV2, TryParse), OutputManager.cs, FileCommandManager.cs;
 * CommonMark 0.31, 6.1 (code spans); GFM 4.10 (tables).
 */

/** A workflow command that the runner would execute. */
export interface Executed {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

/** Every character that some reader ends a line at. */
const lineEnds = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/
/** What the runner's comparison by culture passes over. */
const ignored = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

/** The lines of a log, each as the command that it is, or as text. */
export function linesOf(stdout: string): readonly (Executed | string)[] {
  const lines = stdout.split(lineEnds)
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => commandIn(line) ?? line)
}

export function commandsIn(stdout: string): readonly Executed[] {
  return linesOf(stdout).filter((line) => typeof line !== 'string')
}

function commandIn(line: string): Executed | undefined {
  const bare = line.replace(ignored, '').trimStart()
  const second = /^::\s*([^\s:]+)\s*(.*?)::(.*)$/s.exec(bare)
  if (second) return { name: lower(second[1]), properties: propertiesOf(second[2], ','), data: unescaped(second[3]) }
  const first = /##\[\s*([^\s\]]+)\s*([^\]]*)\]?(.*)$/s.exec(bare)
  if (first) return { name: lower(first[1]), properties: propertiesOf(first[2], ';'), data: unescaped(first[3]) }
  return undefined
}

function lower(text = ''): string {
  return text.toLowerCase()
}

function propertiesOf(text = '', separator: string): Readonly<Record<string, string>> {
  const pairs = text.split(separator).flatMap((pair) => {
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    return name === '' || value === '' ? [] : [[name, unescaped(value).replaceAll('%3A', ':').replaceAll('%2C', ',')] as const]
  })
  return Object.fromEntries(pairs)
}

function unescaped(text = ''): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')
}

/** Characters that would do something to a terminal or turn a reader's text around; line ends that stand where they should are none. */
export function controlsIn(text: string): readonly string[] {
  return [...text.matchAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu)].map(([found]) => found).filter((found) => found !== '\n')
}

/** The outputs that a file of GITHUB_OUTPUT sets. Throws where the runner would. */
export function outputsIn(file: string): ReadonlyMap<string, string> {
  const set = new Map<string, string>()
  const lines = file.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (line === '') continue
    const [equals, here] = [line.indexOf('='), line.indexOf('<<')]
    if (equals >= 0 && (here < 0 || equals < here)) {
      set.set(line.slice(0, equals), line.slice(equals + 1))
      continue
    }
    const [name, delimiter] = [line.slice(0, here), line.slice(here + 2)]
    if (here < 0 || name === '' || delimiter === '') throw new Error(`Invalid format '${line}'`)
    const end = lines.indexOf(delimiter, at + 1)
    if (end < 0) throw new Error(`Matching delimiter not found '${delimiter}'`)
    set.set(name, lines.slice(at + 1, end).join('\n'))
    at = end
  }
  return set
}

/** Markdown with what stands in code taken out: what is left is what GitHub would give a meaning to. */
export function skeleton(markdown: string): readonly string[] {
  const left: string[] = []
  let paragraph: string[] = []
  let fence: string | undefined
  const flush = (): void => {
    if (paragraph.length > 0) left.push(withoutCode(paragraph.join('\n')))
    paragraph = []
  }
  for (const line of markdown.split(/\r\n|[\n\r]/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined
      left.push(fence === undefined ? 'fence' : chartLine(line))
    } else if (mark !== undefined && !(mark.startsWith('`') && line.slice(line.indexOf(mark) + mark.length).includes('`'))) {
      flush()
      fence = mark
      left.push(line)
    } else if (line.trim() === '') flush()
    else if (/^ {0,3}\|/.test(line)) {
      flush()
      left.push(`row ${cellsOf(line).map(withoutCode).join(' | ')}`)
    } else if (/^ {0,3}(?:#|- |> )/.test(line)) {
      flush()
      left.push(withoutCode(line))
    } else paragraph.push(line)
  }
  flush()
  return left
}

/** A line of a chart: its times are left out, and its names if nothing in them has a meaning to mermaid. */
function chartLine(line: string): string {
  return line.replace(/^ {2}\d+ [\w.-]*, [\w.-]* :/, '  task :').replace(/\d+ms$/, 'ms')
}

/** A table's row, cut at every bar that some reader would cut it at. */
function cellsOf(line: string): readonly string[] {
  return line.split('|').slice(1, -1)
}

function withoutCode(text: string): string {
  let left = ''
  let rest = text
  while (rest !== '') {
    const ticks = /^`+/.exec(rest)?.[0]
    if (ticks === undefined) {
      const plain = /^(?:\\[^\n]|[^`\\]|\\)/.exec(rest)?.[0] ?? rest
      left += plain
      rest = rest.slice(plain.length)
      continue
    }
    const close = [...rest.slice(ticks.length).matchAll(/`+/g)].find(([run]) => run.length === ticks.length)
    left += close ? '⟨⟩' : ticks
    rest = rest.slice(ticks.length + (close ? close.index + ticks.length : 0))
  }
  return left.replaceAll('–', '⟨⟩')
}
