import type { Files } from '../ports/files.ts'

/** A regular file that a repository holds. */
export interface PlainFile {
  /** Where its content is: the file itself, or what its link leads to. */
  readonly path: string
  readonly bytes: number
  readonly executable: boolean
}

/** The most bytes of a descriptor, and of a template: CloudFormation takes 1 MiB. Source: CloudFormation user guide, quotas. */
export const DESCRIPTOR_BYTES = 1_048_576
export const TEMPLATE_BYTES = 1_048_576

/**
 * The one rule on links and kinds of files, for descriptors, templates, roles and artefacts: regular files only, without set-id bits. A link
 * may lead to one of them below `root`, and nowhere else. `root` is a real path, and so is the folder of `path`. Gives the file, or what is
 * wrong with it as the end of a sentence, which may hold foreign characters.
 */
export async function plainFileAt(files: Files, root: string, path: string): Promise<PlainFile | string> {
  const own = await files.facts(path)
  if (own?.kind !== 'link') return plainOf(path, own)
  const target = await files.resolve(path)
  if (target === undefined) return 'is a link that dangles or runs in a circle'
  if (target !== root && !target.startsWith(`${root}/`)) return `is a link that leaves the folder, to '${target}'`
  const facts = await files.facts(target)
  if (facts?.kind === 'folder') return 'is a link to a folder'
  if (facts?.kind === 'other') return 'leads to a device, a socket or a pipe'
  return plainOf(target, facts)
}

function plainOf(path: string, facts: Awaited<ReturnType<Files['facts']>>): PlainFile | string {
  switch (facts?.kind) {
    case undefined:
      return 'vanished while the folder was read'
    case 'file':
      return facts.setId ? 'has a set-user-id or set-group-id bit' : { path, bytes: facts.bytes, executable: facts.executable }
    case 'folder':
      return 'is a folder'
    default:
      return 'is neither file nor folder, but a device, a socket or a pipe'
  }
}

/**
 * The first link among the folders that lead from `root` to `path`, the last step included if `last`; undefined if there is none. What lies
 * behind it is of another place, whoever put it there.
 */
export async function linkOnTheWay(files: Files, root: string, path: string, last = true): Promise<string | undefined> {
  if (!path.startsWith(`${root}/`)) return undefined
  const steps = path.slice(root.length + 1).split('/')
  for (let count = 1; count <= steps.length - (last ? 0 : 1); count++) {
    const here = `${root}/${steps.slice(0, count).join('/')}`
    if ((await files.facts(here))?.kind === 'link') return here
  }
  return undefined
}
