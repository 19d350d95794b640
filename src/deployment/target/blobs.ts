import { forEach, getBlob, missingBlob, streamBlob, type VerifiedBlob, verifyBlob } from '../../bucket/blobs.ts'
import { blobKey } from '../../bucket/keys.ts'
import type { Body } from '../../bucket/objects.ts'
import type { Digest } from '../../digest.ts'
import { blobsOf, type Manifest, shortId } from '../../release/manifest.ts'
import type { Target } from './target.ts'

/**
 * Makes sure that all a release needs is where it is needed and is what its name says, before anything is changed: what the environment reads
 * is copied into its own bucket, and every blob is checked in the bucket from which it is used. Gives those that had to be read for that.
 * Throws 'not-found' with the blob that is gone, and 'failed' with one that is something else.
 * @param known Blobs that were read before, as the last record has them.
 */
export async function provideBlobs(
  target: Target,
  manifest: Manifest,
  known: readonly VerifiedBlob[] = [],
): Promise<readonly VerifiedBlob[]> {
  const { ledger, blobs } = target
  const digests = blobsOf(manifest)
  const verified: VerifiedBlob[] = []
  const sizes = new Map<Digest, number>()
  const isOwn = blobs.bucket === ledger.objects.bucket
  if (!isOwn)
    await forEach(digests, async (digest) => {
      const there = await ledger.objects.stat(blobKey(digest))
      if (there === undefined) throw missingBlob(ledger.objects, digest, whatIs(manifest, digest))
      sizes.set(digest, there.bytes)
    })
  await forEach(digests, async (digest) => {
    const what = whatIs(manifest, digest)
    const verify = () => verifyBlob(blobs, digest, isOwn ? what : `the copy of ${what}`, known)
    let found = await verify()
    if (found === 'absent') {
      if (isOwn) throw missingBlob(blobs, digest, what)
      // A copy that another run made meanwhile is looked at like any other.
      if ((await blobs.create(blobKey(digest), await copyOf(target, manifest, digest, sizes.get(digest) ?? 0))) === 'exists')
        found = await verify()
    }
    if (typeof found === 'object') verified.push(found)
  })
  return verified.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** A blob on its way to another bucket. Artefact and bundle may be too large to be held; the others are read whole, and read again if need be. */
async function copyOf({ ledger: { objects } }: Target, manifest: Manifest, digest: Digest, bytes: number): Promise<Body> {
  const what = whatIs(manifest, digest)
  const isLarge = digest === manifest.artefact || digest === manifest.code?.bundle
  return isLarge ? { bytes, digest, open: () => streamBlob(objects, digest, what) } : getBlob(objects, digest, what)
}

function whatIs(manifest: Manifest, digest: Digest): string {
  if (manifest.artefact === digest) return `the artefact ${shortId(digest)}`
  if (manifest.code?.bundle === digest) return `the bundle ${shortId(digest)}`
  const stack = Object.entries(manifest.stacks).find(([, { template }]) => template === digest)?.[0]
  return stack === undefined ? 'a nested template' : `the template of stack '${stack}'`
}
