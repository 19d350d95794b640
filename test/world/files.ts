import { basename, dirname } from 'node:path/posix'
import { TowpathError } from '../../src/errors.ts'
import type { FileEntry, FileFacts, FileKind, Files } from '../../src/ports/files.ts'

/** What a tree holds at a path: text or bytes for a plain file, or one of the builders below. */
export type TreeNode =
  | string
  | Uint8Array
  | { readonly kind: 'file'; readonly content: string | Uint8Array; readonly executable: boolean; readonly setId?: boolean }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'other' }
  | { readonly kind: 'failing'; readonly error: Error }

/** Absolute paths and what is there. Folders on the way need not be named. */
export type Tree = Readonly<Record<string, TreeNode>>

export const executable = (content: string | Uint8Array): TreeNode => ({ kind: 'file', content, executable: true })
/** A symbolic link; `to` is absolute or relative to its folder, and need not exist. */
export const link = (to: string): TreeNode => ({ kind: 'link', to })
/** A folder, for when nothing in it implies it. */
export const folder: TreeNode = { kind: 'folder' }
/** A device, socket or pipe. */
export const pipe: TreeNode = { kind: 'other' }
/** A file of one byte that is listed, and fails when it is read or replaced. */
export const failing = (error: Error): TreeNode => ({ kind: 'failing', error })

export interface MemoryFiles extends Files {
  put(path: string, node: TreeNode): void
  delete(path: string): void
  /** The paths of all that is no folder, sorted. */
  paths(): readonly string[]
}

export interface MemoryOptions {
  /** The size of the pieces that `stream` gives. */
  readonly pieceBytes?: number
  /** How many bytes can be written before the disk is full. */
  readonly space?: number
}

interface Folder {
  readonly kind: 'folder'
  readonly entries: Map<string, Entry>
}
type Leaf = Exclude<TreeNode, string | Uint8Array | { kind: 'folder' }>
type Entry = Folder | Leaf

/** A file system in memory with links, executables and failures; held to the same contract as `nodeFiles`. */
export function memoryFiles(
  tree: Tree = {},
  { pieceBytes = 64 * 1024, space = Number.POSITIVE_INFINITY }: MemoryOptions = {},
): MemoryFiles {
  const root: Folder = { kind: 'folder', entries: new Map() }
  let left = space
  let folders = 0

  function put(path: string, node: TreeNode): void {
    folderAt(dirname(path)).entries.set(basename(path), entryOf(node))
  }

  /** The folder at a path, made if it is not there. */
  function folderAt(path: string): Folder {
    const found = locate(path, true)?.entry
    if (found?.kind === 'folder') return found
    if (found) throw notAFolder(path)
    const made = newFolder()
    folderAt(dirname(path)).entries.set(basename(path), made)
    return made
  }

  /** Walks as the kernel does: links on the way are followed, the last one only if `followLast`. */
  function locate(path: string, followLast: boolean): { entry: Entry; path: string } | undefined {
    const rest = stepsOf(path)
    let trail: { name: string; entry: Entry }[] = []
    let hops = 0
    for (let step = rest.shift(); step !== undefined; step = rest.shift()) {
      const here = trail.at(-1)?.entry ?? root
      if (step === '..') {
        trail.pop()
        continue
      }
      if (here.kind !== 'folder') throw notAFolder(path)
      const next = here.entries.get(step)
      if (!next) return undefined
      if (next.kind === 'link' && (followLast || rest.length > 0)) {
        if (++hops > 40) throw new TowpathError('bad-input', `'${path}' is a link that runs in a circle`)
        if (next.to.startsWith('/')) trail = []
        rest.unshift(...stepsOf(next.to))
      } else trail.push({ name: step, entry: next })
    }
    return { entry: trail.at(-1)?.entry ?? root, path: `/${trail.map((step) => step.name).join('/')}` }
  }

  function contentAt(path: string): Uint8Array | undefined {
    const found = locate(path, true)?.entry
    return found && contentOf(found, path)
  }

  function contentOrRefuse(path: string): Uint8Array {
    const content = contentAt(path)
    if (!content) throw new TowpathError('not-found', `no file '${path}'`)
    return content
  }

  function unlessLost<T>(look: () => T): T | undefined {
    try {
      return look()
    } catch {
      return undefined
    }
  }

  async function write(path: string, body: Uint8Array | string): Promise<void> {
    const bytes = Buffer.from(body)
    if (bytes.length > left) throw new TowpathError('failed', `no space left on the disk for '${path}'`)
    const there = locate(path, false)?.entry
    if (there?.kind === 'folder') throw isAFolder(path)
    if (there?.kind === 'failing') throw there.error
    put(path, bytes)
    left -= bytes.length
  }

  function remove(path: string): void {
    const parent = locate(dirname(path), true)?.entry
    if (parent?.kind === 'folder') parent.entries.delete(basename(path))
  }

  for (const [path, node] of Object.entries(tree)) put(path, node)
  return {
    put,
    delete: remove,
    paths: () => pathsBelow(root, '').sort(),
    async read(path, most = Number.POSITIVE_INFINITY) {
      const content = contentAt(path)
      if (content && content.length > most)
        throw new TowpathError('bad-input', `'${path}' has ${content.length} bytes, and at most ${most} are read`)
      return content?.slice()
    },
    async *stream(path) {
      const content = contentOrRefuse(path)
      for (let at = 0; at < content.length; at += pieceBytes) yield content.slice(at, at + pieceBytes)
    },
    part: async (path, from, bytes) => contentOrRefuse(path).slice(from, from + bytes),
    async list(path) {
      const found = locate(path, true)?.entry
      if (found && found.kind !== 'folder') throw notAFolder(path)
      return found && [...found.entries].map(([name, entry]): FileEntry => ({ name, kind: kindOf(entry) }))
    },
    async facts(path) {
      const found = unlessLost(() => locate(path, false))?.entry
      return found && factsOf(found)
    },
    resolve: async (path) => unlessLost(() => locate(path, true))?.path,
    write,
    async writeStream(path, body) {
      const pieces: Uint8Array[] = []
      for await (const piece of body) pieces.push(piece)
      await write(path, Buffer.concat(pieces))
    },
    async writeNew(path, body, isExecutable) {
      if (locate(path, false)) throw new TowpathError('bad-input', `'${path}' is there already`)
      const pieces: Uint8Array[] = []
      for await (const piece of body) pieces.push(piece)
      await write(path, Buffer.concat(pieces))
      if (isExecutable) put(path, { kind: 'file', content: Buffer.concat(pieces), executable: true })
    },
    async temporary() {
      const path = `/tmp/towpath-${++folders}`
      put(path, folder)
      return { path, remove: async () => remove(path) }
    },
  }
}

function stepsOf(path: string): string[] {
  return path.split('/').filter((step) => step !== '' && step !== '.')
}

function newFolder(): Folder {
  return { kind: 'folder', entries: new Map() }
}

function entryOf(node: TreeNode): Entry {
  if (typeof node === 'string' || node instanceof Uint8Array) return { kind: 'file', content: node, executable: false }
  return node.kind === 'folder' ? newFolder() : node
}

function kindOf(entry: Entry): FileKind {
  return entry.kind === 'failing' ? 'file' : entry.kind
}

function factsOf(entry: Entry): FileFacts {
  const bytes = entry.kind === 'file' ? Buffer.byteLength(entry.content) : Number(entry.kind === 'failing')
  const setId = entry.kind === 'file' && entry.setId === true
  return { kind: kindOf(entry), bytes, executable: entry.kind === 'file' && entry.executable, ...(setId ? { setId } : {}) }
}

function contentOf(entry: Entry, path: string): Uint8Array {
  switch (entry.kind) {
    case 'file':
      return typeof entry.content === 'string' ? Buffer.from(entry.content) : entry.content
    case 'failing':
      throw entry.error
    case 'folder':
      throw isAFolder(path)
    default:
      throw new TowpathError('bad-input', `'${path}' is neither file nor folder, but a device, a socket or a pipe`)
  }
}

function pathsBelow(here: Folder, path: string): string[] {
  return [...here.entries].flatMap(([name, entry]) =>
    entry.kind === 'folder' ? pathsBelow(entry, `${path}/${name}`) : [`${path}/${name}`],
  )
}

function notAFolder(path: string): TowpathError {
  return new TowpathError('bad-input', `'${path}' is not a folder, or lies below something that is none`)
}

function isAFolder(path: string): TowpathError {
  return new TowpathError('bad-input', `'${path}' is a folder where a file is needed`)
}
