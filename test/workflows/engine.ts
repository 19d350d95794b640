import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tokenFor } from '../../local/github/permission.ts'
import type { GitHub } from '../../local/github/server.ts'
import { approval, ID_TOKEN_REQUEST, ID_TOKEN_URL, own, standIns, commit as zeros } from './kit.ts'
import { type Ended, start } from './process.ts'
import type { Clone } from './repository.ts'
import { root } from './workflow.ts'

/** Runs callers with act, a workflow engine, on this machine: no container, no network, nothing of the caller's own environment. */

export interface Engine {
  readonly act: string
  /** A folder of the test's own; everything is written below it. What `layOut` writes is there. */
  readonly folder: string
  readonly github: GitHub
  /** The commit that callers pin, as it was given to `layOut`; by default the 40 zeros of workflows/. */
  readonly commit?: string
  /** What the steps see beside what a runner gives, such as AWS_ENDPOINT_URL. */
  readonly environment: Readonly<Record<string, string>>
  readonly variables: Readonly<Record<string, string>>
}

/** What makes a caller run. */
export interface Occasion {
  /** The caller's file. */
  readonly caller: string
  readonly event?: string
  /** What GitHub tells of the event. */
  readonly payload?: Readonly<Record<string, unknown>>
  readonly attempt?: number
  /** A file whose appearance is the approval of everything that names an environment; without one nobody has to approve. */
  readonly approval?: string
  /** Beside the engine's. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface Run {
  readonly code: number
  /** Each step that ran, in order: `<job>/<step>: success` or `failure`. A step that was skipped is not there. */
  readonly steps: readonly string[]
  /** What was printed, as a person reads it in the log: `<job>/<step>` and the line; a workflow command as it stands. */
  readonly lines: readonly { readonly at: string; readonly line: string }[]
  /** What the steps wrote to their summaries. */
  readonly summaries: readonly string[]
  /** What the steps printed, with their annotations but without other commands to the runner. */
  readonly printed: string
  /** Everything that was printed, for a failing assertion. */
  readonly text: string
}

/** A run under way. */
export interface Running {
  readonly ended: Promise<Run>
  /** Resolves when a step has printed a text. */
  printed(text: string): Promise<void>
  /** As somebody who cancels it. act then kills the step's process: it never hears of it. */
  cancel(): void
}

let runs = 9_000
const underWay = new Set<Running>()

/** Starts a caller of a repository, at what is checked out there. */
export async function begin(engine: Engine, clone: Clone, occasion: Occasion): Promise<Running> {
  const { folder, github } = engine
  const { caller, event = 'push', payload = {}, attempt = 1 } = occasion
  const run = String(++runs)
  const at = join(folder, 'runs', run)
  const sha = await head(clone)
  const variables = {
    ...engine.variables,
    [ID_TOKEN_URL]: `${github.url}/oidc/token?api-version=2.0`,
    [ID_TOKEN_REQUEST]: github.admit({
      ...{ repository: `acme/${clone.name}`, repositoryId: clone.github.id, ownerId: clone.github.ownerId, sha, event, run },
      ...{ ref: event === 'pull_request' ? 'refs/pull/42/merge' : 'refs/heads/main', actor: 'ada', attempt: String(attempt) },
      ...{ workflow: `acme/${clone.name}/.github/workflows/${caller}@refs/heads/main`, jobWorkflow: '', withIds: true },
    }),
  }
  const environment = {
    ...engine.environment,
    ...occasion.environment,
    TEST_APPROVAL: occasion.approval ?? '',
    TEST_ARTIFACTS: join(at, 'artifacts'),
    GITHUB_API_URL: github.url,
    GITHUB_REPOSITORY_ID: String(clone.github.id),
    GITHUB_REPOSITORY_OWNER_ID: String(clone.github.ownerId),
    GITHUB_RUN_ID: run,
    GITHUB_RUN_ATTEMPT: String(attempt),
    SHA_REF: sha,
    ...(event === 'pull_request' ? {} : { GITHUB_REF: 'refs/heads/main' }),
    // The steps' own PATH: what a runner has, with Node 24 first.
    PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
  }
  const file = join(folder, `event-${run}.json`)
  await writeFile(file, JSON.stringify(payload))
  const started = start(engine.act, await argumentsOf(engine, clone, event, caller, file, environment, variables), clone.folder, {
    HOME: folder,
    XDG_CACHE_HOME: join(at, 'cache'),
    PATH: environment.PATH,
    LANG: 'C.UTF-8',
  })
  const running: Running = {
    printed: started.printed,
    cancel: () => void started.child.kill('SIGINT'),
    ended: started.ended.then(async ({ code, stdout, stderr }: Ended) => {
      await rm(at, { recursive: true, force: true })
      underWay.delete(running)
      return { code, ...read(stdout), text: `${stdout}\n${stderr}` }
    }),
  }
  underWay.add(running)
  return running
}

/** Ends the runs that a failed test has left behind, such as one that waits for its approval. */
export async function endAll(): Promise<void> {
  await Promise.all(
    [...underWay].map(({ cancel, ended }) => {
      cancel()
      return ended
    }),
  )
}

/** Runs a caller to its end. */
export async function act(engine: Engine, clone: Clone, occasion: Occasion): Promise<Run> {
  return (await begin(engine, clone, occasion)).ended
}

async function argumentsOf(
  { folder, commit = zeros }: Engine,
  { folder: repository }: Clone,
  event: string,
  caller: string,
  payload: string,
  environment: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const pins = await pinned()
  return [
    ...[event, '-C', repository, '-W', `.github/workflows/${caller}`, '-P', 'ubuntu-latest=-self-hosted', '-e', payload],
    ...['--no-cache-server', '--concurrent-jobs', '1', '--actor', 'ada', '--json'],
    ...['--local-repository', `${own}@${commit}=${join(folder, 'kit')}`],
    ...Object.keys(standIns).flatMap((name) => ['--local-repository', `${name}@${pins.get(name)}=${join(folder, name)}`]),
    ...pairs('--env', environment),
    // A token that may do nothing: what may do more is given step by step, as permissions have it.
    ...pairs('-s', { GITHUB_TOKEN: tokenFor({}) }),
    ...pairs('--var', variables),
  ]
}

/** The commit at which each of GitHub's actions is pinned. */
async function pinned(): Promise<ReadonlyMap<string, string>> {
  const folder = join(root, '.github/workflows')
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  return new Map(
    texts.flatMap((text) => [...text.matchAll(/uses: (actions\/[\w-]+)@(\w+)/g)].map(([, name = '', at = '']) => [name, at] as const)),
  )
}

async function head({ folder }: Clone): Promise<string> {
  const text = (await readFile(join(folder, '.git/HEAD'), 'utf8')).trim()
  const [, ref] = /^ref: (.+)$/.exec(text) ?? []
  return ref === undefined ? text : (await readFile(join(folder, '.git', ref), 'utf8')).trim()
}

/** The part of act's records that is read. */
interface Told {
  readonly job?: string
  readonly step?: string
  /** The step's number, and for a step inside of an action that one's after it. */
  readonly stepID?: readonly string[]
  readonly stage?: string
  readonly stepResult?: string
  /** True for what the step itself printed. */
  readonly raw_output?: boolean
  readonly msg?: string
  readonly command?: string
  readonly content?: string
  /** A workflow command as it was printed. */
  readonly raw?: string
}

/** What GitHub's log shows of a line: it as it is, and an annotation as `Error: …`; nothing of other commands. */
function shown(line: string): readonly string[] {
  if (!line.startsWith('::')) return [line.trimEnd()]
  const [, kind = '', text] = /^::(error|warning|notice)[^:]*::(.*)/s.exec(line) ?? []
  return text === undefined ? [] : [`${kind[0]?.toUpperCase()}${kind.slice(1)}: ${text.replaceAll('%0A', '\n')}`]
}

function read(stdout: string): Pick<Run, 'steps' | 'lines' | 'summaries' | 'printed'> {
  const records = stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Told] : []))
  const lines = records.flatMap(({ job, step, command, raw, raw_output: printed, msg = '' }) => {
    if (command === 'add-mask' || (printed !== true && raw === undefined)) return []
    return [{ at: `${placeOf(job)}/${step}`, line: (raw ?? msg).replace(/\n$/, '') }]
  })
  return {
    steps: records.flatMap(({ job, step, stage, stepID, stepResult }) =>
      stepResult !== undefined && stage === 'Main' && stepID?.length === 1 && step !== approval
        ? [`${placeOf(job)}/${step}: ${stepResult}`]
        : [],
    ),
    lines,
    summaries: records.flatMap(({ command, content }) => (command === 'summary' && content !== undefined ? [content] : [])),
    printed: lines.flatMap(({ line }) => shown(line)).join('\n'),
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
