import { packArtefact } from '../artefact/archive.ts'
import { blobKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import type { Digest } from '../digest.ts'
import type { ServiceDescriptor } from '../service/service.ts'
import type { World } from './world.ts'

/** An artefact that is packed, and in the bucket if one was given. */
export interface Packaged {
  readonly artefact: Digest
  readonly key: string
  readonly bytes: number
  readonly existed: boolean
}

/**
 * Packs a service's artefact and stores it once, with progress. Without a bucket it is only measured (for a plan that stores nothing).
 * Null for a service that has none.
 */
export async function packageArtefact(
  world: World,
  service: ServiceDescriptor,
  path: string,
  objects: Objects | undefined,
): Promise<Packaged | null> {
  if (service.artefact === undefined) return null
  const { path: where, exclude, build } = service.artefact
  const settings = { path: where.value, exclude: exclude.map(({ value }) => value), ...(build === undefined ? {} : { build: build.value }) }
  const archive = await packArtefact(
    { files: world.files, archiver: world.archiver, log: world.log, interrupted: world.interrupted },
    path,
    settings,
  )
  try {
    const { digest, bytes, body } = archive
    const key = blobKey(digest)
    if (objects === undefined) return { artefact: digest, key, bytes, existed: false }
    const there = (await objects.size(key)) !== undefined
    const existed =
      there || (await objects.create(key, body, (sent) => world.log.progress('uploading the artefact', sent, bytes))) === 'exists'
    return { artefact: digest, key, bytes, existed }
  } finally {
    await archive.remove()
  }
}
