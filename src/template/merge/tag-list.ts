import { type ListNode, type Node, scalarText } from '../../document/node.ts'
import { member } from '../../document/placed.ts'

/**
 * Merges two lists of resource tags: entries with the same `Key` by `merge`, new ones appended. Undefined if neither is such a list;
 * 'mixed' if they are in part, as when one entry is an `Fn::If`: to replace such a list would drop the others' tags without a word.
 */
export function mergeTags(
  base: ListNode,
  over: ListNode,
  merge: (below: Node, above: Node, at: number) => Node,
): ListNode | 'mixed' | undefined {
  const all = [...base.items, ...over.items]
  const keyed = all.filter((item) => tagKey(item) !== undefined).length
  if (keyed < all.length) return keyed === 0 ? undefined : 'mixed'
  const items = [...base.items]
  const index = new Map(items.map((item, at) => [tagKey(item), at]))
  for (const item of over.items) {
    const at = index.get(tagKey(item))
    const below = at === undefined ? undefined : items[at]
    if (at === undefined || !below) index.set(tagKey(item), items.push(item) - 1)
    else items[at] = merge(below, item, at)
  }
  return { ...base, items }
}

function tagKey(item: Node): string | undefined {
  const key = member(item, 'Key')
  return key?.kind === 'scalar' ? scalarText(key) : undefined
}
