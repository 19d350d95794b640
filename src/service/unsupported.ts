import { type Node, type Place, problemAt } from '../document/node.ts'
import { entriesOf } from '../document/placed.ts'
import { showPath } from '../document/show.ts'
import type { Problem } from '../errors.ts'

/** A key that the schema knows and this version of Towpath cannot act on yet. */
export interface Unsupported {
  /** From the root; `*` is any key. */
  readonly path: readonly string[]
  /** If only some values are not supported: what to say after the key, or undefined for a value that is fine. */
  detail?(value: Node): string | undefined
}

/** Such a key as it was found. */
export interface Asked {
  /** The key with its path, and what of it is not supported: `gates.stateful: warn`. */
  readonly what: string
  readonly place: Place
}

/** What `service.yml` can ask for and does not get yet. */
const notYet: readonly Unsupported[] = [{ path: ['checks'] }, { path: ['rollback'] }]

/** The keys of a service descriptor that this version would have to ignore: they are refused instead. */
export function unsupportedInService(root: Node): Problem[] {
  return refused(askedFor(root, notYet))
}

/** What of a table stands under a node. */
export function askedFor(node: Node, table: readonly Unsupported[]): Asked[] {
  return table.flatMap(({ path, detail }) =>
    matches(node, path, []).flatMap(({ steps, place, value }) => {
      const more = detail ? detail(value) : ''
      return more === undefined ? [] : [{ what: showPath(steps) + more, place }]
    }),
  )
}

export function refused(asked: readonly Asked[]): Problem[] {
  return asked.map(({ what, place }) =>
    problemAt(place, `'${what}' is not supported by this version of towpath`, 'remove it, or use a version that has it'),
  )
}

interface Match {
  readonly steps: readonly string[]
  readonly place: Place
  readonly value: Node
}

function matches(node: Node, path: readonly string[], above: readonly string[]): Match[] {
  const [step, ...rest] = path
  return [...entriesOf(node)].flatMap(([name, { key, value }]) => {
    if (step !== '*' && step !== name) return []
    const steps = [...above, name]
    return rest.length === 0 ? [{ steps, place: key, value }] : matches(value, rest, steps)
  })
}
