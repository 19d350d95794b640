import { join } from 'node:path'
import { openable } from '../artefact/archive.ts'
import type { ArchiveMember, Archiver } from '../artefact/archiver.ts'
import { collect } from '../artefact/collect.ts'
import { type Digest, digesting, digestOf } from '../digest.ts'
import { type Problem, TowpathError } from '../errors.ts'
import type { Files } from '../ports/files.ts'
import { roleFile, roleOf } from './layout.ts'

/** A file of a repository's `ansible/` folder. Its name is its path in the repository. */
export interface AnsibleFile extends ArchiveMember {
  /** The path as messages show it. */
  readonly shown: string
}

/** What a repository holds for Ansible: its files by path, in the order of their names. */
export type AnsibleTree = ReadonlyMap<string, AnsibleFile>

/** The files of every role, by the role's name: those of the service where both sides have it. */
export type Roles = ReadonlyMap<string, AnsibleTree>

/** A published platform's playbooks and roles: the former by path, the latter by name, each role one archive. */
export interface PublishedAnsible {
  readonly playbooks: Readonly<Record<string, Digest>>
  readonly roles: Readonly<Record<string, Digest>>
  /** What messages call a file of the platform, such as `ansible/platform.yml (3.2.0)`. */
  shown(path: string): string
  content(digest: Digest, what: string): Promise<Uint8Array>
}

/** The platform's files for Ansible. Roles are small: they are held in memory. */
export async function platformTree(archiver: Archiver, { playbooks, roles, shown, content }: PublishedAnsible): Promise<AnsibleTree> {
  const files: AnsibleFile[] = []
  const add = (name: string, bytes: Uint8Array, executable: boolean): void => {
    files.push({ name, shown: shown(name), bytes: bytes.length, executable, open: () => once(bytes) })
  }
  for (const [path, digest] of Object.entries(playbooks)) add(path, await content(digest, `the platform's playbook ${shown(path)}`), false)
  for (const [role, digest] of Object.entries(roles)) {
    const archive = await content(digest, `the platform's role '${role}'`)
    for (const { name, bytes, executable } of await archiver.unzip(archive)) add(roleFile(role, name), bytes, executable)
  }
  return treeOf(files)
}

/** Left out of a bundle: a repository's tests of its roles. */
const tests = 'tests'

/** A service's files for Ansible, all of its `ansible/` except its tests, and what keeps some of them from being in a bundle. */
export async function serviceTree(
  files: Files,
  folder: string,
): Promise<{ readonly tree: AnsibleTree; readonly problems: readonly Problem[] }> {
  const root = await files.resolve(join(folder, 'ansible'))
  if (root === undefined) return { tree: new Map(), problems: [] }
  try {
    const { members } = await collect(files, root, (name) => name === tests)
    const found = members.map((member): AnsibleFile => {
      const name = `ansible/${member.name}`
      return { ...openable(files, member, () => {}), name, shown: join(folder, name) }
    })
    return { tree: treeOf(found), problems: [] }
  } catch (error) {
    if (!(error instanceof TowpathError) || error.code !== 'bad-input' || error.problems.length === 0) throw error
    return { tree: new Map(), problems: error.problems }
  }
}

/** The names of the roles in a tree. */
export function rolesIn(tree: AnsibleTree): ReadonlySet<string> {
  return new Set([...tree.keys()].flatMap((path) => roleOf(path) ?? []))
}

/** What each role of a tree holds: equal files have an equal digest, whatever archive they come from. */
export async function roleDigests(tree: AnsibleTree): Promise<Readonly<Record<string, Digest>>> {
  const listings = new Map<string, string[]>()
  for (const [path, file] of tree) {
    const role = roleOf(path)
    if (role === undefined) continue
    const sum = digesting()
    for await (const piece of file.open()) sum.add(piece)
    listings.set(role, [...(listings.get(role) ?? []), JSON.stringify([path, file.executable, sum.digest()])])
  }
  return Object.fromEntries([...listings].map(([role, lines]) => [role, digestOf(lines.join('\n'))]))
}

/** The whole of a small file. */
export async function contentOf(file: AnsibleFile): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.open()) pieces.push(piece)
  return Buffer.concat(pieces)
}

function treeOf(files: readonly AnsibleFile[]): AnsibleTree {
  return new Map(files.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((file) => [file.name, file]))
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.length > 0) yield bytes
}
