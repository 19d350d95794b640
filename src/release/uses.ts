import { type Place, problemAt } from '../document/node.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { PlatformRelease, StoredRecipe } from '../platform/release.ts'
import { parseReference, printReference, type Reference } from '../service/reference.ts'
import type { Service } from '../service/service.ts'
import { outputs as outputsOf } from '../template/facts.ts'
import { readTemplate } from '../template/read.ts'
import type { TemplateLibrary } from './templates.ts'

/** One reference of a release, with where it stands. */
export interface Use {
  /** What takes the value, as the beginning of a sentence: `input 'X' of stack 'y'`. */
  readonly taker: string
  readonly reference: Reference
  readonly place: Place
}

/** Stacks by name, with the outputs that references can point at. */
export type WithOutputs = ReadonlyMap<string, { readonly outputs: ReadonlyMap<string, unknown> }>

/** What references can point at. */
export interface Targets {
  readonly own: WithOutputs
  readonly platform: WithOutputs
  readonly artefact: boolean
}

/** The references that are in force in a service's release: its own, and the recipes' where it says nothing of the parameter. */
export function usesOf(service: Service, recipes: Readonly<Record<string, StoredRecipe>>): readonly Use[] {
  const inherited = Object.entries(recipes).flatMap(([stack, { inputs }]) => {
    const said = service.stacks.get(stack)?.value
    const left = Object.entries(inputs).filter(([parameter]) => !said?.inputs.has(parameter) && !said?.parameters.has(parameter))
    return left.flatMap(([parameter, from]) => {
      const reference = parseReference(from)
      return reference ? [{ taker: inputOf(stack, parameter), reference, place: service.blueprint.place }] : []
    })
  })
  const own = [...service.stacks].flatMap(([stack, { value }]) =>
    [...value.inputs].map(([parameter, { value: reference, place }]) => ({ taker: inputOf(stack, parameter), reference, place })),
  )
  return [...inherited, ...own]
}

/** An input as the taker of a value. */
export function inputOf(stack: string, parameter: string): string {
  return `input '${parameter}' of stack '${stack}'`
}

/** The outputs of those stacks of the platform that references name. */
export async function platformOutputs(uses: readonly Use[], release: PlatformRelease, library: TemplateLibrary): Promise<WithOutputs> {
  const wanted = new Set(uses.flatMap(({ reference }) => (reference.kind === 'platform' ? [reference.stack] : [])))
  const found = new Map<string, { readonly outputs: ReadonlyMap<string, unknown> }>()
  for (const stack of wanted) {
    const file = Object.hasOwn(release.stacks, stack) ? release.stacks[stack]?.template : undefined
    if (file === undefined || !library.files.has(file)) continue
    const { root } = readTemplate(await library.bytes(file), library.shown(file), 'platform')
    if (root) found.set(stack, { outputs: outputsOf(root) })
  }
  return found
}

/**
 * Problems with references to outputs that are not there, each with the nearest name. The stacks they name were checked with the
 * descriptors; another service's outputs are read at apply only.
 */
export function checkReferences(uses: readonly Use[], targets: Targets): readonly Problem[] {
  return uses.flatMap(({ taker, reference, place }) => {
    const problem = dangling(reference, targets)
    return problem ? [problemAt(place, `${taker}: '${printReference(reference)}' ${problem.message}`, problem.hint)] : []
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
  const hint = found.outputs.size === 0 ? 'its template has no outputs at all' : suggest(reference.output, found.outputs.keys())
  return { message: `names an output that stack '${reference.stack}' does not have`, hint }
}
