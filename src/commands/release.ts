import { documentBytes } from '../bucket/documents.ts'
import { blobKey, platformReleaseKey } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { type Digest, digestOf, isDigest } from '../digest.ts'
import { descriptorKind } from '../document/descriptor.ts'
import { TowpathError } from '../errors.ts'
import type { Json } from '../json.ts'
import { readPlatformRelease } from '../platform/channel.ts'
import { readPlatformFolder, releaseOfFolder } from '../platform/folder.ts'
import { readPlatform } from '../platform/read.ts'
import { type Composed, composePlatform, composeService } from '../release/compose.ts'
import { platformService } from '../service/names.ts'
import { readService } from '../service/read.ts'
import { packageArtefact } from './artefact.ts'
import { fromBucket, publishedPlatform } from './library.ts'
import type { World } from './world.ts'

/** How to compose: a release that is to be stored packs and uploads the artefact; one that is only looked at measures it. */
export interface Composition {
  readonly store: boolean
  /** An artefact that was packaged before. */
  readonly artefact?: string
}

/** Composes the release of the service or the platform in a folder. */
export async function composeAt(world: World, objects: Objects, path: string, composition: Composition): Promise<Composed> {
  return (await descriptorKind(world.files, path)) === 'platform'
    ? composePlatformAt(world, objects, path, composition)
    : composeServiceAt(world, objects, path, composition)
}

async function composeServiceAt(world: World, objects: Objects, path: string, { store, artefact }: Composition): Promise<Composed> {
  const service = await readService(world.files, path)
  const { platform, library } = await publishedPlatform(objects, service.platform.value)
  const given = artefact === undefined ? undefined : await knownArtefact(objects, artefact)
  const measured = given ?? (await packageArtefact(world, service, path, undefined))?.artefact ?? null
  const composed = await composeService({ service, platform, library, artefact: measured })
  // Only what composes is worth sending: a service with problems leaves nothing in the bucket.
  if (store && given === undefined) await packageArtefact(world, service, path, objects)
  return composed
}

/** An artefact by its digest, which must be in the bucket. */
async function knownArtefact(objects: Objects, text: string): Promise<Digest> {
  if (!isDigest(text))
    throw new TowpathError('bad-input', `'${text}' is no artefact`, {
      hint: 'give the artefact that package-artefact printed, sha256: and 64 digits',
    })
  if ((await objects.size(blobKey(text))) === undefined)
    throw new TowpathError('not-found', `artefact ${text} is not in bucket '${objects.bucket}'`, {
      hint: 'run towpath package-artefact first',
    })
  return text
}

/** The platform's own stacks come from what was published, never from the folder: both must agree. */
async function composePlatformAt(world: World, objects: Objects, path: string, { artefact }: Composition): Promise<Composed> {
  if (artefact !== undefined) throw new TowpathError('bad-input', 'a platform has no artefact', { hint: 'leave --artefact out' })
  const platform = await readPlatform(world.files, path)
  const here = releaseOfFolder(platform, await readPlatformFolder(world.files, world.archiver, path))
  const published = await readPlatformRelease(objects, here.version)
  const sync = `run towpath sync-platform --path ${path} --bucket ${objects.bucket} first`
  if (published === undefined)
    throw new TowpathError('not-found', `platform release ${here.version} is not published`, { at: { file: platform.file }, hint: sync })
  if (published.digest !== digestOf(documentBytes(here as unknown as Json))) {
    throw new TowpathError(
      'conflict',
      `the platform in ${path} differs from its published release ${here.version} (s3://${objects.bucket}/${platformReleaseKey(here.version)})`,
      { at: { file: platform.file }, hint: `raise 'version' in platform.yml and ${sync}` },
    )
  }
  const { library } = fromBucket(objects, published)
  return composePlatform(published, library)
}

/** The name of the service in a folder; `platform` for a platform. */
export async function serviceNameAt(world: World, path: string): Promise<string> {
  return (await descriptorKind(world.files, path)) === 'platform' ? platformService : (await readService(world.files, path)).name.value
}
