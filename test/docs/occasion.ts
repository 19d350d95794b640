import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Repository } from '../../local/github/repository.ts'
import { announce, type Clone, git } from '../workflows/repository.ts'
import { nothing, type State } from './gh-state.ts'
import type { Event } from './page.ts'

/** The organisation of the pages. */
export const OWNER = 'acme'

/** What was done with gh until now. */
export async function stateIn(file: string): Promise<State> {
  return existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : nothing
}

/** The name of the repository on GitHub that a folder is a clone of. */
export async function nameOf(folder: string): Promise<string> {
  const origin = (await git(folder, 'config', 'remote.origin.url')).trim()
  const name = new RegExp(`^https://github\\.com/${OWNER}/([\\w-]+)\\.git$`).exec(origin)?.[1]
  if (name === undefined) throw new Error(`${folder} is no clone of a repository of ${OWNER}, but of ${origin}`)
  return name
}

/** The branch that an event is about: that of the last pull request, else main. */
export function branchOf(event: Event, { pulls }: State): string {
  const branch = event === 'pull_request' ? pulls.at(-1)?.head : 'main'
  if (branch === undefined) throw new Error('nobody has made a pull request')
  return branch
}

/** Checks a branch out as it was pushed, and lets GitHub know of it. */
export async function checkOut(bare: string, to: string, branch: string, github: Repository): Promise<Clone> {
  const clone = { name: github.name, folder: to, github }
  await git(bare, 'clone', '-q', '--branch', branch, bare, to)
  await git(to, 'remote', 'set-url', 'origin', `https://github.com/${OWNER}/${github.name}.git`)
  await announce(clone, branch)
  return clone
}

/** Lets GitHub know of the last pull request, and gives what it tells a workflow of it. */
export function propose({ pulls }: State, github: Repository): Readonly<Record<string, unknown>> {
  const [number, { head: ref = '', title = '' } = {}] = [pulls.length, pulls.at(-1)]
  const full = `${OWNER}/${github.name}`
  const [head, base] = [ref, 'main'].map((branch) => ({ ref: branch, sha: github.refs.get(branch) ?? '' }))
  if (!head || !base) throw new Error('a pull request has two branches')
  github.pulls.set(number, { number, title, head: { ...head, repository: full }, base, state: 'open', author: 'ada' })
  return { number, pull_request: { number, user: { login: 'ada' }, head: { ref, repo: { full_name: full } } } }
}
