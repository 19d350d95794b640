import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { GitHub } from '../../local/github/server.ts'
import { act, type Engine, type Run } from '../workflows/engine.ts'
import { layOut, own } from '../workflows/kit.ts'
import { put } from '../workflows/process.ts'
import { announce, type Clone, git } from '../workflows/repository.ts'
import { root } from '../workflows/workflow.ts'
import { nothing, type State } from './gh-state.ts'
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

/** The acme organisation's repositories, as GitHub counts them. */
const ids: Readonly<Record<string, number>> = { platform: 1001, greeter: 1002 }
const ownerId = 77
/** What is in the repository that the reader clones. Its tests and tools are left out: no page uses them. */
const parts = ['action.yml', 'actions', 'dist', 'docs', 'examples', 'package.json', 'platform', 'schemas', 'workflows', '.github']

/** Lays a GitHub out in a folder, with Towpath's repository on it. */
export async function aSite(folder: string, github: GitHub, scene: Pick<Engine, 'act' | 'environment'>): Promise<Site> {
  const repositories = join(folder, 'repositories')
  const commit = await publishTowpath(folder, repositories)
  await layOut(folder, commit)
  const known = Object.entries(ids).map(([name, id]) => [name, github.repository(`acme/${name}`, { id, ownerId })] as const)
  const state = join(folder, 'gh.json')
  await put(
    join(folder, 'reader/gh'),
    `#!/bin/sh\nexec node --disable-warning=ExperimentalWarning ${join(import.meta.dirname, 'gh.ts')} "$@"\n`,
  )
  await chmod(join(folder, 'reader/gh'), 0o755)
  await put(
    join(folder, 'gitconfig'),
    `[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n[advice]\ndetachedHead = false\n[url "${repositories}/"]\ninsteadOf = https://github.com/\n`,
  )
  let checkouts = 0
  return {
    environment: {
      ...{ PATH: `${join(folder, 'reader')}:${dirname(process.execPath)}:/usr/bin:/bin`, LANG: 'C.UTF-8' },
      ...{ GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'), GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' },
      ...{ GH_URL: github.url, GH_STATE: state, GH_REPOSITORIES: repositories },
    },
    async happens(event, caller, place) {
      const name = /^https:\/\/github\.com\/acme\/([\w-]+)\.git$/.exec((await git(place, 'config', 'remote.origin.url')).trim())?.[1] ?? ''
      const on = new Map(known).get(name)
      if (!on) throw new Error(`${place} is no clone of one of acme's repositories: ${Object.keys(ids).join(', ')}`)
      const { variables, dispatched, pulls }: State = existsSync(state) ? JSON.parse(await readFile(state, 'utf8')) : nothing
      const [number, pull] = [pulls.length, pulls.at(-1)]
      const branch = event === 'pull_request' ? (pull?.head ?? '') : 'main'
      const clone: Clone = { name, folder: join(folder, 'checkouts', String(++checkouts)), github: on }
      await git(folder, 'clone', '-q', '--branch', branch, join(repositories, `acme/${name}.git`), clone.folder)
      await git(clone.folder, 'remote', 'set-url', 'origin', `https://github.com/acme/${name}.git`)
      const sha = await announce(clone, branch)
      if (event === 'pull_request') {
        const base = { ref: 'main', sha: on.refs.get('main') ?? '' }
        on.pulls.set(number, {
          number,
          title: pull?.title ?? '',
          head: { ref: branch, sha, repository: `acme/${name}` },
          base,
          state: 'open',
          author: 'ada',
        })
      }
      const payload = {
        push: {},
        workflow_dispatch: { inputs: dispatched[caller] },
        pull_request: {
          number,
          pull_request: { number, user: { login: 'ada' }, head: { ref: branch, repo: { full_name: `acme/${name}` } } },
        },
      }
      const before = new Map(on.comments)
      const run = await act({ ...scene, folder, github, commit, variables }, clone, { caller, event, payload: payload[event] })
      const comments = [...on.comments.values()].filter((comment) => before.get(comment.id)?.body !== comment.body)
      return { run, clone, shown: [...run.steps, run.printed, ...run.summaries, ...comments.map(({ body }) => body)].join('\n') }
    },
  }
}

/** Puts what is in this folder under git, as it is on GitHub. Gives the commit. */
async function publishTowpath(folder: string, repositories: string): Promise<string> {
  const [made, bare] = [join(folder, 'made'), join(repositories, `${own}.git`)]
  await mkdir(bare, { recursive: true })
  for (const part of parts) await cp(join(root, part), join(made, part), { recursive: true })
  await git(made, 'init', '-q', '-b', 'main')
  await git(made, 'add', '-A')
  await git(made, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '-m', 'Towpath')
  await git(folder, 'clone', '-q', '--bare', made, bare)
  return (await git(made, 'rev-parse', 'HEAD')).trim()
}
