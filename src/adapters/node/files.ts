import { randomUUID } from 'node:crypto'
import { constants, type Dirent, rmSync, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, mkdtemp, open, readdir, realpath, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { TowpathError } from '../../errors.ts'
import type { FileKind, Files } from '../../ports/files.ts'
import { errno, fileFailure } from './failure.ts'

/** The size of the pieces that a file is read in. */
const PIECE_BYTES = 64 * 1024
const END_BYTES = 1024

/** How much is gathered before a write: an archive comes in many small pieces, and each write costs a trip through the thread pool. */
const WRITE_BYTES = 256 * 1024

/** The answers that mean "there is nothing at this path": not there, below a file, behind links that run in a circle. */
const absent = ['ENOENT', 'ENOTDIR', 'ELOOP']

/** This machine's file system. */
export function nodeFiles(): Files {
  return {
    read: (path, most) => unless(['ENOENT'], path, () => readWhole(path, most)),
    stream,
    part,
    async list(path) {
      const entries = await unless(['ENOENT'], path, () => readdir(path, { withFileTypes: true }))
      return entries?.map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
    },
    async facts(path) {
      const stats = await unless(absent, path, () => lstat(path))
      if (!stats) return undefined
      const kind = kindOf(stats)
      if (kind !== 'file') return { kind, bytes: 0, executable: false }
      const setId = (stats.mode & 0o6000) !== 0
      return { kind, bytes: stats.size, executable: (stats.mode & 0o111) !== 0, ...(setId ? { setId } : {}) }
    },
    resolve: (path) => unless(absent, path, () => realpath(path)),
    write: (path, body) => writeWhole(path, [typeof body === 'string' ? Buffer.from(body) : body]),
    writeStream: writeWhole,
    async writeNew(path, body, executable) {
      await naming(dirname(path), () => mkdir(dirname(path), { recursive: true }))
      await fill(path, path, body, executable ? 0o755 : 0o644)
    },
    async temporary() {
      const pattern = join(tmpdir(), 'towpath-')
      const path = await naming(pattern, () => mkdtemp(pattern)) // mkdtemp(3) makes it 0700
      removeAtExit(path)
      return {
        path,
        async remove() {
          await naming(path, () => rm(path, { recursive: true, force: true }))
          temporaries.delete(path)
        },
      }
    },
  }
}

/** The temporary folders there are. A process that is ended while it packs (a second Ctrl-C) leaves none behind either. */
const temporaries = new Set<string>()
let watching = false

function removeAtExit(path: string): void {
  temporaries.add(path)
  if (watching) return
  watching = true
  process.once('exit', () => {
    for (const left of temporaries) rmSync(left, { recursive: true, force: true })
  })
}

function kindOf(entry: Dirent | Stats): FileKind {
  if (entry.isFile()) return 'file'
  if (entry.isDirectory()) return 'folder'
  return entry.isSymbolicLink() ? 'link' : 'other'
}

/**
 * Opens a file for reading, and nothing that could block or never end: a pipe is not waited for, a device is not read. A folder is opened,
 * and fails when it is read.
 */
async function openPlain(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const stats = await handle.stat()
    if (stats.isFile() || stats.isDirectory()) return handle
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  throw new TowpathError('bad-input', `'${path}' is neither file nor folder, but a device, a socket or a pipe`, {
    hint: 'put a file in its place',
  })
}

async function readWhole(path: string, most = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  const handle = await openPlain(path)
  try {
    const { size } = await handle.stat()
    if (size > most)
      throw new TowpathError('bad-input', `'${path}' has ${size} bytes, and at most ${most} are read`, { hint: 'make it smaller' })
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

async function* stream(path: string): AsyncGenerator<Uint8Array> {
  const handle = await naming(path, () => openPlain(path))
  try {
    for (let room = PIECE_BYTES; ; ) {
      const { buffer, bytesRead } = await naming(path, () => handle.read(Buffer.allocUnsafe(room)))
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
      if (bytesRead < room) room = END_BYTES // a short piece is nearly always the last
    }
  } finally {
    await handle.close()
  }
}

async function part(path: string, from: number, bytes: number): Promise<Uint8Array> {
  return naming(path, async () => {
    const handle = await openPlain(path)
    try {
      const buffer = Buffer.alloc(bytes)
      let filled = 0
      while (filled < bytes) {
        const { bytesRead } = await handle.read(buffer, filled, bytes - filled, from + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return buffer.subarray(0, filled)
    } finally {
      await handle.close()
    }
  })
}

/** Writes beside the path, then renames: a reader sees the old file or the new one. A link at the path is replaced, not followed. */
async function writeWhole(path: string, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  const folder = dirname(path)
  await naming(folder, () => mkdir(folder, { recursive: true }))
  const beside = join(folder, `.towpath-${randomUUID()}`)
  try {
    await fill(beside, path, body)
    await naming(path, () => rename(beside, path))
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/** Fills a new `file` on behalf of `path`, which errors name. An error of the body itself passes through as it is. */
async function fill(file: string, path: string, body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, mode = 0o666): Promise<void> {
  const handle = await naming(path, () => open(file, 'wx', mode))
  try {
    for await (const pieces of gathered(body)) await naming(path, () => handle.writeFile(pieces))
  } finally {
    await naming(path, () => handle.close())
  }
}

/** The same bytes in fewer, larger pieces. */
async function* gathered(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body) {
    held.push(piece)
    bytes += piece.length
    if (bytes < WRITE_BYTES) continue
    yield Buffer.concat(held)
    held = []
    bytes = 0
  }
  if (bytes > 0) yield Buffer.concat(held)
}

/** Runs `work`; a system error comes out as a TowpathError that names `path`. */
async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw fileFailure(error, path)
  }
}

/** As `naming`, but undefined where the system's answer is one of `codes`. */
async function unless<T>(codes: readonly string[], path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    const code = errno(error)
    if (code !== undefined && codes.includes(code)) return undefined
    throw fileFailure(error, path)
  }
}
