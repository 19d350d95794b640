/** Each node with the nodes that it depends on. Every dependency is a node itself. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

/** A cycle, with its first node repeated at the end (`a → b → a`), or undefined if the graph has none. */
export function findCycle(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): readonly string[] | undefined => {
    if (done.has(node)) return undefined
    const seen = path.indexOf(node)
    if (seen >= 0) return [...path.slice(seen), node]
    path.push(node)
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next)
      if (cycle) return cycle
    }
    path.pop()
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const cycle = visit(node)
    if (cycle) return cycle
  }
  return undefined
}

/** The nodes in topological order: each after its dependencies, otherwise in the given order. The graph must have no cycle. */
export function inOrder(graph: Graph): readonly string[] {
  const ordered = new Set<string>()
  const visit = (node: string): void => {
    if (ordered.has(node)) return
    for (const next of graph.get(node) ?? []) visit(next)
    ordered.add(node)
  }
  for (const node of graph.keys()) visit(node)
  return [...ordered]
}

/**
 * Does the work of every node as soon as all its dependencies succeeded, as many at the same time as the graph allows. A node is not begun
 * if one of its dependencies did not succeed. Resolves once nothing runs any more, with the result of each node that was begun.
 * `work` reports failure by its result; if it throws, nothing further is begun and the error is thrown at the end.
 */
export async function runGraph<R>(
  graph: Graph,
  work: (node: string) => Promise<R>,
  wentWell: (result: R) => boolean,
): Promise<ReadonlyMap<string, R>> {
  const results = new Map<string, R>()
  const running = new Map<string, Promise<void>>()
  const errors: unknown[] = []
  const isReady = (node: string): boolean =>
    !running.has(node) &&
    [...(graph.get(node) ?? [])].every((dependency) => {
      const result = results.get(dependency)
      return result !== undefined && wentWell(result)
    })
  const start = (): void => {
    if (errors.length > 0) return
    for (const node of graph.keys()) if (isReady(node)) running.set(node, run(node))
  }
  const run = async (node: string): Promise<void> => {
    try {
      results.set(node, await work(node))
      start()
    } catch (error) {
      errors.push(error)
    }
  }
  start()
  for (let before = -1; before !== running.size; ) {
    before = running.size
    await Promise.all(running.values())
  }
  if (errors.length > 0) throw errors[0]
  return results
}
