import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { root } from './workflow.ts'

/** Runs callers with act, a workflow engine, on this machine: no container, no network, nothing of the caller's own environment. */

export interface Engine {
  readonly act: string
  /** A folder of the test's own; everything is written below it. */
  readonly folder: string
  /** What the steps see beside what a runner gives, such as AWS_ENDPOINT_URL. */
  readonly environment: Readonly<Record<string, string>>
  readonly secrets: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, string>>
}

export interface Run {
  readonly code: number
  /** Each step that ran, in order: `<job>/<step>: success` or `failure`. A step that was skipped is not there. */
  readonly steps: readonly string[]
  /** What the steps wrote to their summaries. */
  readonly summaries: readonly string[]
  /** Everything that was printed, for a failing assertion. */
  readonly text: string
}

/** The repository that callers name, and the commit. */
const own = 'towpath-dev/towpath'
const commit = '0000000000000000000000000000000000000000'

/** GitHub's own actions for artifacts need GitHub's service: these keep them in a folder, and add to them what TEST_TAMPER says.
 * actions/checkout is act's own. */
const standIns: Readonly<Record<string, string>> = {
  'actions/upload-artifact': standIn(
    'mkdir -p "$STORE/$NAME" && cat -- "$FILES" <(printf %s "$TEST_TAMPER") > "$STORE/$NAME/${FILES##*/}"',
  ),
  'actions/download-artifact': standIn('mkdir -p "$FILES" && cp -- "$STORE/$NAME/"* "$FILES/"'),
}

function standIn(script: string): string {
  const env = { NAME: '${{ inputs.name }}', FILES: '${{ inputs.path }}', STORE: '${{ env.TEST_ARTIFACTS }}' }
  const step = { shell: 'bash', run: script, env }
  return JSON.stringify({
    name: 'stand-in',
    description: 'stand-in',
    inputs: { name: {}, path: {} },
    runs: { using: 'composite', steps: [step] },
  })
}

/** yq as far as the workflows use it; GitHub's runners have it, this machine may not. */
const yq = `#!${process.execPath}
import { readFileSync } from 'node:fs'
import { parse } from ${JSON.stringify(join(root, 'node_modules/yaml/dist/index.js'))}
const [raw, expression, file] = process.argv.slice(2)
const path = /^\\.(\\w+)\\.(\\w+) \\/\\/ ""$/.exec(expression ?? '')
if (raw !== '-r' || !path) throw new Error('not a yq that knows ' + process.argv.slice(2).join(' '))
console.log(parse(readFileSync(file, 'utf8'))[path[1]]?.[path[2]] ?? '')
`

/** Lays out what every run shares: this repository as callers see it, the stand-ins, and the programs of a runner. */
export async function prepare({ folder }: Engine): Promise<void> {
  const kit = join(folder, 'kit')
  for (const part of ['.github', 'actions', 'action.yml', 'dist', 'package.json'])
    await cp(join(root, part), join(kit, part), { recursive: true })
  for (const name of await readdir(join(kit, '.github/workflows'))) {
    const file = join(kit, '.github/workflows', name)
    await writeFile(file, asActKnowsIt(await readFile(file, 'utf8')))
  }
  for (const [name, text] of Object.entries(standIns)) await put(join(folder, name, 'action.yml'), text)
  await put(join(folder, 'bin/yq.mjs'), yq)
  await put(join(folder, 'bin/yq'), `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} "$(dirname "$0")/yq.mjs" "$@"\n`)
  await chmod(join(folder, 'bin/yq'), 0o755)
}

/**
 * A workflow without what act 0.2.89 refuses: `$/` is written out as the commit that is meant (https://github.com/nektos/act/issues/6189);
 * `environment.deployment` (https://github.com/nektos/act/issues/6086) and `concurrency.queue` (https://github.com/nektos/act/issues/6095),
 * neither of which it could follow, are left out.
 */
function asActKnowsIt(text: string): string {
  return text
    .replace(/uses: \$\/(\S+)/g, `uses: ${own}/$1@${commit}`)
    .replace(/^ +deployment: false.*\n/gm, '')
    .replace(/^ +queue: max\n/gm, '')
}

/** Puts the files of a service under git, with a caller of workflows/, as acme/<name>. */
export async function aRepository(engine: Engine, name: string, from: string, caller: string): Promise<string> {
  const repository = join(engine.folder, 'repositories', name)
  await cp(join(root, from), repository, { recursive: true })
  await git(repository, 'init', '-q', '-b', 'main')
  await git(repository, 'remote', 'add', 'origin', `https://github.com/acme/${name}.git`)
  await addCaller(repository, caller)
  return repository
}

/** Copies a caller of workflows/ into a repository. */
export async function addCaller(repository: string, caller: string): Promise<void> {
  await mkdir(join(repository, '.github/workflows'), { recursive: true })
  await cp(join(root, 'workflows', caller), join(repository, '.github/workflows', caller))
  await commitAll(repository)
}

export async function commitAll(repository: string): Promise<void> {
  await git(repository, 'add', '-A')
  await git(repository, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', 'change')
}

/** Runs a caller of a repository on an event, with what GitHub tells of it. */
export async function act(
  engine: Engine,
  repository: string,
  caller: string,
  { name: event, ...payload }: { readonly name: string } & Readonly<Record<string, unknown>> = { name: 'push' },
): Promise<Run> {
  const { folder } = engine
  const cache = join(folder, 'cache')
  const artifacts = join(folder, 'artifacts')
  await rm(artifacts, { recursive: true, force: true })
  const environment = {
    ...engine.environment,
    TEST_ARTIFACTS: artifacts,
    GITHUB_REPOSITORY_ID: '4711',
    // The steps' own PATH: what a runner has, with Node 24 first.
    PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
  }
  const pins = await pinned()
  const file = join(folder, 'event.json')
  await writeFile(file, JSON.stringify(payload))
  const args = [
    ...[event, '-C', repository, '-W', `.github/workflows/${caller}`, '-P', 'ubuntu-latest=-self-hosted'],
    ...['--no-cache-server', '--concurrent-jobs', '1', '--actor', 'ada', '--json'],
    ...['--local-repository', `${own}@${commit}=${join(folder, 'kit')}`],
    ...Object.keys(standIns).flatMap((name) => ['--local-repository', `${name}@${pins.get(name)}=${join(folder, name)}`]),
    ...pairs('--env', environment),
    ...pairs('-s', { GITHUB_TOKEN: 'ghs_long_enough', ...engine.secrets }),
    ...pairs('--var', engine.variables),
    ...['-e', file],
  ]
  const { code, stdout, stderr } = await execute(engine.act, args, repository, {
    HOME: folder,
    XDG_CACHE_HOME: cache,
    PATH: environment.PATH,
    LANG: 'C.UTF-8',
  })
  await rm(cache, { recursive: true, force: true })
  return { code, ...read(stdout), text: `${stdout}\n${stderr}` }
}

/** The commit at which each of GitHub's actions is pinned. */
async function pinned(): Promise<ReadonlyMap<string, string>> {
  const folder = join(root, '.github/workflows')
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  return new Map(
    texts.flatMap((text) => [...text.matchAll(/uses: (actions\/[\w-]+)@(\w+)/g)].map(([, name = '', at = '']) => [name, at] as const)),
  )
}

/** The part of act's records that is read. */
interface Told {
  readonly job?: string
  readonly step?: string
  /** The step's number, and for a step inside of an action that one's after it. */
  readonly stepID?: readonly string[]
  readonly stage?: string
  readonly stepResult?: string
  readonly command?: string
  readonly content?: string
}

function read(stdout: string): Pick<Run, 'steps' | 'summaries'> {
  const records = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Told] : []))
  return {
    steps: records.flatMap(({ job, step, stage, stepID, stepResult }) =>
      stepResult !== undefined && stage === 'Main' && stepID?.length === 1 ? [`${placeOf(job)}/${step}: ${stepResult}`] : [],
    ),
    summaries: records.flatMap(({ command, content }) => (command === 'summary' && content !== undefined ? [content] : [])),
  }
}

/** A job as `<the caller's>/<the called one>`, without the names of workflows and the number of a matrix's leg. */
function placeOf(job = ''): string {
  const names = job.split('/').map((name) => name.trim().replace(/-\d+$/, ''))
  return `${names[0]}/${names.at(-1)}`
}

function pairs(flag: string, values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
}

async function put(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}

async function git(repository: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await execute('git', ['-C', repository, ...args], repository, { PATH: process.env.PATH ?? '' })
  if (code !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export function execute(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((done) => {
    execFile(command, [...args], { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      done({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr }),
    )
  })
}
