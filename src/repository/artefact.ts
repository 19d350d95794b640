import type { Archive } from '../artefact/archive.ts'
import { verifyBlob } from '../bucket/blobs.ts'
import { blobKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import type { Digest } from '../digest.ts'
import type { ServiceDescriptor } from '../service/service.ts'
import type { Machine } from './machine.ts'

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
  use: (archive: Archive | null) => Promise<T>,
): Promise<T> {
  if (service.artefact === undefined) return use(null)
  const { path: where, exclude, build } = service.artefact
  const { files, archiver, log, interrupted } = machine
  const settings = { path: where.value, exclude: exclude.map(({ value }) => value), ...(build === undefined ? {} : { build: build.value }) }
  const { packArtefact } = await import('../artefact/archive.ts')
  const archive = await packArtefact({ files, archiver, log, interrupted }, path, settings)
  try {
    return await use(archive)
  } finally {
    await archive.remove()
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
