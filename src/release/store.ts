import { forEach, putBlob } from '../bucket/blobs.ts'
import { readDocument } from '../bucket/documents.ts'
import { nameIn, releaseKey, releasesOf } from '../bucket/keys.ts'
import type { Objects } from '../bucket/objects.ts'
import { type Digest, hexOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import type { Composed } from './compose.ts'
import type { Manifest, Release } from './manifest.ts'
import { releaseOf, shortId } from './manifest.ts'

/** Stores a release: its blobs first, its manifest last. A manifest that is there already has its blobs: then nothing is sent. */
export async function storeRelease(objects: Objects, composed: Composed): Promise<Release> {
  const release = releaseOf(composed.manifest)
  const key = releaseKey(release.manifest.service, hexOf(release.id))
  if ((await objects.stat(key)) !== undefined) return release
  await forEach(composed.blobs, async ([digest, bytes]) => void (await putBlob(objects, bytes, digest)))
  await objects.create(key, release.bytes)
  return release
}

/** Reads a release by its full name. Throws 'not-found' if the service has none of it. */
export async function readRelease(objects: Objects, service: string, id: Digest): Promise<Release> {
  const found = await readDocument<Manifest>(objects, releaseKey(service, hexOf(id)), 'towpath/release@1')
  if (found === undefined)
    throw new TowpathError('not-found', `release ${shortId(id)} of service '${service}' is not in bucket '${objects.bucket}'`)
  if (found.digest !== id)
    throw new TowpathError('failed', `release ${shortId(id)} of service '${service}' is damaged: its content has another digest`, {
      blame: 'service',
      hint: 'restore an earlier version of the object',
    })
  return { id, manifest: found.value }
}

/** How many candidates a message names. */
const SHOWN = 8

/** Finds a release by any unique prefix of its name, with or without `sha256:`. Throws 'not-found' with the candidates. */
export async function findRelease(objects: Objects, service: string, prefix: string): Promise<Release> {
  const hex = prefix.replace(/^sha256:/, '').toLowerCase()
  if (!/^[0-9a-f]{1,64}$/.test(hex))
    throw new TowpathError('bad-input', `'${prefix}' is no release: a release is named by hexadecimal digits`, {
      hint: 'see towpath log for the releases that were deployed',
    })
  const found = (await objects.list(releasesOf(service, hex))).map(({ key }) => nameIn(key))
  const [only] = found
  if (found.length === 1 && only !== undefined) return readRelease(objects, service, `sha256:${only}`)
  if (found.length > 1)
    throw new TowpathError('not-found', `'${prefix}' is ambiguous: ${found.length} releases of service '${service}' begin with it`, {
      hint: `give more digits: ${listed(found, hex.length)}`,
    })
  const all = (await objects.list(releasesOf(service))).map(({ key }) => nameIn(key))
  if (all.length === 0)
    throw new TowpathError('not-found', `service '${service}' has no release in bucket '${objects.bucket}'`, {
      hint: 'check the names of the service and the bucket, or make one with towpath create-release',
    })
  throw new TowpathError('not-found', `no release of service '${service}' begins with '${prefix}'`, { hint: `there are ${listed(all)}` })
}

/** Names of releases, long enough to be told apart where `shared` digits are the same. */
function listed(ids: readonly string[], shared = 0): string {
  const shown = ids.slice(0, SHOWN).map((id) => id.slice(0, Math.max(12, shared + 4)))
  return `${shown.join(', ')}${ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : ''}`
}
