import { forEach, getBlob, missingBlob } from '../bucket/blobs.ts'
import { blobKey } from '../bucket/keys.ts'
import type { Digest } from '../digest.ts'
import { blobsOf, type Manifest, shortId } from '../release/manifest.ts'
import type { Target } from './target.ts'

/**
 * Makes sure that all a release needs is where it is needed, before anything is changed: every blob is in the platform bucket, and what
 * the environment reads is copied into its own bucket. Throws 'not-found' with the blob that is gone.
 */
export async function provideBlobs(target: Target, manifest: Manifest): Promise<void> {
  const { ledger, blobs } = target
  await forEach(blobsOf(manifest), async (digest) => {
    const what = whatIs(manifest, digest)
    if ((await ledger.objects.size(blobKey(digest))) === undefined) throw missingBlob(ledger.objects, digest, what)
    if (blobs.bucket === ledger.objects.bucket || (await blobs.size(blobKey(digest))) !== undefined) return
    await blobs.create(blobKey(digest), await getBlob(ledger.objects, digest, what))
  })
}

function whatIs(manifest: Manifest, digest: Digest): string {
  if (manifest.artefact === digest) return `the artefact ${shortId(digest)}`
  const stack = Object.entries(manifest.stacks).find(([, { template }]) => template === digest)?.[0]
  return stack === undefined ? 'a nested template' : `the template of stack '${stack}'`
}
