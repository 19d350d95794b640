import type { Entry, Node } from './node.ts'
import { deepest } from './syntax.ts'

/** How many nodes the aliases of one document may make in all. */
export const mostCopies = 10_000

/** Why an alias has no copy. */
export type Refusal = 'dangling' | 'recursive' | 'too-many' | 'too-deep'

/** The anchors of a document, in the order in which it has them. */
export interface Anchors {
  /** Begins an anchored node: until it is closed, an alias to it would stand in itself. */
  open(name: string): void
  close(name: string, node: Node): void
  /** A copy of the anchored node for an alias at a depth. */
  copy(name: string, depth: number): Node | Refusal
}

/**
 * Anchors whose aliases are expanded into nodes of their own, so that a change of one place never shows in another. The copies keep the
 * place where their text stands. All are made under one budget: a few lines cannot ask for more memory than there is.
 */
export function anchors(budget = mostCopies): Anchors {
  const known = new Map<string, Node | 'open'>()
  let left = budget

  function copy(node: Node, depth: number): Node | Refusal {
    if (--left < 0) return 'too-many'
    if (node.kind === 'scalar') return { ...node }
    if (depth >= deepest) return 'too-deep'
    if (node.kind === 'list') {
      const items: Node[] = []
      for (const item of node.items) {
        const made = copy(item, depth + 1)
        if (typeof made === 'string') return made
        items.push(made)
      }
      return { ...node, items }
    }
    const entries = new Map<string, Entry>()
    for (const [name, { key, value }] of node.entries) {
      const made = copy(value, depth + 1)
      if (typeof made === 'string') return made
      entries.set(name, { key, value: made })
    }
    return { ...node, entries }
  }

  return {
    open: (name) => void known.set(name, 'open'),
    close: (name, node) => void known.set(name, node),
    copy(name, depth) {
      const node = known.get(name)
      if (node === undefined) return 'dangling'
      return node === 'open' ? 'recursive' : copy(node, depth)
    },
  }
}
