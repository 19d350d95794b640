import { type Problem, refuse, TowpathError } from '../errors.ts'
import type { Files } from '../ports/files.ts'
import type { Archiver } from './archiver.ts'
import { type Collision, collisions } from './collisions.ts'
import { nameFault, shown } from './names.ts'

/** As many as a folder may hold (collect.ts). */
const MOST_ENTRIES = 500_000

/** `PK\x03\x04`: the header of the first entry. Source: APPNOTE.TXT 4.3.7. */
const firstEntry = [0x50, 0x4b, 0x03, 0x04]

/**
 * Checks a zip that somebody else made, and says how many files it holds. Refused: what is no zip, a zip without a file, what is
 * neither file nor folder, set-id bits, and names that would unpack outside their folder or over one another.
 */
export async function checkReady(files: Files, archiver: Archiver, path: string): Promise<number> {
  const entries = await archiver.entries(files, path, MOST_ENTRIES)
  const names = entries.map(({ name }) => name)
  const start = await files.part(path, 0, firstEntry.length)
  if (names.length > 0 && !firstEntry.every((byte, index) => start[index] === byte)) {
    throw new TowpathError('bad-input', `'${shown(path)}' has a zip's directory, but does not begin as a zip does`, {
      hint: 'artefact.path is a folder, or a zip without anything before it',
    })
  }
  const members = names.filter((name) => !name.endsWith('/')).length
  if (members === 0)
    throw new TowpathError('bad-input', `'${shown(path)}' is a zip without any file in it`, { hint: 'build the service first' })
  const faults = entries.flatMap(({ name, mode }) => {
    const fault = nameFault(name)
    const kind = kindFault(mode)
    return [
      ...(fault === undefined ? [] : [problem(path, `the name '${shown(name)}' in the zip ${fault}`)]),
      ...(kind === undefined ? [] : [problem(path, `'${shown(name)}' in the zip ${kind}`)]),
    ]
  })
  const problems = [...faults, ...collisions(names).map((collision) => problem(path, clash(collision)))]
  if (problems.length > 0) throw refuse(`'${shown(path)}'`, problems)
  return members
}

/** What of a Unix mode no member of a zip may have, as the end of a sentence. Source: inode(7). */
function kindFault(mode = 0): string | undefined {
  const type = mode & 0o170000
  if (type === 0o120000) return 'is a link'
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) return 'is neither file nor folder, but a device, a socket or a pipe'
  return type === 0o100000 && (mode & 0o6000) !== 0 ? 'has a set-user-id or set-group-id bit' : undefined
}

function clash({ first, second }: Collision): string {
  if (first === second) return `'${shown(first)}' is in the zip twice, or as a file and a folder`
  return `'${shown(second)}' and '${shown(first)}' in the zip are one name where case or Unicode form does not count`
}

function problem(path: string, message: string): Problem {
  return { file: shown(path), line: 1, column: 1, message, hint: 'make the zip anew without it' }
}
