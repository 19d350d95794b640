import { readTemplate } from '../../src/template/read.ts'
import { writeTemplate } from '../../src/template/write.ts'

/** A number from 0 up to a bound, which it does not reach. */
export type Next = (bound: number) => number

/** A value as YAML writes it, and the JSON that it must become. `written` may have several lines, all but the first indented by two. */
interface Value {
  readonly written: string
  readonly json: string
}

const deepest = 4

/** Writes `count` random templates, reads them, and reads again what was written of them. Throws at the first that is not what it was. */
export function checkRandomTemplates(count: number, next: Next): void {
  for (let made = 0; made < count; made++) checkOne(next)
}

function checkOne(next: Next): void {
  const entries = Array.from({ length: 1 + next(4) }, (_, n) => [`R${n}`, anyValue(next, 0, false)] as const)
  const text = `Resources:\n${entries.map(([name, { written }]) => `  ${name}:\n    Type: T\n    Metadata: ${deeper(deeper(deeper(written)))}\n`).join('')}`
  const expected = `{"Resources":{${entries.map(([name, { json }]) => `"${name}":{"Type":"T","Metadata":${json}}`).join(',')}}}`
  const { root, problems } = readTemplate(text, 'random.yml', 'platform')
  if (!root || problems.length > 0) throw new Error(`not read: ${problems[0]?.message}\n${text}`)
  const written = writeTemplate(root)
  const shown = withoutSpace(written)
  if (shown !== expected) throw new Error(`read otherwise:\n${text}\nexpected ${expected}\ngot      ${shown}`)
  const again = readTemplate(written, 'random.json', 'platform')
  if (!again.root || writeTemplate(again.root) !== written) throw new Error(`written otherwise the second time:\n${written}`)
}

/** JSON without the space between its tokens. */
function withoutSpace(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, text: string | undefined) => text ?? '')
}

function deeper(written: string): string {
  return written.replaceAll(/\n(?!\n|$)/g, '\n  ')
}

function anyValue(next: Next, depth: number, inFlow: boolean): Value {
  const kind = next(depth >= deepest ? 5 : 8)
  if (kind < 5) return scalarOf(next, inFlow)
  if (kind === 5) return callOf(next, depth)
  return kind === 6 ? listOf(next, depth, inFlow) : mapOf(next, depth, inFlow)
}

function scalarOf(next: Next, inFlow: boolean): Value {
  switch (next(6)) {
    case 0: {
      const text = numberText(next)
      return { written: text, json: text }
    }
    case 1: {
      const [written, json] = pick(next, words)
      return { written, json }
    }
    case 2:
      return quoted(pick(next, plainTexts), (text) => text)
    case 3:
      return quoted(anyText(next).replaceAll(/[\n\r\t]/g, ' '), (text) => `'${text.replaceAll("'", "''")}'`)
    case 4: {
      if (inFlow) return quoted(anyText(next), (text) => JSON.stringify(text))
      const lines = Array.from({ length: 1 + next(3) }, () => pick(next, plainTexts))
      return { written: `|\n  ${lines.join('\n  ')}`, json: JSON.stringify(`${lines.join('\n')}\n`) }
    }
    default:
      return quoted(anyText(next), (text) => JSON.stringify(text))
  }
}

function quoted(text: string, write: (text: string) => string): Value {
  return { written: write(text), json: JSON.stringify(text) }
}

/** A function with an argument that it takes: what it may stand for is not of interest here. */
function callOf(next: Next, depth: number): Value {
  const { written, json } = anyValue(next, depth + 1, true)
  return next(2) === 0
    ? { written: `!Split [",", ${written}]`, json: `{"Fn::Split":[",",${json}]}` }
    : { written: `{Fn::Base64: ${written}}`, json: `{"Fn::Base64":${json}}` }
}

function listOf(next: Next, depth: number, inFlow: boolean): Value {
  const flow = inFlow || next(2) === 0
  const items = Array.from({ length: next(4) }, () => anyValue(next, depth + 1, flow))
  const json = `[${items.map((item) => item.json).join(',')}]`
  if (flow || items.length === 0) return { written: `[${items.map(({ written }) => written).join(', ')}]`, json }
  return { written: items.map(({ written }) => `\n  - ${deeper(written)}`).join(''), json }
}

function mapOf(next: Next, depth: number, inFlow: boolean): Value {
  const flow = inFlow || next(2) === 0
  const keys = [...new Set(Array.from({ length: next(4) }, () => pick(next, names)))]
  const entries = keys.map((key) => [key, anyValue(next, depth + 1, flow)] as const)
  const json = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${value.json}`).join(',')}}`
  if (flow || entries.length === 0) return { written: `{${entries.map(([key, { written }]) => `${key}: ${written}`).join(', ')}}`, json }
  return { written: entries.map(([key, { written }]) => `\n  ${key}: ${deeper(written)}`).join(''), json }
}

const words = [
  ...['true', 'True', 'TRUE', 'yes', 'Yes', 'on', 'ON'].map((word) => [word, 'true'] as const),
  ...['false', 'False', 'no', 'NO', 'off', 'Off'].map((word) => [word, 'false'] as const),
] as const
const plainTexts = [
  'a',
  'b c',
  'y',
  'N',
  '0755',
  '1_000',
  '1:30',
  '1e3',
  '+5',
  '.5',
  '0x1F',
  '2012-10-17',
  '.inf',
  'a:b',
  'a#b',
  'yEs',
  '10.0.0.0/16',
] as const
const names = [
  'a',
  'B',
  'yes',
  'on',
  'Key',
  'Condition',
  '__proto__',
  'constructor',
  '1.0',
  '01',
  'a.b',
  'a/b',
  '~a',
  'Properties',
] as const
const letters = [
  'a',
  'Z',
  ' ',
  '"',
  "'",
  '\\',
  '\n',
  '\t',
  ':',
  '#',
  '{',
  ']',
  ',',
  '&',
  '*',
  '!',
  '|',
  '%',
  '@',
  'é',
  '😀',
  '\u2028',
  '$',
] as const

function numberText(next: Next): string {
  const sign = next(3) === 0 ? '-' : ''
  const whole = next(2) === 0 ? String(next(100)) : `${1 + next(9)}${Array.from({ length: next(25) }, () => next(10)).join('')}`
  const fraction = next(2) === 0 ? '' : `.${Array.from({ length: 1 + next(6) }, () => next(10)).join('')}`
  const exponent = fraction !== '' && next(4) === 0 ? `e${pick(next, ['+', '-'])}${next(20)}` : ''
  return sign + whole + fraction + exponent
}

function anyText(next: Next): string {
  return Array.from({ length: next(10) }, () => pick(next, letters)).join('')
}

function pick<T>(next: Next, from: readonly [T, ...T[]] | readonly T[]): T {
  const one = from[next(from.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}
