import type { Node } from './node.ts'

const longest = 60

/** A text in quotes, safe to print: control and invisible characters are written out, long texts are cut. */
export function quote(text: string): string {
  return `'${plainly(text, longest)}'`
}

/** A text, safe to print and at most so long. */
export function plainly(text: string, most: number): string {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text
  return cut.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`)
}

/** A value as a message says it: `'abc'`, `the number 3.2`, `a list`. */
export function showNode(node: Node): string {
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list'
  if (node.kind === 'map') return node.entries.size === 0 ? 'an empty map' : 'a map'
  if (typeof node.value === 'string') return quote(node.value)
  if (typeof node.value === 'number') return `the number ${node.written}`
  return node.value === null ? 'nothing' : String(node.value)
}

/** Keys and positions from the root as people write them: `checks[0].name`, `gates.stateful['AWS::S3::Bucket']`. */
export function showPath(steps: readonly (string | number)[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`
    if (!/^[\w-]+$/.test(step)) return `${path}[${quote(step)}]`
    return path === '' ? step : `${path}.${step}`
  }, '')
}
