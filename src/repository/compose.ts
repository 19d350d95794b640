import { blobKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { type Digest, isDigest } from '../digest.ts'
import { descriptorKind } from '../document/descriptor.ts'
import { TowpathError } from '../errors.ts'
import type { Composed } from '../release/compose.ts'
import type { Release } from '../release/manifest.ts'
import { storeRelease } from '../release/store.ts'
import { platformService } from '../service/names.ts'
import { readService } from '../service/read.ts'
import { type HandedOver, storeArtefact, withArtefact } from './artefact.ts'
import { publishedPlatform } from './library.ts'
import type { Machine } from './machine.ts'

/** Receives a composed release. Its artefact, blobs and manifest are not in the bucket before `store` is called. */
export type ReleaseUse<T> = (composed: Composed, store: () => Promise<Release>) => Promise<T>

/** Composes the release of the service or the platform in a folder, and gives it to `use`. */
export async function withComposedRelease<T>(
  machine: Machine,
  objects: Objects,
  path: string,
  artefact: string | HandedOver | undefined,
  use: ReleaseUse<T>,
): Promise<T> {
  if ((await descriptorKind(machine.files, path)) === 'service') return withServiceRelease(machine, objects, path, artefact, use)
  if (artefact !== undefined)
    throw new TowpathError('bad-input', 'a platform has no artefact', { hint: 'leave --artefact or --archive out' })
  const { composePlatformAt } = await import('./platform-release.ts')
  const composed = await composePlatformAt(machine, objects, path)
  return use(composed, () => storeRelease(objects, composed))
}

async function withServiceRelease<T>(
  machine: Machine,
  objects: Objects,
  path: string,
  artefact: string | HandedOver | undefined,
  use: ReleaseUse<T>,
): Promise<T> {
  const service = await readService(machine.files, path)
  const { platform, library } = await publishedPlatform(objects, service.platform.value)
  const { composeService } = await import('../release/compose.ts')
  if (typeof artefact === 'string') {
    const composed = await composeService({ service, platform, library, artefact: await knownArtefact(objects, artefact) })
    return use(composed, () => storeRelease(objects, composed))
  }
  return withArtefact(machine, service, path, artefact, async (archive) => {
    const composed = await composeService({ service, platform, library, artefact: archive?.digest ?? null })
    return use(composed, async () => {
      if (archive) await storeArtefact(machine, objects, archive)
      return storeRelease(objects, composed)
    })
  })
}

/** Reads the digest of an artefact. Throws 'not-found' if the artefact is not in the bucket. */
async function knownArtefact(objects: Objects, text: string): Promise<Digest> {
  if (!isDigest(text))
    throw new TowpathError('bad-input', `'${text}' is no artefact`, {
      hint: 'give the artefact that package-artefact printed: sha256: and 64 digits',
    })
  if ((await objects.size(blobKey(text))) === undefined)
    throw new TowpathError('not-found', `artefact ${text} is not in bucket '${objects.bucket}'`, {
      hint: 'run towpath package-artefact first',
    })
  return text
}

/** The name of the service in a folder; `platform` for a platform. */
export async function readServiceName(machine: Machine, path: string): Promise<string> {
  return (await descriptorKind(machine.files, path)) === 'platform' ? platformService : (await readService(machine.files, path)).name.value
}
