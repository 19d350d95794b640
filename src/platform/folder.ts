import { join } from 'node:path'
import { packFolder } from '../artefact/archive.ts'
import type { Archiver } from '../artefact/archiver.ts'
import { forEach } from '../bucket/blobs.ts'
import { type Digest, digestOf } from '../digest.ts'
import { linkOnTheWay, plainFileAt, TEMPLATE_BYTES } from '../document/plain-file.ts'
import { type Problem, refuse, TowpathError } from '../errors.ts'
import type { FileKind, Files } from '../ports/files.ts'
import type { PlatformFiles } from './release.ts'

/** A platform repository's files, read and named by their digests. */
export interface PlatformFolder {
  readonly files: PlatformFiles
  /** The content of a template by its file name. */
  readonly templates: ReadonlyMap<string, Uint8Array>
  content(digest: Digest): Promise<Uint8Array>
}

/** How many roles are archived at once. */
const AT_ONCE = 8

/** Reads templates, roles and playbooks of a platform repository, or refuses them with every problem there is. */
export async function readPlatformFolder(files: Files, archiver: Archiver, folder: string): Promise<PlatformFolder> {
  const { problems, ...read } = await inspectPlatformFolder(files, archiver, folder)
  if (problems.length > 0) throw refuse(`the platform in ${folder}`, problems)
  return read
}

/** Reads the same and tells all that is wrong with it: two templates of one base name, by which overrides match; roles that cannot be archived. */
export async function inspectPlatformFolder(
  files: Files,
  archiver: Archiver,
  folder: string,
): Promise<PlatformFolder & { readonly problems: readonly Problem[] }> {
  const contents = new Map<Digest, Uint8Array>()
  const keep = (bytes: Uint8Array, digest: Digest = digestOf(bytes)): Digest => {
    contents.set(digest, bytes)
    return digest
  }
  const links = await linkProblems(files, folder)
  const { contents: templates, problems: bad } = await readAll(files, folder, 'cloudFormation', /\.(ya?ml|json|template)$/)
  const { contents: playbooks, problems: worse } = await readAll(files, folder, 'ansible', /\.ya?ml$/)
  const roles = await archiveRoles(files, archiver, join(folder, 'ansible', 'roles'), keep)
  return {
    files: {
      templates: Object.fromEntries([...templates].map(([name, bytes]) => [name, keep(bytes)])),
      roles: roles.digests,
      playbooks: Object.fromEntries([...playbooks].map(([name, bytes]) => [`ansible/${name}`, keep(bytes)])),
    },
    templates,
    problems: [...links, ...bad, ...worse, ...twins([...templates.keys()], join(folder, 'cloudFormation')), ...roles.problems],
    content: async (digest) => {
      const bytes = contents.get(digest)
      if (bytes === undefined) throw new TowpathError('bug', `the platform holds nothing of digest ${digest}`)
      return bytes
    },
  }
}

/** The files of a part of a repository whose names fit, in the order of their names. */
async function readAll(
  files: Files,
  repository: string,
  part: string,
  fitting: RegExp,
): Promise<{ readonly contents: ReadonlyMap<string, Uint8Array>; readonly problems: readonly Problem[] }> {
  const contents = new Map<string, Uint8Array>()
  const problems: Problem[] = []
  const root = (await files.resolve(repository)) ?? repository
  const folder = join(repository, part)
  for (const name of (await namesIn(files, folder, ['file', 'link'])).filter((name) => fitting.test(name))) {
    const file = join(folder, name)
    const judged = await plainFileAt(files, root, file)
    const fault = typeof judged === 'string' ? judged : judged.bytes > TEMPLATE_BYTES ? `has more than ${TEMPLATE_BYTES} bytes` : undefined
    if (fault === undefined) contents.set(name, (await files.read(file, TEMPLATE_BYTES)) ?? new Uint8Array())
    else
      problems.push({
        file,
        line: 1,
        column: 1,
        message: `'${name}' ${fault}`,
        hint: 'put the file itself in its place, or make it smaller',
      })
  }
  return { contents, problems }
}

/** The folders of a platform are folders: behind a link is another place. */
async function linkProblems(files: Files, folder: string): Promise<readonly Problem[]> {
  const links = await Promise.all(
    ['cloudFormation', 'ansible', 'ansible/roles'].map((name) => linkOnTheWay(files, folder, join(folder, name))),
  )
  return [...new Set(links)].flatMap((file) =>
    file === undefined
      ? []
      : [{ file, line: 1, column: 1, message: 'a link is no folder of the platform', hint: 'put the folder itself in its place' }],
  )
}

/** The names in a folder, sorted; dotfiles are the user's own. */
async function namesIn(files: Files, folder: string, kinds: readonly FileKind[]): Promise<readonly string[]> {
  const entries = ((await files.list(folder)) ?? []).filter(({ name, kind }) => kinds.includes(kind) && !name.startsWith('.'))
  return entries.map(({ name }) => name).sort()
}

function twins(names: readonly string[], folder: string): readonly Problem[] {
  const seen = new Map<string, string>()
  return names.flatMap((name) => {
    const base = name.replace(/\.[^.]*$/, '')
    const other = seen.get(base)
    seen.set(base, other ?? name)
    if (other === undefined) return []
    const message = `'${other}' and '${name}' are both the template '${base}'`
    return [{ file: join(folder, name), line: 1, column: 1, message, hint: 'overrides match by this name: rename or remove one of them' }]
  })
}

async function archiveRoles(
  files: Files,
  archiver: Archiver,
  folder: string,
  keep: (bytes: Uint8Array, digest: Digest) => Digest,
): Promise<{ readonly digests: Record<string, Digest>; readonly problems: readonly Problem[] }> {
  const names = await namesIn(files, folder, ['folder'])
  const archived = new Map<string, Digest | readonly Problem[]>()
  await forEach(
    names,
    async (name) => {
      try {
        const { bytes, digest } = await packFolder(files, archiver, join(folder, name))
        archived.set(name, keep(bytes, digest))
      } catch (error) {
        archived.set(name, problemsOf(error, join(folder, name)))
      }
    },
    AT_ONCE,
  )
  // In the order of their names, whichever was archived first.
  const all = names.map((name) => [name, archived.get(name) ?? []] as const)
  return {
    digests: Object.fromEntries(all.flatMap(([name, one]) => (typeof one === 'string' ? [[name, one]] : []))),
    problems: all.flatMap(([, one]) => (typeof one === 'string' ? [] : one)),
  }
}

/** What keeps a role from being archived. Anything but the user's own mistake is thrown on. */
function problemsOf(error: unknown, role: string): readonly Problem[] {
  if (!(error instanceof TowpathError) || error.code !== 'bad-input') throw error
  if (error.problems.length > 0) return error.problems
  const { message, hint = 'put its tasks into it, or remove it' } = error
  return [{ file: role, line: 1, column: 1, message, hint }]
}
