import { dirname } from 'node:path/posix'
import type { Source } from './source.ts'

/** The walls of the house (CONTRIBUTING, "The house"). Each rule lists what breaks it, as `<file>: <what>`. */

/** The rooms from the doors down to the ground. A room imports those on the floors below it, and no other. */
const floors: readonly (readonly string[])[] = [
  ['hosts'],
  ['commands'],
  ['repository'],
  ['report'], // beside `render`, whose Markdown it sends
  ['render'],
  ['deployment', 'adapters'],
  ['release', 'rollout'],
  ['redaction'],
  ['playbook', 'stack'],
  ['platform', 'resources'],
  ['message', 'contract', 'scaffold'],
  ['artefact', 'service', 'bucket', 'template'],
  ['document'],
  ['ports'],
  ['ground'],
]

/** The same within `deployment`; what stands directly in it conducts the rest. */
const deployment: readonly (readonly string[])[] = [['conducts'], ['code'], ['apply'], ['plan'], ['target'], ['lock', 'log']]

/** The packages that each room may import. A package that is not here may be imported by none. */
const packages: Readonly<Record<string, readonly string[]>> = {
  adapters: [
    '@actions/core',
    '@actions/github',
    '@actions/http-client',
    '@aws-sdk/client-cloudformation',
    '@aws-sdk/client-codedeploy',
    '@aws-sdk/client-iam',
    '@aws-sdk/client-s3',
    '@aws-sdk/client-sts',
    '@octokit/core',
    'yauzl',
    'yazl',
  ],
  artefact: ['picomatch'],
  document: ['yaml'],
  ground: ['fastest-levenshtein'],
}

/** What each room may import of Node. `node:path` computes with texts, so that any room but the ground may. */
const node: Readonly<Record<string, readonly string[]>> = {
  adapters: [
    'node:child_process',
    'node:crypto',
    'node:fs',
    'node:fs/promises',
    'node:os',
    'node:path',
    'node:stream',
    'node:timers/promises',
    'node:v8',
    'node:zlib',
  ],
  hosts: ['node:crypto', 'node:path', 'node:util'],
  ground: ['node:crypto'],
}

/** What each room may use of the machine without an import. */
const globals: Readonly<Record<string, readonly string[]>> = {
  adapters: ['fetch', 'process', 'globalThis', 'performance', 'setTimeout', 'AbortSignal.timeout', 'new Date()'],
  hosts: ['process', 'Math.random'],
}

const LONGEST = 250
const FULL = 20

/** Folders that may hold more: one file a verb, one an operation of AWS's, one a service of AWS's. */
const wide = /^(commands$|adapters\/|resources\/data$)/

/** Folders that hold too many today, with how many. One that does no more must leave this list. */
export const full: Readonly<Record<string, number>> = {}

type Rule = (files: readonly Source[]) => readonly string[]

function roomOf(path: string): string {
  const [room = ''] = path.split('/')
  return room === path ? 'ground' : room
}

function innerOf(path: string): string {
  const [, inner = '', file] = path.split('/')
  return file === undefined ? 'conducts' : inner
}

/** On which floor a room is, from the top; undefined if there is no such room. */
function levelIn(house: readonly (readonly string[])[], room: string): number | undefined {
  const level = house.findIndex((floor) => floor.includes(room))
  return level < 0 ? undefined : level
}

/** What breaks a rule that judges each import of a file of ours by itself. */
function judgeImports(judge: (from: Source, to: string, target: Source | undefined) => string | undefined): Rule {
  return (files) => {
    const known = new Map(files.map((file) => [file.path, file]))
    return files.flatMap((from) =>
      from.files.flatMap((to) => {
        const fault = judge(from, to, known.get(to))
        return fault === undefined ? [] : [`${from.path}: ${fault}`]
      }),
    )
  }
}

function isBelow(house: readonly (readonly string[])[], from: string, to: string): boolean {
  const [upper, lower] = [levelIn(house, from), levelIn(house, to)]
  return from === to || upper === undefined || (lower !== undefined && lower > upper)
}

/** A folder that no floor names would be free to import anything. */
export const unknownRooms: Rule = (files) =>
  files.flatMap(({ path }) => {
    const room = roomOf(path)
    if (levelIn(floors, room) === undefined) return [`${path}: no floor has a room '${room}'`]
    const inner = innerOf(path)
    return room === 'deployment' && levelIn(deployment, inner) === undefined ? [`${path}: deployment has no room '${inner}'`] : []
  })

export const upward = judgeImports((from, to) => {
  const [upper, lower] = [roomOf(from.path), roomOf(to)]
  if (to.startsWith('..')) return `imports ${to}, outside src`
  if (lower === 'adapters' && upper !== 'hosts' && upper !== 'adapters') return `imports ${to}: only hosts puts adapters in place`
  if (!isBelow(floors, upper, lower)) return `imports ${to}: '${lower}' is not below '${upper}'`
  if (upper !== 'deployment' || lower !== 'deployment' || isBelow(deployment, innerOf(from.path), innerOf(to))) return undefined
  return `imports ${to}: 'deployment/${innerOf(to)}' is not below 'deployment/${innerOf(from.path)}'`
})

/** An adapter, and a port, know ports and the ground: a port beside the room that needs it is as good as one in `ports`. */
export const portsOnly = judgeImports((from, to, target) => {
  const own = roomOf(from.path) === 'adapters' && roomOf(to) === 'adapters'
  if (roomOf(from.path) !== 'adapters' && !from.isPort) return undefined
  return own || roomOf(to) === 'ground' || target?.isPort === true ? undefined : `imports ${to}, which is neither a port nor of the ground`
})

export const unmarkedPorts: Rule = (files) =>
  files.flatMap(({ path, isPort }) => (roomOf(path) === 'ports' && !isPort ? [`${path}: its first line does not say 'Port:'`] : []))

export const foreignPackages: Rule = (files) =>
  files.flatMap(({ path, packages: targets }) =>
    targets
      .filter((target) => packages[roomOf(path)]?.includes(target) !== true)
      .map((target) => `${path}: imports ${target === '?' ? 'what is computed' : target}`),
  )

export const foreignNode: Rule = (files) =>
  files.flatMap(({ path, node: targets }) => {
    const allowed = node[roomOf(path)] ?? ['node:path']
    return targets.filter((target) => !allowed.includes(target)).map((target) => `${path}: imports ${target}`)
  })

/** Time, chance, the network and the process come in through a port, so that a test can hold them. */
export const machine: Rule = (files) =>
  files.flatMap(({ path, globals: used }) =>
    used.filter((name) => globals[roomOf(path)]?.includes(name) !== true).map((name) => `${path}: uses ${name}`),
  )

/** Files that import one another in a circle, each with the way back to it. */
export const circles: Rule = (files) => {
  const imports = new Map(files.map((file) => [file.path, file.files]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push(`${path}: imports itself by ${[...way.slice(way.indexOf(path) + 1), path].join(', ')}`)
    if (way.includes(path) || done.has(path)) return
    for (const target of imports.get(path) ?? []) visit(target, [...way, path])
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  return found
}

/** What `scripts/schemas.ts` and `scripts/resources.ts` make is not for reading. */
function isWritten({ path }: Source): boolean {
  return !path.includes('/schema.compiled.') && !path.startsWith('resources/data/')
}

export const long: Rule = (files) =>
  files.filter((file) => isWritten(file) && file.lines > LONGEST).map(({ path, lines }) => `${path}: ${lines} lines, more than ${LONGEST}`)

export const crowded: Rule = (files) => {
  const folders = Object.groupBy(files.filter(isWritten), ({ path }) => dirname(path))
  return Object.entries(folders).flatMap(([folder, inside = []]) => {
    const most = full[folder] ?? FULL
    return wide.test(folder) || inside.length <= most ? [] : [`${folder}: ${inside.length} files, more than ${most}`]
  })
}

/** The folders of `full` that hold no more than any other may. */
export const emptied: Rule = (files) =>
  Object.keys(full).filter((folder) => files.filter((file) => isWritten(file) && dirname(file.path) === folder).length <= FULL)
