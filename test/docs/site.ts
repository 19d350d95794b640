import { chmod, cp, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { GitHub } from '../../local/github/server.ts'
import { bundleFolder } from '../support/prepared.ts'
import { act, type Engine, type Run } from '../workflows/engine.ts'
import { layOut, own } from '../workflows/kit.ts'
import { put } from '../workflows/process.ts'
import { type Clone, git } from '../workflows/repository.ts'
import { root } from '../workflows/workflow.ts'
import { branchOf, checkOut, nameOf, OWNER, propose, stateIn } from './occasion.ts'
import type { Event } from './page.ts'

/** What the pages' repositories meet on GitHub: where they are pushed to, and where their workflows run. */
export interface Site {
  /** What the reader's terminal has: a PATH with gh, git that finds GitHub here, and no other settings. */
  readonly environment: Readonly<Record<string, string>>
  /** Runs a workflow of the repository that a folder is a clone of, at what was pushed. */
  happens(event: Event, caller: string, folder: string): Promise<Happened>
}

export interface Happened {
  readonly run: Run
  /** What can be read on GitHub: the steps with what came of them, what they printed, their summaries, the comments on the pull request. */
  readonly shown: string
  readonly clone: Clone
}

/** The organisation's repositories, as GitHub counts them. */
const ids: Readonly<Record<string, number>> = { platform: 1001, greeter: 1002 }
const ownerId = 77
/** What is in the repository that the reader clones. Its tests and tools are left out: no page uses them. */
const parts = ['action.yml', 'actions', 'docs', 'examples', 'package.json', 'platform', 'schemas', 'workflows', '.github']

/** Lays a GitHub out in a folder, with Towpath's repository on it. */
export async function aSite(folder: string, github: GitHub, scene: Pick<Engine, 'act' | 'environment'>): Promise<Site> {
  const [repositories, state] = [join(folder, 'repositories'), join(folder, 'gh.json')]
  const commit = await publishTowpath(folder, repositories)
  await layOut(folder, commit)
  await prepareTerminal(folder, repositories)
  const known = new Map(Object.entries(ids).map(([name, id]) => [name, github.repository(`${OWNER}/${name}`, { id, ownerId })] as const))
  let checkouts = 0
  return {
    environment: {
      ...{ PATH: `${join(folder, 'reader')}:${dirname(process.execPath)}:/usr/bin:/bin`, LANG: 'C.UTF-8' },
      ...{ GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'), GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' },
      ...{ GH_URL: github.url, GH_STATE: state, GH_REPOSITORIES: repositories },
    },
    async happens(event, caller, place) {
      const name = await nameOf(place)
      const repository = known.get(name)
      if (!repository) throw new Error(`${OWNER} has no repository '${name}'`)
      const done = await stateIn(state)
      const to = join(folder, 'checkouts', String(++checkouts))
      const clone = await checkOut(join(repositories, `${OWNER}/${name}.git`), to, branchOf(event, done), repository)
      const payloads: Readonly<Record<Event, () => Readonly<Record<string, unknown>>>> = {
        push: () => ({}),
        workflow_dispatch: () => ({ inputs: done.dispatched[caller] }),
        pull_request: () => propose(done, repository),
      }
      const before = new Map(repository.comments)
      const engine = { ...scene, folder, github, commit, variables: done.variables }
      const run = await act(engine, clone, { caller, event, payload: payloads[event]() })
      if (run.steps.length === 0) throw new Error(`${caller} did nothing on ${event}: ${run.text}`)
      const comments = [...repository.comments.values()].filter((comment) => before.get(comment.id)?.body !== comment.body)
      return { run, clone, shown: [...run.steps, run.printed, ...run.summaries, ...comments.map(({ body }) => body)].join('\n') }
    },
  }
}

/** What the reader's terminal finds: gh, and a git that knows who commits and where GitHub is. */
async function prepareTerminal(folder: string, repositories: string): Promise<void> {
  const gh = join(import.meta.dirname, 'gh.ts')
  await put(join(folder, 'reader/gh'), `#!/bin/sh\nexec node --disable-warning=ExperimentalWarning ${JSON.stringify(gh)} "$@"\n`)
  await chmod(join(folder, 'reader/gh'), 0o755)
  const settings = {
    user: ['name = Ada', 'email = ada@example.com'],
    init: ['defaultBranch = main'],
    [`url "${repositories}/"`]: ['insteadOf = https://github.com/'],
  }
  const lines = Object.entries(settings).flatMap(([section, values]) => [`[${section}]`, ...values])
  await put(join(folder, 'gitconfig'), `${lines.join('\n')}\n`)
}

/** Puts what is in this folder under git, as it is on GitHub. Gives the commit. */
async function publishTowpath(folder: string, repositories: string): Promise<string> {
  const [made, bare] = [join(folder, 'made'), join(repositories, `${own}.git`)]
  await mkdir(bare, { recursive: true })
  for (const part of parts) await cp(join(root, part), join(made, part), { recursive: true })
  await cp(bundleFolder(), join(made, 'dist'), { recursive: true })
  await git(made, 'init', '-q', '-b', 'main')
  await git(made, 'add', '-A')
  await git(made, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', 'Towpath')
  await git(folder, 'clone', '-q', '--bare', made, bare)
  return (await git(made, 'rev-parse', 'HEAD')).trim()
}
