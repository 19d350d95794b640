import type { MapNode, Node, ScalarNode } from '../../document/node.ts'
import { suspicion } from '../../document/scalar.ts'
import { quote } from '../../document/show.ts'
import { type Finding, pointerTo } from './finding.ts'

/** Beyond it a double does not hold every digit of a number. */
const exactDigits = 15
/** From so many digits on, a number is more likely an id. */
const likelyId = 10

/** Advice on values that nobody quoted and that could be read in another way than they were meant. */
export function scalarAdvice(root: MapNode): Finding[] {
  const found: Finding[] = []
  visit(found, root, '')
  return found
}

function visit(found: Finding[], node: Node, pointer: string): void {
  if (node.kind === 'list') for (const [index, item] of node.items.entries()) visit(found, item, pointerTo(pointer, index))
  if (node.kind === 'map') for (const [key, { value }] of node.entries) visit(found, value, pointerTo(pointer, key))
  if (node.kind !== 'scalar' || node.written === undefined) return
  const message = adviceOn(node, node.written)
  if (message !== undefined) found.push({ rule: 'scalar', level: 'warning', pointer, place: node.place, message })
}

function adviceOn({ value }: ScalarNode, written: string): string | undefined {
  const shown = quote(written)
  if (typeof value === 'boolean') return `${shown} is read as ${value}, as CloudFormation does: write ${value}, or quote it`
  if (typeof value === 'number') {
    const digits = written.replaceAll(/[^0-9]/g, '').length
    if (digits > exactDigits) return `the number ${shown} has ${digits} digits, and other programs may change it: quote it`
    return digits >= likelyId ? `${shown} is read as a number: quote it if it is an id` : undefined
  }
  const why = suspicion(written)
  return why === undefined
    ? undefined
    : `${shown} is read as text because of ${reasons[why]}, and other programs may read a number: quote it`
}

const reasons = {
  'a leading zero': 'its leading zero',
  'base 60': 'its colons',
  'an underscore': 'its underscore',
  'an exponent': 'its exponent',
  'no number of JSON': 'its form, which JSON does not have',
} as const
