import { fromBufferPromise } from 'yauzl'
import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import type { Archive, Packing } from '../../src/artefact/archive.ts'
import { silent } from '../../src/log.ts'
import type { Files } from '../../src/ports/files.ts'

export function aPacking(files: Files, over: Partial<Packing> = {}): Packing {
  return { files, archiver: nodeArchiver(), log: silent, ...over }
}

/** What a zip holds of one file. */
export interface Unpacked {
  readonly name: string
  readonly text: string
  readonly mode: string
  readonly time: Date
}

/** Reads a zip back with yauzl, which checks sizes and sums. */
export async function unzipped(bytes: Uint8Array): Promise<Unpacked[]> {
  const zip = await fromBufferPromise(Buffer.from(bytes))
  const found: Unpacked[] = []
  for await (const entry of zip.eachEntry()) {
    const pieces = await Array.fromAsync(await zip.openReadStreamPromise(entry))
    const mode = (entry.externalFileAttributes >>> 16).toString(8)
    found.push({ name: entry.fileName, text: Buffer.concat(pieces).toString(), mode, time: entry.getLastModDate({ timezone: 'UTC' }) })
  }
  return found
}

export async function bytesOf(archive: Archive): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(archive.body.open()))
}
