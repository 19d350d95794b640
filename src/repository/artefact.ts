import { normalize } from 'node:path'
import type { Archive, Artefact, Packing } from '../artefact/archive.ts'
import { verifyBlob } from '../bucket/blobs.ts'
import { blobKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { type Digest, isDigest } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import type { TemporaryFolder } from '../ports/files.ts'
import type { ServiceDescriptor } from '../service/service.ts'
import type { Machine } from './machine.ts'

/** The archive of a build job, a tar.gz with artefact.path in it, and the digest that the job says it has. */
export interface HandedOver {
  readonly archive: string
  readonly digest: string
}

/** An artefact that is in the bucket. */
export interface Packaged {
  readonly artefact: Digest
  readonly key: string
  readonly bytes: number
  /** True if the bucket had it before. */
  readonly existed: boolean
}

/**
 * Packs a service's artefact on this machine, gives it to `use`, and removes it afterwards. `use` gets null if the service has no artefact.
 */
export async function withArtefact<T>(
  machine: Machine,
  service: ServiceDescriptor,
  path: string,
  handed: HandedOver | undefined,
  use: (archive: Archive | null) => Promise<T>,
): Promise<T> {
  if (service.artefact === undefined) {
    if (handed === undefined) return use(null)
    throw new TowpathError('bad-input', 'an archive is given, and service.yml has no artefact', {
      hint: 'leave --archive out, or say what the artefact is',
    })
  }
  const { path: where, exclude, build } = service.artefact
  const { files, archiver, log, interrupted } = machine
  const settings = { path: where.value, exclude: exclude.map(({ value }) => value), ...(build === undefined ? {} : { build: build.value }) }
  const packing = { files, archiver, log, interrupted }
  const { packArtefact } = await import('../artefact/archive.ts')
  const unpacked = handed && (await unpack(packing, settings, handed))
  try {
    const archive = await packArtefact(packing, unpacked?.path ?? path, settings)
    try {
      return await use(archive)
    } finally {
      await archive.remove()
    }
  } finally {
    await unpacked?.remove()
  }
}

/** Unpacks what a build job handed over into a folder of its own: nothing is written into the checkout. */
async function unpack(packing: Packing, { path, exclude }: Artefact, { archive, digest }: HandedOver): Promise<TemporaryFolder> {
  if (!isDigest(digest))
    throw new TowpathError('bad-input', `--digest is '${digest}'`, {
      hint: 'give sha256: and 64 digits: the digest of the archive, as the build job says it',
    })
  const [{ unpackArchive }, { excluding }] = await Promise.all([import('../artefact/unpack.ts'), import('../artefact/exclude.ts')])
  const leftOut = excluding(exclude ?? [])
  const root = `${normalize(path)}/`
  const folder = await packing.files.temporary()
  try {
    await unpackArchive(
      packing,
      archive,
      digest,
      folder.path,
      (name, isFolder) => !name.startsWith(root) || leftOut(name.slice(root.length), isFolder),
    )
    return folder
  } catch (error) {
    await folder.remove()
    throw error
  }
}

/** Stores an artefact unless the bucket has it, and logs the progress. */
export async function storeArtefact({ log }: Machine, objects: Objects, { digest, bytes, body }: Archive): Promise<Packaged> {
  const key = blobKey(digest)
  const isThere = async (): Promise<boolean> => (await verifyBlob(objects, digest, 'the artefact')) !== 'absent'
  const send = () => objects.create(key, body, (sent) => log.progress('uploading the artefact', sent, bytes))
  const existed = (await isThere()) || ((await send()) === 'exists' && (await isThere()))
  return { artefact: digest, key, bytes, existed }
}
