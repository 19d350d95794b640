import { dirname, join } from 'node:path'
import { type Place, problemAt } from '../document/node.ts'
import { inReadingOrder } from '../document/order.ts'
import { quote } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { type AppSpec, plainAppSpec, readAppSpec } from './appspec.ts'
import { checkArguments } from './check-arguments.ts'
import { roleFile, roleOf, serviceAppSpec, servicePlaybook } from './layout.ts'
import { type RoleUse, readDependencies, readPlaybook, readTasks, type Uses } from './plays.ts'
import { type AnsibleFile, type AnsibleTree, contentOf, type Roles, rolesIn } from './tree.ts'
import { type Variables, variableProblems } from './variables.ts'

/** What a bundle's Ansible is put together from. */
export interface PlaybookParts {
  /** The blueprint's playbook, by its path in the platform; null if it names none. */
  readonly playbook: string | null
  readonly platform: AnsibleTree
  readonly service: AnsibleTree
  readonly variables: Variables
  /** The place in service.yml that asks for all of this. */
  readonly asked: Place
  /** Where `playbook` stands, as a message can show it. */
  readonly descriptor: string
}

/** What was found in the parts, and everything that is wrong with them. */
export interface InspectedPlaybook {
  /** In the order in which they run: the platform's, then the service's. */
  readonly playbooks: readonly { readonly side: 'platform' | 'service'; readonly path: string }[]
  /** Roles that both sides have: the service's replaces the platform's. */
  readonly replaced: readonly string[]
  /** The tags of plays and tasks. */
  readonly tags: ReadonlySet<string>
  readonly appspec: AppSpec
  readonly problems: readonly Problem[]
}

/** Reads playbooks, roles and AppSpec, and tells all that is wrong with them before a host sees them. */
export async function inspectPlaybook(parts: PlaybookParts): Promise<InspectedPlaybook> {
  const { platform, service, playbook, variables } = parts
  const problems: Problem[] = []
  const playbooks: { side: 'platform' | 'service'; path: string; file: AnsibleFile }[] = []
  const platforms = playbook === null ? undefined : platform.get(playbook)
  if (playbook !== null && platforms === undefined) problems.push(missingPlaybook(parts, playbook))
  if (playbook !== null && platforms) playbooks.push({ side: 'platform', path: playbook, file: platforms })
  const own = service.get(servicePlaybook)
  if (own) playbooks.push({ side: 'service', path: servicePlaybook, file: own })
  if (playbook === null && !own) problems.push(noPlaybook(parts))

  const roles = rolesTogether(platform, service)
  const uses: RoleUse[] = []
  const tags = new Set<string>()
  for (const { file, side } of playbooks) {
    const found = await followPlaybook(file, side === 'platform' ? platform : service)
    uses.push(...found.roles)
    problems.push(...found.problems)
    for (const tag of found.tags) tags.add(tag)
  }
  const ofRoles = await rolesUses(roles)
  for (const tag of ofRoles.tags) tags.add(tag)
  problems.push(...ofRoles.problems, ...unknownRoles([...uses, ...ofRoles.roles], roles), ...variableProblems(variables))
  problems.push(
    ...(await checkArguments({ uses, roles, variables, asked: parts.asked, texts: [...platform.values(), ...service.values()] })),
  )
  const spec = service.get(serviceAppSpec)
  const read = spec ? readAppSpec(await contentOf(spec), spec.shown) : { appspec: plainAppSpec, problems: [] }
  return {
    playbooks: playbooks.map(({ side, path }) => ({ side, path })),
    replaced: [...rolesIn(service)].filter((role) => rolesIn(platform).has(role)).sort(),
    tags,
    appspec: read.appspec,
    problems: inReadingOrder([...problems, ...read.problems]),
  }
}

function rolesTogether(platform: AnsibleTree, service: AnsibleTree): Roles {
  const of = (tree: AnsibleTree): [string, AnsibleTree][] =>
    [...rolesIn(tree)].map((role) => [role, new Map([...tree].filter(([path]) => roleOf(path) === role))])
  return new Map([...of(platform), ...of(service)])
}

/** A playbook with all that it imports. */
async function followPlaybook(file: AnsibleFile, tree: AnsibleTree, path: readonly string[] = []): Promise<Uses> {
  const own = readPlaybook(await contentOf(file), file.shown)
  const found = { roles: [...own.roles], playbooks: [], tags: [...own.tags], problems: [...own.problems] }
  for (const { path: relative, place } of own.playbooks) {
    const name = join(dirname(file.name), relative)
    const next = tree.get(name)
    if (path.includes(name) || name === file.name) {
      found.problems.push(problemAt(place, `the playbook ${quote(relative)} imports itself`, 'remove one of the imports'))
    } else if (next) {
      const inner = await followPlaybook(next, tree, [...path, file.name])
      found.roles.push(...inner.roles)
      found.tags.push(...inner.tags)
      found.problems.push(...inner.problems)
    } else {
      const known = [...tree.keys()].filter((one) => roleOf(one) === undefined && /\.ya?ml$/.test(one))
      found.problems.push(problemAt(place, `there is no playbook ${quote(name)} to import`, suggest(name, known)))
    }
  }
  return found
}

/** The roles that roles name, and what cannot be read in any of them. */
async function rolesUses(roles: Roles): Promise<Omit<Uses, 'playbooks'>> {
  const found: { roles: RoleUse[]; tags: string[]; problems: Problem[] } = { roles: [], tags: [], problems: [] }
  for (const [role, files] of roles) {
    for (const [path, file] of files) {
      if (!/\.ya?ml$/.test(path)) continue
      const inner = path.slice(roleFile(role, '').length)
      const read = /^(?:tasks|handlers)\//.test(inner) ? readTasks : /^meta\/main\.ya?ml$/.test(inner) ? readDependencies : undefined
      if (!read) continue
      const { roles: named, tags, problems } = read(await contentOf(file), file.shown)
      found.roles.push(...named)
      found.tags.push(...tags)
      found.problems.push(...problems)
    }
  }
  return found
}

function unknownRoles(uses: readonly RoleUse[], roles: Roles): readonly Problem[] {
  return uses.flatMap(({ role, place }) =>
    roles.has(role)
      ? []
      : [problemAt(place, `neither the platform nor the service has a role ${quote(role)}`, suggest(role, roles.keys()))],
  )
}

function missingPlaybook({ platform, descriptor, asked }: PlaybookParts, playbook: string): Problem {
  const known = [...platform.keys()].filter((path) => roleOf(path) === undefined)
  return problemAt(asked, `the platform has no playbook ${quote(playbook)}, which ${descriptor} names`, suggest(playbook, known))
}

function noPlaybook({ asked }: PlaybookParts): Problem {
  const message = 'there is no playbook: the blueprint names none, and the service has none'
  return problemAt(asked, message, `write ${servicePlaybook}, or let the blueprint name one of the platform's`)
}
