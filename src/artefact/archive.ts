import { resolve } from 'node:path'
import type { Digest } from '../digest.ts'
import { linkOnTheWay, plainFileAt } from '../document/plain-file.ts'
import { TowpathError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Files } from '../ports/files.ts'
import type { ArchiveMember, Archiver } from './archiver.ts'
import { type Collected, collect, type Member } from './collect.ts'
import { type Exclude, excluding } from './exclude.ts'
import { measure, reporting } from './measure.ts'
import { shown } from './names.ts'
import { checkReady } from './ready.ts'

/** The part of a service descriptor that says what the artefact is. */
export interface Artefact {
  /** A folder, or a zip that is ready; relative to the service's folder. */
  readonly path: string
  readonly exclude?: readonly string[]
  /** The command that makes it; only told to people here. */
  readonly build?: string
}

/** What packing needs of the world. */
export interface Packing {
  readonly files: Files
  readonly archiver: Archiver
  readonly log: Log
  /** Ends the packing with its reason when aborted; nothing temporary is left. */
  readonly interrupted?: AbortSignal
}

/** A zip on this machine, measured and ready to be stored. */
export interface Archive {
  readonly digest: Digest
  readonly bytes: number
  /** How many files it holds. */
  readonly members: number
  /** Its bytes, opened anew each time. */
  readonly body: { readonly bytes: number; readonly digest: Digest; open(): AsyncIterable<Uint8Array> }
  /** Deletes what packing made. A zip that was ready stays. */
  remove(): Promise<void>
}

/**
 * Makes a service's artefact: a folder becomes a zip in a temporary file, the same tree always the same bytes; a zip that is ready is
 * checked and used as it is. `folder` is the service's, absolute. An artefact that is missing or empty is refused.
 */
export async function packArtefact(packing: Packing, folder: string, artefact: Artefact): Promise<Archive> {
  const { files } = packing
  const root = (await files.resolve(folder)) ?? folder
  const path = resolve(root, artefact.path)
  const link = await linkOnTheWay(files, root, path, false)
  if (link !== undefined) throw overLink(`leads over a link, '${shown(link)}'`)
  const kind = (await files.facts(path))?.kind
  if (kind === 'folder') return zipFolder(packing, path, artefact)
  const file = kind === undefined ? undefined : await plainFileAt(files, root, path)
  if (file === undefined || (kind === 'link' && (await files.resolve(path)) === undefined))
    throw unbuilt(`no artefact at '${shown(path)}'`, artefact)
  if (typeof file !== 'string') return takeZip(packing, file.path, file.bytes, artefact)
  if (kind === 'link') throw overLink(shown(file))
  throw new TowpathError('bad-input', `artefact.path '${shown(path)}' is neither a folder nor a zip`)
}

function overLink(what: string): TowpathError {
  return new TowpathError('bad-input', `artefact.path ${what}`, {
    hint: 'name the folder itself: what a link leads to is not what was built',
  })
}

async function zipFolder(packing: Packing, root: string, artefact: Artefact): Promise<Archive> {
  const { files, archiver, log } = packing
  const { members, excluded } = await collect(files, root, excluding(artefact.exclude ?? []), (count) =>
    log.info(`packing the artefact: ${count} files found so far`),
  )
  if (members.length === 0) {
    throw unbuilt(`the artefact '${shown(root)}' holds no file${excluded > 0 ? ' that artefact.exclude does not leave out' : ''}`, artefact)
  }
  const weight = members.length > MANY_FILES ? FILE_BYTES : 0
  const report = reporting(log, 'packing the artefact', totalBytes(members) + weight * members.length)
  const zip = measure(archiver.zip(members.map((member) => openable(files, member, follow(packing, report), weight))))
  const temporary = await files.temporary()
  const path = `${temporary.path}/artefact.zip`
  try {
    await files.writeStream(path, zip.pieces)
  } catch (error) {
    await temporary.remove()
    throw error
  }
  return archiveAt(files, path, { ...zip.sum(), members: members.length }, () => temporary.remove())
}

async function takeZip(packing: Packing, path: string, bytes: number, artefact: Artefact): Promise<Archive> {
  const { files, archiver, log } = packing
  if (artefact.exclude && artefact.exclude.length > 0) {
    const hint = 'remove artefact.exclude, or let artefact.path be a folder'
    throw new TowpathError('bad-input', `artefact.exclude has no effect on '${shown(path)}', a zip that is ready`, { hint })
  }
  const members = await checkReady(files, archiver, path)
  const heard = follow(packing, reporting(log, 'reading the artefact', bytes))
  const zip = measure(files.stream(path))
  for await (const piece of zip.pieces) heard(piece.length)
  return archiveAt(files, path, { ...zip.sum(), members }, async () => {})
}

/** The zip of a small folder, such as a role, held in memory. It has the bytes that `packArtefact` would give it. */
export async function packFolder(
  files: Files,
  archiver: Archiver,
  folder: string,
  exclude?: Exclude,
): Promise<{ readonly digest: Digest; readonly bytes: Uint8Array }> {
  const root = await files.resolve(folder)
  const { members }: Collected = root === undefined ? { members: [], excluded: 0 } : await collect(files, root, exclude)
  if (members.length === 0) throw new TowpathError('bad-input', `the folder '${shown(folder)}' holds no file`)
  const zip = measure(archiver.zip(members.map((member) => openable(files, member, () => {}))))
  const pieces: Uint8Array[] = []
  for await (const piece of zip.pieces) pieces.push(piece)
  return { digest: zip.sum().digest, bytes: Buffer.concat(pieces) }
}

/** Where files are many, each counts as so many bytes more, or the progress of 200,000 empty ones would not show. */
const MANY_FILES = 10_000
const FILE_BYTES = 1_024

/** A member that tells how many bytes were read of it, and fails if they are not as many as when it was collected. */
export function openable(
  files: Files,
  { name, path, bytes, executable }: Member,
  heard: (bytes: number) => void,
  weight = 0,
): ArchiveMember {
  async function* open(): AsyncGenerator<Uint8Array> {
    let read = 0
    if (weight > 0) heard(weight)
    for await (const piece of files.stream(path)) {
      read += piece.length
      if (read > bytes) break
      heard(piece.length)
      yield piece
    }
    if (read === bytes) return
    const hint = 'let the build end before the artefact is packed'
    throw new TowpathError('bad-input', `'${shown(path)}' changed its size while it was packed`, { hint })
  }
  return { name, bytes, executable, open }
}

function follow({ interrupted }: Packing, report: (bytes: number) => void): (bytes: number) => void {
  return (bytes) => {
    interrupted?.throwIfAborted()
    report(bytes)
  }
}

function archiveAt(
  files: Files,
  path: string,
  { digest, bytes, members }: Pick<Archive, 'digest' | 'bytes' | 'members'>,
  remove: () => Promise<void>,
): Archive {
  return { digest, bytes, members, body: { digest, bytes, open: () => files.stream(path) }, remove }
}

function totalBytes(members: readonly Member[]): number {
  return members.reduce((total, { bytes }) => total + bytes, 0)
}

function unbuilt(message: string, { build }: Artefact): TowpathError {
  const hint = build === undefined ? 'build the service first, or correct artefact.path' : `run the build first: ${shown(build)}`
  return new TowpathError('bad-input', message, { hint })
}
