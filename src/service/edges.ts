import { type Place, problemAt } from '../document/node.ts'
import type { Named } from '../document/placed.ts'
import type { Problem } from '../errors.ts'
import type { Inputs } from './service.ts'

/** Which stack refers to which, and where the reference is written. */
export type Edges = ReadonlyMap<string, ReadonlyMap<string, Place>>

/** The edges that some stacks' own inputs make: references to stacks of the same service. */
export function edgesOf(stacks: Named<{ readonly inputs: Inputs }>): Edges {
  return new Map([...stacks].map(([stack, { value }]) => [stack, edgesFrom(value.inputs)]))
}

/** Where inputs refer to each stack of the same service first. */
export function edgesFrom(inputs: Inputs): ReadonlyMap<string, Place> {
  const edges = new Map<string, Place>()
  for (const { value, place } of inputs.values()) {
    if (value.kind === 'stack' && !edges.has(value.stack)) edges.set(value.stack, place)
  }
  return edges
}

/** Enough to see what is wrong: each circle may be as long as the descriptor. */
const mostCircles = 10
const longestPrinted = 12

/** Circles of references, each at one of them: at one in `file`, if the circle passes through it. */
export function cycleProblems(edges: Edges, file: string): Problem[] {
  return findCycles(edges).flatMap((cycle) => {
    const places = cycle.flatMap((from, index) => edges.get(from)?.get(cycle[index + 1] ?? '') ?? [])
    const place = places.find(({ source }) => source.file === file) ?? places[0]
    const circle = cycle.length > longestPrinted ? [...cycle.slice(0, longestPrinted - 2), '…', ...cycle.slice(-2)] : cycle
    if (!place) return []
    return [problemAt(place, `stacks refer to each other in a circle: ${circle.join(' → ')}`, 'one of them must do without the other')]
  })
}

/**
 * The circles that a walk through all edges closes, as `['a', 'b', 'a']`: none only if there is none, and at most ten. Without
 * recursion, unlike `findCycle`: what is checked here is any descriptor, and its chains may be longer than the call stack.
 */
function findCycles(edges: Edges): readonly (readonly string[])[] {
  const found: string[][] = []
  const state = new Map<string, 'open' | 'done'>()
  for (const start of edges.keys()) {
    const path: string[] = []
    const ahead = [start]
    for (let stack = ahead.at(-1); stack !== undefined && found.length < mostCircles; stack = ahead.at(-1)) {
      if (state.has(stack)) {
        ahead.pop()
        if (state.get(stack) === 'open') path.pop()
        state.set(stack, 'done')
        continue
      }
      state.set(stack, 'open')
      path.push(stack)
      for (const need of edges.get(stack)?.keys() ?? []) {
        if (!state.has(need)) ahead.push(need)
        else if (state.get(need) === 'open' && found.length < mostCircles) found.push([...path.slice(path.indexOf(need)), need])
      }
    }
  }
  return found
}
