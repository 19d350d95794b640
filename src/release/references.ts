import { type Place, problemAt } from '../document/node.ts'
import type { Problem } from '../errors.ts'
import { type Graph, inOrder } from '../graph.ts'
import { suggest } from '../nearest.ts'
import { parseReference, printReference, type Reference } from '../service/reference.ts'
import type { Manifest } from './manifest.ts'

/** Stacks by name, with the outputs that references can point at. */
type WithOutputs = ReadonlyMap<string, { readonly outputs: ReadonlyMap<string, unknown> }>

/** What references can point at. */
export interface Targets {
  readonly own: WithOutputs
  readonly platform: WithOutputs
  readonly artefact: boolean
}

/** One reference of a release, with where it stands. */
export interface Use {
  readonly stack: string
  readonly parameter: string
  readonly reference: Reference
  readonly place: Place
}

/**
 * Problems with references to outputs that are not there, each with the nearest name. The stacks they name were checked with the
 * descriptors; another service's outputs are read at apply only.
 */
export function checkReferences(uses: readonly Use[], targets: Targets): readonly Problem[] {
  return uses.flatMap(({ stack, parameter, reference, place }) => {
    const problem = dangling(reference, targets)
    return problem
      ? [problemAt(place, `input '${parameter}' of stack '${stack}': '${printReference(reference)}' ${problem.message}`, problem.hint)]
      : []
  })
}

function dangling(reference: Reference, targets: Targets): { readonly message: string; readonly hint: string } | undefined {
  if (reference.kind === 'artefact')
    return targets.artefact
      ? undefined
      : { message: 'needs an artefact, and this service has none', hint: "give 'artefact' in service.yml" }
  if (reference.kind !== 'stack' && reference.kind !== 'platform') return undefined
  const found = (reference.kind === 'stack' ? targets.own : targets.platform).get(reference.stack)
  if (found === undefined || found.outputs.has(reference.output)) return undefined
  return { message: `names an output that stack '${reference.stack}' does not have`, hint: suggest(reference.output, found.outputs.keys()) }
}

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
