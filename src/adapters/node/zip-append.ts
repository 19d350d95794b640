import { crc32 } from 'node:zlib'
import { TowpathError } from '../../errors.ts'
import type { Files } from '../../ports/files.ts'

/** How much of a zip is held at once. */
const PIECE_BYTES = 1024 * 1024
/** The record that ends a zip's directory, without its comment. Source: APPNOTE.TXT 4.3.16. */
const END_BYTES = 22
const END_SIGNATURE = 0x06054b50
/** What a field of 16 or 32 bits holds where the true value is in a record of zip64. */
const [MOST_ENTRIES, MOST_BYTES] = [0xffff, 0xffffffff]
/** The earliest time that a zip can hold, as in the zips that we make. */
const FIRST_DATE = 0x0021
const VERSION = 20
/** Names are UTF-8. */
const UTF8 = 0x0800

/**
 * The bytes of a zip of ours with one more file in it, stored as it is. Nothing of the zip is unpacked or held, and the same zip and file
 * give the same bytes. The zip has no comment, and needs no zip64.
 */
export async function* appended(files: Files, path: string, name: string, content: Uint8Array): AsyncGenerator<Uint8Array> {
  const size = (await files.facts(path))?.bytes ?? 0
  const end = Buffer.from(await files.part(path, Math.max(size - END_BYTES, 0), END_BYTES))
  if (end.length < END_BYTES || end.readUInt32LE(0) !== END_SIGNATURE)
    throw new TowpathError('bad-input', `'${path}' does not end as a zip without a comment does`, { hint: 'make the release again' })
  const [count, from] = [end.readUInt16LE(10), end.readUInt32LE(16)]
  const shared = headerOf(name, content)
  const local = Buffer.concat([signed(0x04034b50), shared, Buffer.from(name)])
  const directory = from + local.length + content.length
  if (count >= MOST_ENTRIES - 1 || directory + end.readUInt32LE(12) + 256 >= MOST_BYTES)
    throw new TowpathError('failed', `the bundle is too large for a zip: ${count} files, ${size} bytes`, {
      hint: 'an artefact of less than 4 GB, with fewer than 65,000 files in its bundle, can be shipped',
    })
  yield* pieces(files, path, 0, from)
  yield local
  yield content
  yield* pieces(files, path, from, size - END_BYTES)
  const entry = Buffer.concat([signed(0x02014b50), two((3 << 8) | VERSION), shared, Buffer.alloc(14), Buffer.from(name)])
  // Its mode as Unix has it, and where its local header is; comment, disk and internal attributes stay 0.
  entry.writeUInt32LE((0o100644 << 16) >>> 0, 38)
  entry.writeUInt32LE(from, 42)
  yield entry
  end.writeUInt16LE(count + 1, 8)
  end.writeUInt16LE(count + 1, 10)
  end.writeUInt32LE(end.readUInt32LE(12) + entry.length, 12)
  end.writeUInt32LE(directory, 16)
  yield end
}

/** What the local header and the directory say alike of a stored file: from the version that is needed to the lengths of name and extra field. */
function headerOf(name: string, content: Uint8Array): Buffer {
  const header = Buffer.alloc(26)
  header.writeUInt16LE(VERSION, 0)
  header.writeUInt16LE(UTF8, 2)
  header.writeUInt16LE(FIRST_DATE, 8)
  header.writeUInt32LE(crc32(content), 10)
  header.writeUInt32LE(content.length, 14)
  header.writeUInt32LE(content.length, 18)
  header.writeUInt16LE(Buffer.byteLength(name), 22)
  return header
}

function signed(signature: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(signature)
  return bytes
}

function two(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

async function* pieces(files: Files, path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; at += PIECE_BYTES) yield await files.part(path, at, Math.min(PIECE_BYTES, to - at))
}
