import { forEach, getBlob, missingBlob, streamBlob } from '../../bucket/blobs.ts'
import { blobKey } from '../../bucket/keys.ts'
import type { Body } from '../../bucket/objects.ts'
import type { Digest } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import { blobsOf, type Manifest, shortId } from '../../release/manifest.ts'
import type { Target } from './target.ts'

/**
 * Makes sure that all a release needs is where it is needed, before anything is changed: every blob is in the platform bucket, and what
 * the environment reads is copied into its own bucket. Throws 'not-found' with the blob that is gone, and 'failed' with one that is not
 * what its name says: a copy is checked by its digest as it is made, and by its size from then on.
 */
export async function provideBlobs(target: Target, manifest: Manifest): Promise<void> {
  const { ledger, blobs } = target
  const digests = blobsOf(manifest)
  const sizes = new Map<Digest, number>()
  await forEach(digests, async (digest) => {
    const bytes = await ledger.objects.size(blobKey(digest))
    if (bytes === undefined) throw missingBlob(ledger.objects, digest, whatIs(manifest, digest))
    sizes.set(digest, bytes)
  })
  if (blobs.bucket === ledger.objects.bucket) return
  await forEach(digests, async (digest) => {
    const key = blobKey(digest)
    const copied = await blobs.size(key)
    if (copied === undefined) await blobs.create(key, await copyOf(target, manifest, digest, sizes.get(digest) ?? 0))
    else if (copied !== sizes.get(digest))
      throw new TowpathError('failed', `the copy of ${whatIs(manifest, digest)} in s3://${blobs.bucket}/${key} is not what its name says`, {
        blame: 'service',
        hint: 'delete it, and deploy again: it is copied anew',
      })
  })
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
