import { type Graph, inOrder } from '../graph.ts'
import { parseReference } from '../service/reference.ts'
import type { Manifest } from './manifest.ts'

/** The graph of a release's stacks in an environment, read off their parameters; in an order that nothing but names decides. */
export function graphOf(manifest: Manifest, environment: string): Graph {
  const parameters = manifest.environments[environment]?.parameters ?? {}
  const stacks = Object.keys(manifest.stacks).sort()
  const known = new Set(stacks)
  return new Map(
    stacks.map((stack) => {
      const needs = Object.values(parameters[stack] ?? {}).flatMap((given) => {
        const reference = 'from' in given ? parseReference(given.from) : undefined
        return reference?.kind === 'stack' && known.has(reference.stack) ? [reference.stack] : []
      })
      return [stack, new Set(needs.sort())]
    }),
  )
}

/** A release's stacks, each after those it needs: the order in which they are told. */
export function stacksInOrder(manifest: Manifest, environment: string): readonly string[] {
  return inOrder(graphOf(manifest, environment))
}
