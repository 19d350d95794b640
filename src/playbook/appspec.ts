import { type Data, toData } from '../document/data.ts'
import { type Node, problemAt } from '../document/node.ts'
import { entriesOf, itemsOf, member, stringOf } from '../document/placed.ts'
import { readDocument } from '../document/read.ts'
import { quote, showNode } from '../document/show.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { layout } from './layout.ts'

/**
 * The lifecycle events that a script can hook into, in the order of an in-place deployment.
 * Source: AppSpec 'hooks' section for EC2, CodeDeploy user guide.
 */
export const hookEvents = [
  'BeforeBlockTraffic',
  'AfterBlockTraffic',
  'ApplicationStop',
  'BeforeInstall',
  'AfterInstall',
  'ApplicationStart',
  'ValidateService',
  'BeforeAllowTraffic',
  'AfterAllowTraffic',
] as const

export type HookEvent = (typeof hookEvents)[number]

/** The events that CodeDeploy's agent keeps to itself: no script can hook into them. */
const reserved: readonly string[] = ['DownloadBundle', 'Install', 'BlockTraffic', 'AllowTraffic', 'Start', 'End']

/** One script of an event. */
export interface Hook {
  /** Relative to the bundle. */
  readonly location: string
  /** In seconds; 3,600 at most. */
  readonly timeout?: number
  readonly runas?: string
}

/** An AppSpec as far as it is put together: which scripts run, and what else its author wrote. */
export interface AppSpec {
  readonly hooks: Readonly<Partial<Record<HookEvent, readonly Hook[]>>>
  /** `files`, `permissions` and `file_exists_behavior`, as they were written. */
  readonly rest: Readonly<Record<string, Data>>
}

/** The seconds that an event may take, all its scripts together. Source: AppSpec 'hooks' section, CodeDeploy user guide. */
const longest = 3_600

/** The events in which only tasks with a tag run, and the tag. In AfterInstall all others run. */
const taggedEvents: Readonly<Partial<Record<HookEvent, string>>> = {
  ApplicationStop: 'stop',
  ApplicationStart: 'start',
  ValidateService: 'validate',
}

/** The events in which Towpath's own script has something to do, whatever the playbooks are. */
const constantEvents: readonly HookEvent[] = ['BeforeInstall', 'AfterInstall']

/** True if Towpath's own script runs in an event: a tag that is only known on the host may be any. */
function isOwn(event: HookEvent, tags: ReadonlySet<string>): boolean {
  const tag = taggedEvents[event]
  return constantEvents.includes(event) || (tag !== undefined && [...tags].some((one) => one === tag || one.includes('{{')))
}

/** How long Towpath's own script may take in one event: scripts of the service share the hour with it. */
const ownTimeout = 1_800

const keys = ['version', 'os', 'files', 'permissions', 'hooks', 'file_exists_behavior'] as const

/** Reads the AppSpec of a service's own and tells all that is wrong with it. */
export function readAppSpec(text: Uint8Array, file: string): { readonly appspec: AppSpec; readonly problems: readonly Problem[] } {
  const { root, problems: found } = readDocument(text, file)
  const problems = [...found]
  if (root?.kind !== 'map') {
    const place = { file, line: 1, column: 1 }
    const wrong = root ? `an AppSpec is a map, got ${showNode(root)}` : 'the AppSpec is empty'
    if (found.length === 0) problems.push({ ...place, message: wrong, hint: "write 'version: 0.0', 'os: linux' and 'hooks'" })
    return { appspec: { hooks: {}, rest: {} }, problems }
  }
  for (const [name, { key }] of root.entries) {
    if (!keys.some((known) => known === name)) problems.push(problemAt(key, `unknown key ${quote(name)}`, suggest(name, keys)))
  }
  problems.push(...fixed(root, 'version', ['0', '0.0'], '0.0'), ...fixed(root, 'os', ['linux'], 'linux'))
  const hooks = hooksOf(member(root, 'hooks'), problems)
  const rest = Object.fromEntries(
    ['files', 'permissions', 'file_exists_behavior'].flatMap((name) => {
      const value = member(root, name)
      return value ? [[name, toData(value)]] : []
    }),
  )
  return { appspec: { hooks, rest }, problems }
}

function fixed(root: Node, key: string, allowed: readonly string[], wanted: string): readonly Problem[] {
  const value = member(root, key)
  if (!value) return [problemAt(root.place, `missing key '${key}'`, `write '${key}: ${wanted}'`)]
  if (value.kind === 'scalar' && allowed.includes(String(value.value))) return []
  return [problemAt(value.place, `${key}: expected ${wanted}, got ${showNode(value)}`, `write '${key}: ${wanted}'`)]
}

function hooksOf(node: Node | undefined, problems: Problem[]): AppSpec['hooks'] {
  const hooks: Partial<Record<HookEvent, readonly Hook[]>> = {}
  if (node && node.kind !== 'map') problems.push(problemAt(node.place, `hooks: expected a map of events, got ${showNode(node)}`))
  for (const [name, { key, value }] of entriesOf(node)) {
    const event = hookEvents.find((known) => known === name)
    if (event === undefined) {
      const own = reserved.includes(name)
      const message = own ? `hooks: no script can hook into '${name}', which is the agent's own` : `hooks: unknown event ${quote(name)}`
      problems.push(problemAt(key, message, suggest(name, hookEvents)))
      continue
    }
    const scripts = itemsOf(value).flatMap((item) => hookOf(event, item, problems))
    if (value.kind !== 'list' || scripts.length === 0)
      problems.push(problemAt(value.place, `hooks.${name}: expected a list of scripts, got ${showNode(value)}`, "write '- location: …'"))
    const seconds = scripts.reduce((sum, { timeout = 0 }) => sum + timeout, 0)
    const shares = constantEvents.includes(event) || taggedEvents[event] !== undefined
    const left = longest - (shares ? ownTimeout : 0)
    if (seconds > left)
      problems.push(problemAt(key, `hooks.${name}: the timeouts add up to ${seconds} s`, `an event has ${left} s for a service's scripts`))
    hooks[event] = scripts
  }
  return hooks
}

function hookOf(event: HookEvent, node: Node, problems: Problem[]): Hook[] {
  const where = `hooks.${event}`
  for (const [name, { key }] of entriesOf(node)) {
    const known = ['location', 'timeout', 'runas']
    if (!known.includes(name)) problems.push(problemAt(key, `${where}: unknown key ${quote(name)}`, suggest(name, known)))
  }
  const written = member(node, 'location')
  const location = written && stringOf(written)
  if (location === undefined) {
    problems.push(problemAt(node.place, `${where}: a script without 'location'`, `write 'location: ${layout.artefactFolder}/…'`))
    return []
  }
  if (!location.startsWith(`${layout.artefactFolder}/`) || location.split('/').includes('..'))
    problems.push(
      problemAt(
        written?.place ?? node.place,
        `${where}: the script ${quote(location)} is not in the artefact`,
        `a service's scripts come with its artefact: write '${layout.artefactFolder}/<path in the artefact>'`,
      ),
    )
  const seconds = member(node, 'timeout')
  const timeout = seconds?.kind === 'scalar' ? Number(seconds.value) : undefined
  if (seconds && !(timeout !== undefined && Number.isInteger(timeout) && timeout > 0))
    problems.push(problemAt(seconds.place, `${where}: expected 'timeout' in seconds, got ${showNode(seconds)}`))
  const user = member(node, 'runas')
  const runas = user && stringOf(user)
  return [{ location, ...(timeout ? { timeout } : {}), ...(runas === undefined ? {} : { runas }) }]
}

/**
 * The AppSpec of a bundle, as text: Towpath's script in each event of its own, and after it those of the service. `tags` are those of the
 * playbooks: an event in which no task would run costs a host no start of Ansible.
 */
export function printAppSpec({ hooks, rest }: AppSpec, tags: ReadonlySet<string>): string {
  const all = hookEvents.flatMap((event) => {
    const own = isOwn(event, tags) ? [{ location: layout.hook, timeout: ownTimeout }] : []
    const scripts: readonly Hook[] = [...own, ...(hooks[event] ?? [])]
    return scripts.length > 0 ? [[event, scripts] as const] : []
  })
  const events = all.flatMap(([event, scripts]) => [`  ${event}:`, ...scripts.flatMap(scriptLines)])
  const others = Object.entries(rest).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  return `${['version: 0.0', 'os: linux', ...others, 'hooks:', ...events].join('\n')}\n`
}

function scriptLines({ location, timeout, runas }: Hook): readonly string[] {
  return [
    `    - location: ${JSON.stringify(location)}`,
    ...(timeout === undefined ? [] : [`      timeout: ${timeout}`]),
    ...(runas === undefined ? [] : [`      runas: ${JSON.stringify(runas)}`]),
  ]
}

/** An AppSpec with nothing of a service's own. */
export const plainAppSpec: AppSpec = { hooks: {}, rest: {} }
