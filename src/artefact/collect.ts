import { plainFileAt } from '../document/plain-file.ts'
import { type Problem, refuse, TowpathError } from '../errors.ts'
import type { Files } from '../ports/files.ts'
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

/** What an archive may hold: more is a mistake, and would be read for hours. */
export const MOST_FILES = 500_000
export const MOST_BYTES = 16 * 2 ** 30
const DEEPEST = 200

/** How often it is said how many files were found. */
const STEP_FILES = 25_000

/**
 * Walks a folder into the files of its archive, dotfiles included. A link to a file inside is stored as that file's content. Whatever an
 * archive cannot hold the same way everywhere is refused, all of it in one error: links that leave the folder, dangle or lead to a folder;
 * devices, sockets and pipes; set-id bits; names that do not travel or that collide; more files, bytes or folders in folders than anybody
 * means to ship. `root` is the folder's real path, no link in it.
 */
export async function collect(
  files: Files,
  root: string,
  exclude: Exclude = nothing,
  found: (files: number) => void = () => {},
): Promise<Collected> {
  const members: Member[] = []
  const problems: Problem[] = []
  let excluded = 0
  let seen = 0
  let bytes = 0

  async function walk(folder: string, depth: number): Promise<void> {
    if (depth > DEEPEST) throw tooMuch(`more than ${DEEPEST} folders in one another`)
    for (const entry of (await files.list(folder === '' ? root : `${root}/${folder}`)) ?? []) {
      if (++seen > MOST_FILES) throw tooMuch(`more than ${MOST_FILES} files and folders`)
      if (seen % STEP_FILES === 0) found(seen)
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (exclude(name, entry.kind === 'folder')) {
        excluded++
        continue
      }
      const fault = nameFault(name)
      if (fault) problems.push(problem(root, name, `the name '${shown(name)}' ${fault}`, 'rename it, or leave it out'))
      else if (entry.kind === 'folder') await walk(name, depth + 1)
      else await take(name)
    }
  }

  async function take(name: string): Promise<void> {
    const file = await plainFileAt(files, root, `${root}/${name}`)
    if (typeof file === 'string') {
      problems.push(problem(root, name, `'${shown(name)}' ${shown(file)}`, 'leave it out, or put a file in its place'))
      return
    }
    members.push({ name, ...file })
    bytes += file.bytes
    if (bytes > MOST_BYTES) throw tooMuch(`more than ${MOST_BYTES / 2 ** 30} GiB`)
  }

  function tooMuch(what: string): TowpathError {
    return new TowpathError('bad-input', `'${shown(root)}' holds ${what}`, { hint: 'leave some out with artefact.exclude' })
  }

  await walk('', 0)
  members.sort((a, b) => (a.name < b.name ? -1 : 1))
  problems.sort((a, b) => (a.file < b.file ? -1 : 1))
  problems.push(...collisionProblems(root, members))
  if (problems.length > 0) throw refuse(`'${shown(root)}'`, problems)
  return { members, excluded }
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
