import { join } from 'node:path'
import { packFolder } from '../artefact/archive.ts'
import type { Archiver } from '../artefact/archiver.ts'
import { type Digest, digestOf } from '../digest.ts'
import { type Problem, refuse, TowpathError } from '../errors.ts'
import type { Files } from '../files.ts'
import type { Platform } from './platform.ts'
import { type PlatformFiles, type PlatformRelease, platformRelease } from './release.ts'
import { keysUnsupportedByUse } from './unsupported.ts'

/** A platform repository's files, read and named by their digests. */
export interface PlatformFolder {
  readonly files: PlatformFiles
  /** The text of a template by its file name. */
  readonly templates: ReadonlyMap<string, string>
  content(digest: Digest): Promise<Uint8Array>
}

/** How many roles are archived at once. */
const AT_ONCE = 8

/** Reads templates, roles and playbooks of a platform repository. Refuses two templates of one base name, since overrides match by it. */
export async function readPlatformFolder(files: Files, archiver: Archiver, folder: string): Promise<PlatformFolder> {
  const contents = new Map<Digest, Uint8Array>()
  const keep = (bytes: Uint8Array, digest: Digest = digestOf(bytes)): Digest => {
    contents.set(digest, bytes)
    return digest
  }
  const templates = new Map<string, string>()
  const templateDigests: Record<string, Digest> = {}
  for (const name of await templateNames(files, join(folder, 'cloudFormation'))) {
    const bytes = (await files.read(join(folder, 'cloudFormation', name))) ?? new Uint8Array()
    templates.set(name, new TextDecoder().decode(bytes))
    templateDigests[name] = keep(bytes)
  }
  const roles = await archiveRoles(files, archiver, join(folder, 'ansible', 'roles'), keep)
  const playbooks: Record<string, Digest> = {}
  for (const path of await playbookPaths(files, folder)) playbooks[path] = keep((await files.read(join(folder, path))) ?? new Uint8Array())
  return {
    files: { templates: templateDigests, roles, playbooks },
    templates,
    content: async (digest) => {
      const bytes = contents.get(digest)
      if (bytes === undefined) throw new TowpathError('bug', `the platform holds nothing of digest ${digest}`)
      return bytes
    },
  }
}

/** What would be published of a platform folder. */
export function releaseOfFolder(platform: Platform, folder: PlatformFolder): PlatformRelease {
  return platformRelease(platform, folder.files, (name) => {
    const blueprint = platform.blueprints.get(name)?.value
    return blueprint ? keysUnsupportedByUse(blueprint) : []
  })
}

async function templateNames(files: Files, folder: string): Promise<readonly string[]> {
  const names = ((await files.list(folder)) ?? [])
    .filter(({ name, kind }) => kind !== 'folder' && /\.(ya?ml|json)$/.test(name) && !name.startsWith('.'))
    .map(({ name }) => name)
  names.sort()
  const seen = new Map<string, string>()
  const problems: Problem[] = []
  for (const name of names) {
    const base = name.replace(/\.[^.]*$/, '')
    const other = seen.get(base)
    if (other !== undefined)
      problems.push({
        file: join(folder, name),
        line: 1,
        column: 1,
        message: `'${other}' and '${name}' are both the template '${base}'`,
        hint: 'overrides match by this name: rename or remove one of them',
      })
    seen.set(base, name)
  }
  if (problems.length > 0) throw refuse(`the platform's templates in ${folder}`, problems)
  return names
}

async function archiveRoles(
  files: Files,
  archiver: Archiver,
  folder: string,
  keep: (bytes: Uint8Array, digest: Digest) => Digest,
): Promise<Record<string, Digest>> {
  const names = ((await files.list(folder)) ?? [])
    .filter(({ name, kind }) => kind === 'folder' && !name.startsWith('.'))
    .map(({ name }) => name)
  names.sort()
  const roles: Record<string, Digest> = {}
  for (let begin = 0; begin < names.length; begin += AT_ONCE) {
    await Promise.all(
      names.slice(begin, begin + AT_ONCE).map(async (name) => {
        const { bytes, digest } = await packFolder(files, archiver, join(folder, name))
        roles[name] = keep(bytes, digest)
      }),
    )
  }
  // In the order of their names, whichever was archived first.
  return Object.fromEntries(names.map((name) => [name, roles[name] as Digest]))
}

async function playbookPaths(files: Files, folder: string): Promise<readonly string[]> {
  const names = ((await files.list(join(folder, 'ansible'))) ?? [])
    .filter(({ name, kind }) => kind === 'file' && /\.ya?ml$/.test(name))
    .map(({ name }) => `ansible/${name}`)
  return names.sort()
}
