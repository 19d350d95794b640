import { type Place, problemAt } from '../document/node.ts'
import type { Keyed, Named, Placed } from '../document/placed.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { danglingInputs, type Known } from './check.ts'
import { cycleProblems, type Edges, edgesFrom } from './edges.ts'
import { suggestStack } from './hints.ts'
import { isStackName, nameBeside, stackNameTooLong } from './names.ts'
import type { Inputs, Parameters, Service, StackSettings, TemplateFile } from './service.ts'

/** What a service needs to know of a platform. A `Platform` (platform/platform.ts) is one. */
export interface PlatformView {
  readonly environments: ReadonlyMap<string, unknown>
  readonly stacks: ReadonlyMap<string, unknown>
  readonly blueprints: Named<{ readonly stacks: Named<StackView> }>
}

interface StackView {
  readonly template: Placed<string>
  readonly inputs: Inputs
  readonly parameters: Parameters
}

/** What a service says that its platform has no place for. A descriptor that passed `checkService` is expected. */
export function checkAgainst(service: Service, platform: PlatformView): Problem[] {
  const blueprint = platform.blueprints.get(service.blueprint.value)
  const problems = environmentProblems(service, platform)
  if (!blueprint) {
    const { value: name, place } = service.blueprint
    const message = `blueprint: the platform has no blueprint '${name}'`
    return [problemAt(place, message, suggest(name, platform.blueprints.keys())), ...problems]
  }
  const { stacks } = blueprint.value
  const own = ownStacks(service.additions, stacks)
  const names = new Set([...stacks.keys(), ...own.map(({ name }) => name)])
  return [
    ...problems,
    ...own.flatMap((addition) => additionProblems(addition, stacks)),
    ...stackProblems(service, names, { own: names, platform: new Set(platform.stacks.keys()) }),
    ...danglingInputs('variables', service.variables.inputs, { own: names, platform: new Set(platform.stacks.keys()) }),
    ...cycleProblems(effectiveEdges(stacks, service.stacks), service.file),
    ...longNames(service, names),
  ]
}

/** The additions that are stacks of the service's own: no template of the blueprint has their name. */
export function ownStacks(additions: readonly TemplateFile[], stacks: Named<{ readonly template: Placed<string> }>): TemplateFile[] {
  const templates = new Set([...stacks.values()].map(({ value }) => value.template.value.replace(/\.[^.]*$/, '')))
  return additions.filter(({ name }) => !templates.has(name))
}

function environmentProblems(service: Service, platform: PlatformView): Problem[] {
  const beside = [...platform.environments.keys()].flatMap((environment) => {
    const fault = nameBeside(service.name.value, environment)
    return fault ? [problemAt(service.name.place, `service: ${fault.message}`, fault.hint)] : []
  })
  const undeclared = [...service.environments].flatMap(([name, { key }]) =>
    platform.environments.has(name) ? [] : [unknown(key, 'environments', 'environment', name, platform.environments.keys())],
  )
  return [...beside, ...undeclared]
}

function unknown(key: Place, where: string, kind: string, name: string, known: Iterable<string>): Problem {
  return problemAt(key, `${where}: the platform has no ${kind} '${name}'`, suggest(name, known))
}

function additionProblems({ name, file }: TemplateFile, stacks: ReadonlyMap<string, Keyed<StackView>>): Problem[] {
  const at = { file, line: 1, column: 1 }
  const taken = stacks.get(name)
  if (taken) {
    const template = taken.value.template.value
    const hint = `to add to it, call the file ${template}; a stack of your own needs another name`
    return [{ ...at, message: `the blueprint has a stack '${name}', whose template is ${template}`, hint }]
  }
  if (isStackName(name)) return []
  const templates = [...stacks.values()].map(({ value }) => value.template.value.replace(/\.[^.]*$/, ''))
  const message = `'${name}' is neither a template of the blueprint nor a name for a stack: lower case letters and digits, beginning with a letter`
  return [{ ...at, message, hint: suggest(name, templates) }]
}

function stackProblems({ stacks, environments }: Service, names: ReadonlySet<string>, known: Known): Problem[] {
  const stranger = (where: string, name: string, key: Place) =>
    names.has(name)
      ? []
      : [problemAt(key, `${where}: neither the blueprint nor the service has a stack '${name}'`, suggestStack(name, names))]
  return [
    ...[...stacks].flatMap(([name, { key, value }]) => [
      ...stranger('stacks', name, key),
      ...danglingInputs(`stacks.${name}`, value.inputs, known),
    ]),
    ...[...environments].flatMap(([environment, { value }]) =>
      [...value.parameters].flatMap(([name, { key }]) => stranger(`environments.${environment}.parameters`, name, key)),
    ),
  ]
}

/** The references that are in force: the service's where it says something of a parameter, else the blueprint's. */
function effectiveEdges(stacks: Named<StackView>, settings: Named<StackSettings>): Edges {
  const names = new Set([...stacks.keys(), ...settings.keys()])
  return new Map(
    [...names].map((name) => {
      const said = settings.get(name)?.value
      const inherited = [...(stacks.get(name)?.value.inputs ?? [])].filter(([parameter]) => !said?.parameters.has(parameter))
      return [name, edgesFrom(new Map([...inherited, ...(said?.inputs ?? [])]))]
    }),
  )
}

function longNames(service: Service, names: ReadonlySet<string>): Problem[] {
  return [...service.environments].flatMap(([environment, { key }]) =>
    [...names].flatMap((stack) => {
      const long = service.stacks.get(stack)?.value.name ? undefined : stackNameTooLong(service.name.value, environment, stack)
      return long ? [problemAt(key, long.message, long.hint)] : []
    }),
  )
}
