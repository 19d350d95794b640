import type { Command, DeclaredInputs, Input } from '../commands/command.ts'
import { verbs } from '../commands/verbs.ts'
import { exitCodes } from '../errors.ts'
import { version } from '../version.ts'
import { commonFlags } from './arguments.ts'

const placeholders: Readonly<Record<Exclude<Input['kind'], 'enum'>, string>> = {
  string: '<text>',
  boolean: '',
  folder: '<folder>',
  file: '<file>',
  duration: '<duration>',
  strings: '<text>',
}

/** The help of the whole program. */
export function overview(): string {
  const width = Math.max(...[...verbs.keys()].map((name) => name.length))
  const rows = [...verbs].map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  return [
    `towpath ${version}: the paved path from merge to production`,
    '',
    'usage: towpath <verb> [flags]',
    '',
    ...rows,
    '',
    'towpath <verb> --help shows what a verb takes and gives.',
    '',
  ].join('\n')
}

/** The help of one verb: its inputs, its outputs and its exit codes. */
export function helpFor(command: Command): string {
  const examples = command.examples ?? []
  return [
    `towpath ${command.name}: ${command.summary}`,
    '',
    `usage: towpath ${command.name} ${synopsis(command.inputs)}`,
    '',
    'flags:',
    ...flagRows({ ...command.inputs, ...commonFlags }),
    '',
    'gives (the same names with --json):',
    ...columns(Object.entries(command.outputs).map(([name, { description }]) => [name, description])),
    ...(examples.length > 0 ? ['', 'examples:', ...examples.map((line) => `  towpath ${line}`)] : []),
    '',
    'exit codes:',
    ...columns(endings()),
    '',
  ].join('\n')
}

function synopsis(inputs: DeclaredInputs): string {
  const required = Object.entries(inputs).filter(([, input]) => input.required)
  return [...required.map(([name, input]) => `--${name} ${placeholder(input)}`), '[flags]'].join(' ')
}

/** What stands for the value of a flag: the words themselves if only some can be given. */
function placeholder(input: Input): string {
  return input.kind === 'enum' ? input.values.join('|') : placeholders[input.kind]
}

function flagRows(inputs: DeclaredInputs): string[] {
  return columns(
    Object.entries(inputs).map(([name, input]) => {
      const notes = [
        ...(input.default === undefined ? [] : [`default: ${input.default}`]),
        ...(input.env === undefined ? [] : [`or ${input.env}`]),
        ...(input.required ? ['required'] : []),
      ]
      return [`--${name} ${placeholder(input)}`.trimEnd(), `${input.description}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`]
    }),
  )
}

/** Two columns, the second wrapped at 100 characters under itself. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(26, Math.max(...rows.map(([left]) => left.length)))
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, 96 - width)
    const first =
      left.length > width ? [`  ${left}`, `  ${' '.repeat(width)}  ${lines[0] ?? ''}`] : [`  ${left.padEnd(width)}  ${lines[0] ?? ''}`]
    return [...first, ...lines.slice(1).map((line) => `  ${' '.repeat(width)}  ${line}`)]
  })
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** The exit codes in words (design 9). */
const meanings: Readonly<Record<number, string>> = {
  1: 'failed',
  2: 'bad input: files, flags, names, rights; or refused: an older commit, another plan',
  3: 'outcome unknown: something may still be under way',
  4: 'stopped by a gate',
  5: 'lock held by another',
  6: 'drift found',
  70: 'a bug of ours',
  130: 'interrupted',
}

function endings(): (readonly [string, string])[] {
  const codes = [...new Set(Object.values(exitCodes))].sort((a, b) => a - b)
  return [['0', 'succeeded, or nothing to do'], ...codes.map((code) => [String(code), meanings[code] ?? ''] as const)]
}
