import { type Place, problemAt } from '../document/node.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { PlatformRelease, StoredRecipe, StoredValue } from '../platform/release.ts'
import { printReference } from '../service/reference.ts'
import type { Parameters, Service } from '../service/service.ts'
import type { Given } from './manifest.ts'
import type { MergedStacks, MergedTemplate } from './merged.ts'
import { valueProblems } from './values.ts'

export { undeclared } from '../platform/environment.ts'

interface LayerValue {
  readonly value: Given
  /** As it was written, unless it is a reference. */
  readonly written?: StoredValue
  readonly place: Place
}

/** What one layer gives a stack. Weaker layers are asked only for what stronger ones leave open. */
interface Layer {
  readonly given: ReadonlyMap<string, LayerValue>
  /**
   * True of the platform, which was held to its templates when it was published: a parameter that the template does not have was taken
   * out by the service's override, or is meant for another stack of this name. Of a service it is a mistake.
   */
  readonly held: boolean
}

/** What an environment gives the stacks of a release, and every problem found on the way. */
export interface Assigned {
  readonly parameters: Record<string, Record<string, Given>>
  readonly problems: readonly Problem[]
}

/** The recipes and the settings that values come from. A service of null is the platform itself. */
export interface Sources {
  readonly platform: PlatformRelease
  /** What messages call platform.yml. */
  readonly descriptor: string
  readonly recipes: Readonly<Record<string, StoredRecipe>>
  readonly service: Service | null
}

/**
 * Gives each template parameter its value in one environment, strongest layer first (design 6): the service's environment, the service's
 * stack, the platform's environment, the recipe; what is left takes the template's default.
 */
export function assign(environment: string, stacks: MergedStacks, sources: Sources): Assigned {
  const parameters: Record<string, Record<string, Given>> = {}
  const problems: Problem[] = []
  const missing: string[] = []
  const { service, descriptor } = sources
  for (const [stack, template] of stacks) {
    const chosen = new Map<string, Given>()
    for (const { given, held } of layersOf(environment, stack, sources)) {
      for (const [name, { value, written, place }] of given) {
        const facts = template.parameters.get(name)
        if (facts === undefined) {
          if (!held) problems.push(unknownParameter(place, name, stack, template))
          continue
        }
        // What a stronger layer gives instead is not in force here: only a secret may not be written down anywhere.
        if (written !== undefined && (facts.noEcho || !chosen.has(name)))
          problems.push(...valueProblems(facts, written, { name, stack, place, environment }))
        if (!chosen.has(name)) chosen.set(name, value)
      }
    }
    for (const [name, facts] of template.parameters) if (facts.default === undefined && !chosen.has(name)) missing.push(`${stack}.${name}`)
    parameters[stack] = Object.fromEntries(chosen)
  }
  const place = service?.environments.get(environment)?.key ?? startOf(service?.file ?? descriptor)
  problems.push(...withoutValue(place, environment, missing, service ? 'service.yml' : 'platform.yml'))
  return { parameters, problems }
}

/** A parameter that a template does not have. */
export function unknownParameter(place: Place, name: string, stack: string, { file, parameters }: MergedTemplate): Problem {
  const message = `template ${file} of stack '${stack}' has no parameter '${name}'`
  return problemAt(place, message, parameters.size === 0 ? 'the template has no parameters at all' : suggest(name, parameters.keys()))
}

/** A value as CloudFormation takes it: text; a list joined by commas, as CommaDelimitedList reads it. */
export function stored(value: StoredValue): Given {
  if (typeof value !== 'object') return { value: String(value) }
  return 'keep' in value ? { keep: true } : { value: value.map(String).join(',') }
}

function layersOf(environment: string, stack: string, { platform, descriptor, recipes, service }: Sources): Layer[] {
  const recipe = Object.hasOwn(recipes, stack) ? recipes[stack] : undefined
  const settings = service?.stacks.get(stack)?.value
  const ofService = service?.environments.get(environment)?.value.parameters.get(stack)?.value
  const ofPlatform =
    recipe && Object.hasOwn(platform.environments, environment) ? platform.environments[environment]?.parameters : undefined
  const place = startOf(descriptor)
  const inputs = Object.entries(recipe?.inputs ?? {}).map(([name, from]) => [name, { value: { from }, place }] as const)
  return [
    { given: placedValues(ofService), held: false },
    {
      given: new Map<string, LayerValue>([
        ...[...(settings?.inputs ?? [])].map(
          ([name, { value, key }]) => [name, { value: { from: printReference(value) }, place: key }] as const,
        ),
        ...placedValues(settings?.parameters),
      ]),
      held: false,
    },
    { given: storedValues(ofPlatform && Object.hasOwn(ofPlatform, stack) ? ofPlatform[stack] : undefined, place), held: true },
    { given: new Map<string, LayerValue>([...inputs, ...storedValues(recipe?.parameters, place)]), held: true },
  ]
}

function placedValues(parameters: Parameters | undefined): Layer['given'] {
  return new Map([...(parameters ?? [])].map(([name, { value, key }]) => [name, { value: stored(value), written: value, place: key }]))
}

function storedValues(values: Readonly<Record<string, StoredValue>> | undefined, place: Place): Layer['given'] {
  return new Map(Object.entries(values ?? {}).map(([name, value]) => [name, { value: stored(value), written: value, place }]))
}

/** One problem for all parameters that have neither a value in an environment nor a default. */
export function withoutValue(place: Place, environment: string, missing: readonly string[], descriptor: string): readonly Problem[] {
  if (missing.length === 0) return []
  const message = `${missing.length === 1 ? 'parameter' : 'parameters'} without a value in ${environment}: ${missing.map((name) => `'${name}'`).join(', ')}`
  const them = missing.length === 1 ? 'it' : 'them'
  return [problemAt(place, message, `give ${them} under environments.${environment}.parameters.<stack> or stacks.<stack> in ${descriptor}`)]
}

/** The beginning of a file whose lines are not known here. */
export function startOf(file: string): Place {
  return { source: { file, position: () => ({ line: 1, column: 1 }) }, offset: 0 }
}
