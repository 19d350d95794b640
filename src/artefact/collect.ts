import { type Problem, refuse } from '../errors.ts'
import type { FileEntry, Files } from '../ports/files.ts'
import { collisions } from './collisions.ts'
import type { Exclude } from './exclude.ts'
import { nameFault, shown } from './names.ts'

/** A file that goes into an archive. */
export interface Member {
  /** Relative to the folder, with `/`. */
  readonly name: string
  /** Where its content is: the file itself, or what its link leads to. */
  readonly path: string
  readonly bytes: number
  readonly executable: boolean
}

export interface Collected {
  /** Sorted by the UTF-16 units of their names. Empty folders are not among them. */
  readonly members: readonly Member[]
  /** How many entries `exclude` left out; an excluded folder counts as one. */
  readonly excluded: number
}

const nothing: Exclude = () => false

/**
 * Walks a folder into the files of its archive, dotfiles included. A link to a file inside is stored as that file's content. Whatever an
 * archive cannot hold the same way everywhere is refused, all of it in one error: links that leave the folder, dangle or lead to a folder;
 * devices, sockets and pipes; names that do not travel or that collide. `root` is the folder's real path, no link in it.
 */
export async function collect(files: Files, root: string, exclude: Exclude = nothing): Promise<Collected> {
  const members: Member[] = []
  const problems: Problem[] = []
  let excluded = 0

  async function walk(folder: string): Promise<void> {
    for (const entry of (await files.list(folder === '' ? root : `${root}/${folder}`)) ?? []) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (exclude(name, entry.kind === 'folder')) {
        excluded++
        continue
      }
      const fault = nameFault(name)
      if (fault) problems.push(problem(root, name, `the name '${shown(name)}' ${fault}`, 'rename it, or leave it out'))
      else if (entry.kind === 'folder') await walk(name)
      else await take(name, entry)
    }
  }

  async function take(name: string, entry: FileEntry): Promise<void> {
    const found = await memberAt(files, root, name, entry)
    if (typeof found === 'string')
      problems.push(problem(root, name, `'${shown(name)}' ${found}`, 'leave it out, or put a file in its place'))
    else members.push(found)
  }

  await walk('')
  members.sort((a, b) => (a.name < b.name ? -1 : 1))
  problems.sort((a, b) => (a.file < b.file ? -1 : 1))
  problems.push(...collisionProblems(root, members))
  if (problems.length > 0) throw refuse(`'${shown(root)}'`, problems)
  return { members, excluded }
}

/** The member for an entry that is no folder, or why there can be none, as the end of a sentence. */
async function memberAt(files: Files, root: string, name: string, entry: FileEntry): Promise<Member | string> {
  if (entry.kind === 'other') return 'is neither file nor folder, but a device, a socket or a pipe'
  const path = entry.kind === 'link' ? await files.resolve(`${root}/${name}`) : `${root}/${name}`
  if (path === undefined) return 'is a link that dangles or runs in a circle'
  if (path !== root && !path.startsWith(`${root}/`)) return `is a link that leaves the folder, to '${shown(path)}'`
  const facts = await files.facts(path)
  switch (facts?.kind) {
    case 'file':
      return { name, path, bytes: facts.bytes, executable: facts.executable }
    case 'folder':
      return 'is a link to a folder'
    case undefined:
      return 'vanished while the folder was read'
    default:
      return 'leads to a device, a socket or a pipe'
  }
}

function collisionProblems(root: string, members: readonly Member[]): Problem[] {
  return collisions(members.map((member) => member.name)).map(({ first, second }) =>
    problem(
      root,
      second,
      `'${shown(second)}' and '${shown(first)}' are one name where case or Unicode form does not count`,
      'rename one of them',
    ),
  )
}

function problem(root: string, name: string, message: string, hint: string): Problem {
  return { file: shown(`${root}/${name}`), line: 1, column: 1, message, hint }
}
