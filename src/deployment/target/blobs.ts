import { forEach, getBlob, missingBlob } from '../../bucket/blobs.ts'
import { blobKey } from '../../bucket/keys.ts'
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
    if (copied === undefined) await blobs.create(key, await getBlob(ledger.objects, digest, whatIs(manifest, digest)))
    else if (copied !== sizes.get(digest))
      throw new TowpathError('failed', `the copy of ${whatIs(manifest, digest)} in s3://${blobs.bucket}/${key} is not what its name says`, {
        blame: 'service',
        hint: 'delete it, and deploy again: it is copied anew',
      })
  })
}

function whatIs(manifest: Manifest, digest: Digest): string {
  if (manifest.artefact === digest) return `the artefact ${shortId(digest)}`
  const stack = Object.entries(manifest.stacks).find(([, { template }]) => template === digest)?.[0]
  return stack === undefined ? 'a nested template' : `the template of stack '${stack}'`
}
