import { type Place, problemAt } from '../document/node.ts'
import { type Problem, TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { PlatformRelease, StoredRecipe, StoredValue } from '../platform/release.ts'
import { printReference } from '../service/reference.ts'
import type { Service } from '../service/service.ts'
import type { ParameterFact } from '../template/facts.ts'
import type { Given } from './manifest.ts'
import type { MergedStacks } from './merged.ts'

/** One layer that gives values: weaker layers are asked only for what stronger ones leave open. */
interface Layer {
  readonly given: ReadonlyMap<string, { readonly value: Given; readonly place?: Place }>
  /** Where the values stand, for values without a place of their own. */
  readonly file: string
}

/** What an environment gives the stacks of a release, and every problem found on the way. */
export interface Assigned {
  readonly parameters: Record<string, Record<string, Given>>
  readonly problems: readonly Problem[]
}

/** The recipes and the settings that values come from. A service of null is the platform itself. */
export interface Sources {
  readonly platform: PlatformRelease
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
  for (const [stack, template] of stacks) {
    const chosen = new Map<string, Given>()
    for (const layer of layersOf(environment, stack, sources)) {
      for (const [name, { value, place }] of layer.given) {
        const facts = template.parameters.get(name)
        const at = place ?? nowhere(layer.file)
        if (facts === undefined)
          problems.push(
            problemAt(
              at,
              `template ${template.file} of stack '${stack}' has no parameter '${name}'`,
              suggest(name, template.parameters.keys()),
            ),
          )
        else if (exposes(facts, value))
          problems.push(
            problemAt(
              at,
              `parameter '${name}' of stack '${stack}' is NoEcho and takes no literal`,
              'give a dynamic reference such as {{resolve:secretsmanager:…}} or {{resolve:ssm-secure:…}}',
            ),
          )
        if (!chosen.has(name)) chosen.set(name, value)
      }
    }
    for (const [name, facts] of template.parameters) if (facts.default === undefined && !chosen.has(name)) missing.push(`${stack}.${name}`)
    parameters[stack] = Object.fromEntries([...chosen].filter(([name]) => template.parameters.has(name)))
  }
  if (missing.length > 0) problems.push(withoutValue(environment, missing, sources))
  return { parameters, problems }
}

function layersOf(environment: string, stack: string, { platform, recipes, service }: Sources): Layer[] {
  const recipe = recipes[stack]
  const platformFile = `platform.yml (${platform.version})`
  const settings = service?.stacks.get(stack)?.value
  const serviceFile = service?.file ?? platformFile
  const ofEnvironment = service?.environments.get(environment)?.value.parameters.get(stack)?.value
  const ofPlatform = recipe ? (platform.environments[environment]?.parameters[stack] ?? {}) : {}
  return [
    {
      file: serviceFile,
      given: new Map([...(ofEnvironment ?? [])].map(([name, { value, key }]) => [name, { value: stored(value), place: key }])),
    },
    {
      file: serviceFile,
      given: new Map([
        ...[...(settings?.inputs ?? [])].map(
          ([name, { value, key }]) => [name, { value: { from: printReference(value) }, place: key }] as const,
        ),
        ...[...(settings?.parameters ?? [])].map(([name, { value, key }]) => [name, { value: stored(value), place: key }] as const),
      ]),
    },
    { file: platformFile, given: new Map(Object.entries(ofPlatform).map(([name, value]) => [name, { value: stored(value) }])) },
    {
      file: platformFile,
      given: new Map([
        ...Object.entries(recipe?.inputs ?? {}).map(([name, from]) => [name, { value: { from } }] as const),
        ...Object.entries(recipe?.parameters ?? {}).map(([name, value]) => [name, { value: stored(value) }] as const),
      ]),
    },
  ]
}

/** A value as CloudFormation takes it: text; a list joined by commas, as CommaDelimitedList reads it. */
function stored(value: StoredValue): Given {
  if (typeof value !== 'object') return { value: String(value) }
  return 'keep' in value ? { keep: true } : { value: value.map(String).join(',') }
}

/** True if a value that must not be readable would be. */
function exposes(facts: ParameterFact, given: Given): boolean {
  return facts.noEcho && 'value' in given && !/^\{\{resolve:[^{}]+\}\}$/.test(given.value)
}

function withoutValue(environment: string, missing: readonly string[], { service, platform }: Sources): Problem {
  const named = missing.map((name) => `'${name}'`).join(', ')
  const entry = service?.environments.get(environment)
  const message = `${missing.length === 1 ? 'parameter' : 'parameters'} without a value in ${environment}: ${named}`
  const hint = service
    ? `give ${missing.length === 1 ? 'it' : 'them'} under environments.${environment}.parameters or stacks.<stack>`
    : `give ${missing.length === 1 ? 'it' : 'them'} under environments.${environment}.parameters or stacks in platform.yml`
  return entry
    ? problemAt(entry.key, message, hint)
    : { file: service?.file ?? `platform.yml (${platform.version})`, line: 1, column: 1, message, hint }
}

function nowhere(file: string): Place {
  return { source: { file, position: () => ({ line: 1, column: 1 }) }, offset: 0 }
}

/** Refuses an environment that a release was not composed for. */
export function undeclared(environment: string, declared: readonly string[], whose: string): TowpathError {
  return new TowpathError('bad-input', `${whose} does not declare environment '${environment}'`, {
    hint: `${suggest(environment, declared)} (it declares ${declared.join(', ') || 'none'})`,
  })
}
