import { streamBlob, verifyBlob } from '../bucket/blobs.ts'
import { blobKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { isDigest } from '../digest.ts'
import { descriptorKind } from '../document/descriptor.ts'
import { TowpathError } from '../errors.ts'
import type { BundleParts } from '../playbook/bundle.ts'
import type { Composed } from '../release/compose.ts'
import type { Release } from '../release/manifest.ts'
import { storeRelease } from '../release/store.ts'
import { platformService } from '../service/names.ts'
import { readService } from '../service/read.ts'
import { type HandedOver, storeArtefact, withArtefact } from './artefact.ts'
import { bundling } from './bundle.ts'
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
  const { ansible, ...source } = await publishedPlatform(objects, service.platform.value)
  const { composeService } = await import('../release/compose.ts')
  const withCode = async (named: BundleParts['artefact'], storeArtefact: () => Promise<unknown>): Promise<T> => {
    const code = bundling(machine, ansible, path, named)
    try {
      const composed = await composeService({ service, ...source, artefact: named?.digest ?? null, code })
      return await use(composed, async () => {
        await storeArtefact()
        await code.store(objects)
        return storeRelease(objects, composed)
      })
    } finally {
      await code.remove()
    }
  }
  if (typeof artefact === 'string') return withCode(await knownArtefact(objects, artefact), async () => {})
  return withArtefact(machine, service, path, artefact, async (archive) =>
    withCode(archive?.body ?? null, async () => archive && storeArtefact(machine, objects, archive)),
  )
}

/** Reads the digest of an artefact. Throws 'not-found' if the artefact is not in the bucket. */
async function knownArtefact(objects: Objects, text: string): Promise<NonNullable<BundleParts['artefact']>> {
  if (!isDigest(text))
    throw new TowpathError('bad-input', `'${text}' is no artefact`, {
      hint: 'give the artefact that package-artefact printed: sha256: and 64 digits',
    })
  if ((await verifyBlob(objects, text, 'the artefact')) === 'absent')
    throw new TowpathError('not-found', `artefact ${text} is not in bucket '${objects.bucket}'`, {
      hint: 'run towpath package-artefact first',
    })
  const bytes = (await objects.stat(blobKey(text)))?.bytes ?? 0
  return { bytes, digest: text, open: () => streamBlob(objects, text, `the artefact ${text}`) }
}

/** The name of the service in a folder; `platform` for a platform. */
export async function readServiceName(machine: Machine, path: string): Promise<string> {
  return (await descriptorKind(machine.files, path)) === 'platform' ? platformService : (await readService(machine.files, path)).name.value
}
