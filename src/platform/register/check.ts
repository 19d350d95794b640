import { problemAt } from '../../document/node.ts'
import type { Keyed } from '../../document/placed.ts'
import type { Problem } from '../../errors.ts'
import { suggest } from '../../nearest.ts'
import { nameBeside, platformService } from '../../service/names.ts'
import type { Platform, RegisteredService } from '../platform.ts'

/** What contradicts itself in the register of a platform.yml. */
export function registerProblems({ services = new Map(), environments, blueprints }: Platform): Problem[] {
  return [
    ...[...services].flatMap(([service, entry]) => [
      ...nameProblems(service, entry, environments.keys()),
      ...blueprintProblems(service, entry, blueprints),
      ...stackProblems(service, entry, environments, services),
    ]),
    ...repositoryProblems(services),
  ]
}

function nameProblems(service: string, { key }: Keyed<RegisteredService>, environments: Iterable<string>): Problem[] {
  return [...environments].flatMap((environment) => {
    const fault = nameBeside(service, environment)
    return fault ? [problemAt(key, `services.${service}: ${fault.message}`, fault.hint)] : []
  })
}

function blueprintProblems(service: string, { key, value }: Keyed<RegisteredService>, blueprints: Platform['blueprints']): Problem[] {
  const { blueprint } = value
  const where = `services.${service}`
  if (service === platformService)
    return blueprint ? [problemAt(blueprint.place, `${where}: the platform's own stacks follow no blueprint`, 'remove the key')] : []
  if (!blueprint) return [problemAt(key, `${where}: no blueprint`, 'name the blueprint of its service.yml: its roles are made for it')]
  if (blueprints.has(blueprint.value)) return []
  const message = `${where}.blueprint: the platform has no blueprint '${blueprint.value}'`
  return [problemAt(blueprint.place, message, suggest(blueprint.value, blueprints.keys()))]
}

/** A stack of another name belongs to one service, and never to the ground that all stand on. */
function stackProblems(
  service: string,
  { value }: Keyed<RegisteredService>,
  environments: Platform['environments'],
  services: NonNullable<Platform['services']>,
): Problem[] {
  return [...value.stacks].flatMap(([environment, { key, value: names }]) => {
    const where = `services.${service}.stacks.${environment}`
    if (!environments.has(environment))
      return [problemAt(key, `${where}: the platform has no environment '${environment}'`, suggest(environment, environments.keys()))]
    return names.flatMap(({ value: name, place }) => {
      const owner = ownerOf(name, environments.keys(), services.keys())
      const others = [...services].filter(
        ([other, { value }]) => other !== service && value.stacks.get(environment)?.value.some((one) => one.value === name),
      )
      if (owner !== undefined && owner !== service)
        return [problemAt(place, `${where}: the name '${name}' is one of ${owner}'s`, 'name a stack of this service')]
      if (others.length === 0) return []
      return [problemAt(place, `${where}: '${name}' is given to service '${others[0]?.[0]}' too`, 'a stack belongs to one service')]
    })
  })
}

/** Whose stack a name is by its form. */
function ownerOf(name: string, environments: Iterable<string>, services: Iterable<string>): string | undefined {
  if (/^towpath-/i.test(name)) return 'towpath'
  const all = [...environments]
  return [...services].find((service) => all.some((environment) => name.startsWith(`${service}-${environment}-`)))
}

/** One id has one repository and one owner, and one repository one id: else one of the lines is wrong. */
function repositoryProblems(services: NonNullable<Platform['services']>): Problem[] {
  const seen: (readonly [string, RegisteredService])[] = []
  const problems: Problem[] = []
  for (const [service, { value }] of services) {
    const name = value.repository.value.toLowerCase()
    const twin = seen.find(([, other]) => other.id.value === value.id.value || other.repository.value.toLowerCase() === name)
    seen.push([service, value])
    if (!twin) continue
    const [first, other] = twin
    const same = [other.id, other.ownerId].every(({ value: id }, index) => id === [value.id, value.ownerId][index]?.value)
    if (same && other.repository.value.toLowerCase() === name && other.subject === value.subject) continue
    const message = `services.${service}: services.${first} says something else of repository '${value.repository.value}' or of id ${value.id.value}`
    const hint = `services of one repository have the same repository, id, owner-id and subject; towpath github-id --repository ${value.repository.value} prints them`
    problems.push(problemAt(value.id.place, message, hint))
  }
  return problems
}
