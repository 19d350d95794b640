import { PassThrough, Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { type Entry, fromBufferPromise, fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader } from 'yauzl'
import { ZipFile } from 'yazl'
import type { ArchivedFile, ArchiveMember, Archiver, ZipEntry } from '../../artefact/archiver.ts'
import { TowpathError } from '../../errors.ts'
import type { Files } from '../../ports/files.ts'
import { tarMembers } from './tar.ts'
import { appended } from './zip-append.ts'

/** How much of a zip's directory is read at once. */
const BLOCK_BYTES = 256 * 1024

/** Zips by yazl, read by yauzl. */
export function nodeArchiver(): Archiver {
  return { zip, entries, unzip, append: appended, tar: (files, path) => tarMembers(files.stream(path), path) }
}

/**
 * Keeps V8's young generation from growing while thousands of streams come and go: it would take up to 96 MB for garbage that is soon
 * collected anyway, and the memory of a zip is promised to stay under 200 MB. 2 is V8's own default.
 */
function letYoungGenerationGrow(grows: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${grows ? 2 : 1}`)
}

async function* zip(members: readonly ArchiveMember[]): AsyncGenerator<Uint8Array> {
  letYoungGenerationGrow(false)
  const file = new ZipFile()
  const output = new PassThrough()
  let source: Readable | undefined
  const fail = (error: Error) => void output.destroy(error)
  file.on('error', fail)
  try {
    for (const member of members) {
      file.addReadStreamLazy(member.name, optionsOf(member), (give) => {
        source = Readable.from(member.open(), { objectMode: false })
        source.on('error', fail) // pipes do not pass errors on
        give(null, source)
      })
    }
    file.end()
    file.outputStream.pipe(output)
    yield* output as AsyncIterable<Uint8Array>
  } finally {
    source?.destroy()
    letYoungGenerationGrow(true)
  }
}

function optionsOf({ bytes, executable, stored = false }: ArchiveMember) {
  return {
    // The earliest time a zip can hold, in local time on purpose: zip has no zones, and yazl writes what the local clock shows.
    mtime: new Date(1980, 0, 1),
    // Without it yazl adds the time in UTC, which then differs by zone.
    forceDosTimestamp: true,
    mode: executable ? 0o100755 : 0o100644,
    size: bytes,
    compress: !stored,
  }
}

async function entries(files: Files, path: string, most: number): Promise<readonly ZipEntry[]> {
  try {
    const bytes = (await files.facts(path))?.bytes ?? 0
    const blocks = new Blocks(bytes, (from, length) => files.part(path, from, length))
    const archive = await fromRandomAccessReaderPromise(blocks, bytes, { decodeStrings: false })
    if (archive.entryCount > most)
      throw new TowpathError('bad-input', `'${path}' is a zip of ${archive.entryCount} entries, and at most ${most} are taken`)
    const found: ZipEntry[] = []
    for await (const entry of archive.eachEntry()) found.push({ name: nameOf(entry), mode: modeOf(entry) })
    return found
  } catch (error) {
    if (error instanceof TowpathError) throw error
    const said = error instanceof Error ? error.message : String(error)
    const hint = 'artefact.path is a folder, or a zip that is ready and whole'
    throw new TowpathError('bad-input', `'${path}' is not a zip that can be read: ${said}`, { hint, cause: error })
  }
}

/** The upper half of the external attributes, where the upper byte of the version says Unix (3) or Darwin (19). Source: APPNOTE.TXT 4.4.2. */
function modeOf({ versionMadeBy, externalFileAttributes }: Entry): number | undefined {
  return [3, 19].includes(versionMadeBy >>> 8) ? externalFileAttributes >>> 16 : undefined
}

async function unzip(bytes: Uint8Array): Promise<readonly ArchivedFile[]> {
  try {
    const archive = await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    const found: ArchivedFile[] = []
    for await (const entry of archive.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue
      const pieces: Uint8Array[] = []
      for await (const piece of await archive.openReadStreamPromise(entry)) pieces.push(piece)
      const executable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0
      found.push({ name: entry.fileName, bytes: Buffer.concat(pieces), executable })
    }
    return found
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new TowpathError('bad-input', `an archive cannot be read: ${said}`, { hint: 'publish it again', cause: error })
  }
}

/** The name as written, backslashes and all. In the old code page 437 control characters are pictures; here they stay what they are. */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string {
  if (fileNameRaw.some((byte) => byte < 0x20 || byte === 0x7f)) return fileNameRaw.toString('latin1')
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)
}

/** Reads for yauzl, which asks for a few bytes at a time and nearly always goes forward: one block is kept. */
class Blocks extends RandomAccessReader {
  readonly #bytes: number
  readonly #part: (from: number, bytes: number) => Promise<Uint8Array>
  #from = 0
  #block: Uint8Array = new Uint8Array()

  constructor(bytes: number, part: (from: number, bytes: number) => Promise<Uint8Array>) {
    super()
    this.#bytes = bytes
    this.#part = part
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, done: (error: Error | null) => void): void {
    this.#slice(position, length).then((bytes) => {
      buffer.set(bytes, offset)
      done(null)
    }, done)
  }

  async #slice(position: number, length: number): Promise<Uint8Array> {
    if (position + length > this.#bytes) throw new Error('it ends too early')
    if (position < this.#from || position + length > this.#from + this.#block.length) {
      this.#block = await this.#part(position, Math.max(length, BLOCK_BYTES))
      this.#from = position
    }
    const start = position - this.#from
    if (start + length > this.#block.length) throw new Error('it ends too early')
    return this.#block.subarray(start, start + length)
  }
}
