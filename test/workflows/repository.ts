import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Repository } from '../../local/github/repository.ts'
import type { GitHub } from '../../local/github/server.ts'
import { execute, put } from './process.ts'
import { root } from './workflow.ts'

/** A repository of a service team: on this machine, and as GitHub knows it. */
export interface Clone {
  readonly name: string
  readonly folder: string
  readonly github: Repository
}

let made = 0

/** Puts files under git as acme/<name>, known to GitHub. @param files which part of this repository goes where. */
export async function aClone(folder: string, github: GitHub, name: string, files: Readonly<Record<string, string>>): Promise<Clone> {
  const at = join(folder, 'repositories', name)
  for (const [to, from] of Object.entries(files)) await cp(join(root, from), join(at, to), { recursive: true })
  await git(at, 'init', '-q', '-b', 'main')
  await git(at, 'remote', 'add', 'origin', `https://github.com/acme/${name}.git`)
  made += 1
  return { name, folder: at, github: github.repository(`acme/${name}`, { id: 4_700 + made, ownerId: 12 }) }
}

/** Copies callers of workflows/ into a repository, as somebody who follows the documentation. */
export async function addCallers({ folder }: Clone, ...callers: readonly string[]): Promise<void> {
  for (const caller of callers) {
    const text = await readFile(join(root, 'workflows', caller), 'utf8')
    // What act does not know: https://github.com/nektos/act/issues/6189 and https://github.com/nektos/act/issues/6095
    await put(join(folder, '.github/workflows', caller), text.replaceAll('uses: $/', 'uses: ./').replaceAll(', queue: max', ''))
  }
}

/** Changes a file. What is to be replaced must be there. */
export async function change({ folder }: Clone, file: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8')
  const changed = text.replace(from, () => to)
  if (changed === text) throw new Error(`${file} has no '${from}'`)
  await put(join(folder, file), changed)
}

/** Commits everything, and lets GitHub know. Gives the commit. */
export async function push(clone: Clone, message = 'change'): Promise<string> {
  await git(clone.folder, 'add', '-A')
  await git(clone.folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-q', '--allow-empty', '-m', message)
  return announce(clone, 'main')
}

/** Lets GitHub know of what is checked out, as a branch. Gives the commit. */
export async function announce({ folder, github }: Clone, branch: string): Promise<string> {
  for (const line of (await git(folder, 'log', '--format=%H %P %x09%s')).trim().split('\n')) {
    const [hashes = '', message = ''] = line.split('\t')
    const [sha = '', ...parents] = hashes.trim().split(' ')
    github.commits.set(sha, { sha, parents, message: `${message}\n` })
  }
  const head = (await git(folder, 'rev-parse', 'HEAD')).trim()
  github.refs.set(branch, head)
  return head
}

/** Brings a commit into the folder, as the checkout of its run would. */
export function checkOut({ folder }: Clone, commit: string): Promise<string> {
  return git(folder, 'checkout', '-q', commit)
}

export async function git(repository: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await execute('git', ['-C', repository, ...args], root, { PATH: process.env.PATH ?? '' })
  if (code !== 0) throw new Error(`git ${args[0]}: ${stderr}`)
  return stdout
}
