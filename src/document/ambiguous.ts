import type { Problem } from '../errors.ts'
import { type Node, problemAt } from './node.ts'
import { quote, showPath } from './show.ts'

/**
 * Values of a descriptor that YAML 1.1 reads as true or false, and YAML 1.2 as text: `yes`, `Off`. Neither reading is guessed, since a
 * parameter that is live would change with it.
 */
export function ambiguousValues(node: Node, path: readonly (string | number)[] = []): Problem[] {
  if (node.kind === 'list') return node.items.flatMap((item, index) => ambiguousValues(item, [...path, index]))
  if (node.kind === 'map') return [...node.entries].flatMap(([key, { value }]) => ambiguousValues(value, [...path, key]))
  if (typeof node.value !== 'string' || node.written === undefined) return []
  const meant = /^(yes|on)$/i.test(node.written)
  const message = `${showPath(path)}: ${quote(node.written)} without quotes can mean ${meant} or a text`
  return [problemAt(node.place, message, `write ${meant}, or quote it: "${node.written}"`)]
}
