import { type Node, type Place, problemAt } from '../document/node.ts'
import { entriesOf, itemsOf, member, stringOf } from '../document/placed.ts'
import { readDocument } from '../document/read.ts'
import { showNode } from '../document/show.ts'
import type { Problem } from '../errors.ts'

/** A role that a playbook, a role's tasks or a role's dependencies name. */
export interface RoleUse {
  readonly role: string
  readonly place: Place
  /** The names that the use itself gives the role a value for. */
  readonly given: ReadonlySet<string>
  /** True where the names given are not all that there are: the play reads variables from files, or asks for them. */
  readonly open: boolean
  /** True if the role's first task list is used, so that its main argument spec is in force. */
  readonly main: boolean
}

/** What a file of plays or tasks uses of others. */
export interface Uses {
  readonly roles: readonly RoleUse[]
  /** Playbooks that this one imports, relative to its folder. */
  readonly playbooks: readonly { readonly path: string; readonly place: Place }[]
  /** The tags of plays, roles and tasks. */
  readonly tags: readonly string[]
  readonly problems: readonly Problem[]
}

const nothing: Uses = { roles: [], playbooks: [], tags: [], problems: [] }

/** What makes the set of a play's variables unknown before it runs. */
const openKeys = ['vars_files', 'vars_prompt']
const taskLists = ['pre_tasks', 'tasks', 'post_tasks', 'handlers'] as const
const blocks = ['block', 'rescue', 'always'] as const

/** Reads a playbook: that it is one, and which roles and playbooks it names. Tasks are Ansible's to judge. */
export function readPlaybook(text: Uint8Array, file: string): Uses {
  const { root, problems } = readDocument(text, file)
  // Ansible takes more of YAML than descriptors do (merge keys, its own tags): only what cannot be read at all is wrong.
  if (!root) return { ...nothing, problems: problems.length > 0 ? problems : [empty(file)] }
  if (root.kind !== 'list' || root.items.length === 0)
    return { ...nothing, problems: [problemAt(root.place, `a playbook is a list of plays, got ${showNode(root)}`, "write '- hosts: all'")] }
  return joined(root.items.map(playUses))
}

/** Reads a role's list of tasks, for the roles that it names. */
export function readTasks(text: Uint8Array, file: string): Uses {
  const { root, problems } = readDocument(text, file)
  if (!root) return { ...nothing, problems }
  return { ...nothing, roles: itemsOf(root).flatMap((task) => taskRoles(task, noScope)), tags: itemsOf(root).flatMap(tagsOf) }
}

/** Reads the dependencies in a role's `meta/main.yml`. */
export function readDependencies(text: Uint8Array, file: string): Uses {
  const { root, problems } = readDocument(text, file)
  if (!root) return { ...nothing, problems }
  return { ...nothing, roles: itemsOf(member(root, 'dependencies')).flatMap((item) => roleItem(item, noScope)) }
}

function empty(file: string): Problem {
  return { file, line: 1, column: 1, message: 'the playbook is empty', hint: "write '- hosts: all'" }
}

/** What a play adds to each of its roles. */
interface Scope {
  readonly given: ReadonlySet<string>
  readonly open: boolean
}

const noScope: Scope = { given: new Set(), open: false }

function playUses(play: Node): Uses {
  if (play.kind !== 'map')
    return { ...nothing, problems: [problemAt(play.place, `a play is a map, got ${showNode(play)}`, "write '- hosts: all'")] }
  const imported = member(play, 'import_playbook') ?? member(play, 'ansible.builtin.import_playbook')
  if (imported) {
    const path = stringOf(imported)
    return path === undefined ? nothing : { ...nothing, playbooks: [{ path, place: imported.place }] }
  }
  const problems = play.entries.has('hosts') ? [] : [problemAt(play.place, "a play without 'hosts'", "write 'hosts: all'")]
  const scope: Scope = { given: namesIn(member(play, 'vars')), open: openKeys.some((key) => play.entries.has(key)) }
  const roles = itemsOf(member(play, 'roles')).flatMap((item) => roleItem(item, scope))
  const named = taskLists.flatMap((list) => itemsOf(member(play, list)).flatMap((task) => taskRoles(task, scope)))
  return { roles: [...roles, ...named], playbooks: [], tags: tagsOf(play), problems }
}

/** An item of `roles`: a name, or a map with the name and values for the role. */
function roleItem(item: Node, scope: Scope): readonly RoleUse[] {
  const name = item.kind === 'scalar' ? item : (member(item, 'role') ?? member(item, 'name'))
  const role = name && stringOf(name)
  if (!name || role === undefined || isTemplate(role)) return []
  const given = new Set([...scope.given, ...entriesOf(item).keys(), ...namesIn(member(item, 'vars'))])
  return [{ role, place: name.place, given, open: scope.open, main: true }]
}

/** The roles that a task imports or includes, in its blocks too. */
function taskRoles(task: Node, scope: Scope): readonly RoleUse[] {
  const inner = blocks.flatMap((block) => itemsOf(member(task, block)))
  const below: Scope = { given: new Set([...scope.given, ...namesIn(member(task, 'vars'))]), open: scope.open }
  const own = ['import_role', 'include_role'].flatMap((module) => {
    const call = member(task, module) ?? member(task, `ansible.builtin.${module}`)
    const name = member(call, 'name')
    const role = name && stringOf(name)
    if (!name || role === undefined || isTemplate(role)) return []
    const from = member(call, 'tasks_from')
    // What a task registered before, or set as a fact, may be what the role needs.
    return [{ role, place: name.place, given: below.given, open: true, main: from === undefined }]
  })
  return [...own, ...inner.flatMap((one) => taskRoles(one, below))]
}

/** The tags of a play or a task, and of all that stands in it. */
function tagsOf(node: Node): readonly string[] {
  const written = member(node, 'tags')
  const own = written?.kind === 'scalar' ? String(written.value).split(',') : itemsOf(written).map((item) => stringOf(item) ?? '')
  const inner = ['roles', ...taskLists, ...blocks].flatMap((list) => itemsOf(member(node, list)))
  return [...own.map((tag) => tag.trim()), ...inner.flatMap(tagsOf)]
}

function namesIn(node: Node | undefined): ReadonlySet<string> {
  return new Set(entriesOf(node).keys())
}

function isTemplate(text: string): boolean {
  return text.includes('{{')
}

function joined(all: readonly Uses[]): Uses {
  return {
    roles: all.flatMap(({ roles }) => roles),
    playbooks: all.flatMap(({ playbooks }) => playbooks),
    tags: all.flatMap(({ tags }) => tags),
    problems: all.flatMap(({ problems }) => problems),
  }
}
