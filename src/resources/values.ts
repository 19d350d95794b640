import { type Node, type ScalarNode, scalarText } from '../document/node.ts'
import { quote, showNode } from '../document/show.ts'
import type { Limits, ScalarShape, Shape } from './shape.ts'

/** Longer texts are not held against a pattern: it is advice, and published patterns are written for another engine. */
const longestMatched = 1_000

/** What is wrong with a value for a scalar property, in words; undefined if nothing is, or if CloudFormation resolves it. */
export function wrongScalar(shape: Shape, node: Node): string | undefined {
  const limits: ScalarShape | undefined = typeof shape === 'object' && 't' in shape ? shape : undefined
  const t = limits?.t ?? shape
  if (node.kind !== 'scalar') return `expected ${kinds[String(t)] ?? 'a value'}, got ${showNode(node)}`
  const text = scalarText(node)
  if (node.value === null || text.includes('{{resolve:')) return undefined
  switch (t) {
    case 'b':
      return /^(true|false)$/i.test(text) ? wrongChoice(limits, text) : `expected true or false, got ${showNode(node)}`
    case 'i':
      return /^[-+]?[0-9]+(\.0*)?$/.test(text) ? wrongNumber(limits, text) : `expected an integer, got ${showNode(node)}`
    case 'n':
      return Number.isFinite(Number(text)) && text.trim() !== '' ? wrongNumber(limits, text) : `expected a number, got ${showNode(node)}`
    case 's':
      return wrongText(limits, node, text)
    default:
      return undefined
  }
}

const kinds: Readonly<Record<string, string>> = { b: 'true or false', i: 'an integer', n: 'a number', s: 'a text' }

function wrongNumber(limits: ScalarShape | undefined, text: string): string | undefined {
  const value = Number(text)
  if (limits?.min !== undefined && value < limits.min) return `${text} is less than ${limits.min}`
  if (limits?.max !== undefined && value > limits.max) return `${text} is more than ${limits.max}`
  return wrongChoice(limits, text)
}

function wrongText(limits: ScalarShape | undefined, node: ScalarNode, text: string): string | undefined {
  // What CloudFormation makes of such a number where it wants a text is its own: 4.0 has arrived as 4.
  if (typeof node.value === 'number' && String(node.value) !== node.written) return `quote the number ${text}: its text matters here`
  const length = [...text].length
  if (limits?.min !== undefined && length < limits.min) return `${quote(text)} has ${length} characters, fewer than ${limits.min}`
  if (limits?.max !== undefined && length > limits.max) return `${quote(text)} has ${length} characters, more than ${limits.max}`
  if (limits?.re !== undefined && text.length <= longestMatched && !new RegExp(limits.re, 'u').test(text))
    return `${quote(text)} does not match ${quote(limits.re)}`
  return wrongChoice(limits, text)
}

function wrongChoice(limits: ScalarShape | undefined, text: string): string | undefined {
  const { e } = limits ?? {}
  if (e === undefined || e.some((one) => String(one).toLowerCase() === text.toLowerCase())) return undefined
  return `${quote(text)} is not one of ${e.slice(0, 12).map(String).join(', ')}${e.length > 12 ? ', …' : ''}`
}

/** What is wrong with how many entries a list has. */
export function wrongNumberOf({ min, max }: Limits, entries: number): string | undefined {
  if (min !== undefined && entries < min) return `it has ${entries} entries, fewer than ${min}`
  return max !== undefined && entries > max ? `it has ${entries} entries, more than ${max}` : undefined
}
