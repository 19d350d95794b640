import { forEach, getBlob, missingBlob, type VerifiedBlob, verifyBlob } from '../../bucket/blobs.ts'
import { blobKey } from '../../bucket/keys.ts'
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
  const isOwn = blobs.bucket === ledger.objects.bucket
  if (!isOwn)
    await forEach(digests, async (digest) => {
      if ((await ledger.objects.stat(blobKey(digest))) === undefined) throw missingBlob(ledger.objects, digest, whatIs(manifest, digest))
    })
  await forEach(digests, async (digest) => {
    const what = whatIs(manifest, digest)
    const verify = () => verifyBlob(blobs, digest, isOwn ? what : `the copy of ${what}`, known)
    let found = await verify()
    if (found === 'absent') {
      if (isOwn) throw missingBlob(blobs, digest, what)
      // A copy that another run made meanwhile is looked at like any other.
      if ((await blobs.create(blobKey(digest), await getBlob(ledger.objects, digest, what))) === 'exists') found = await verify()
    }
    if (typeof found === 'object') verified.push(found)
  })
  return verified.sort((a, b) => (a.key < b.key ? -1 : 1))
}

function whatIs(manifest: Manifest, digest: Digest): string {
  if (manifest.artefact === digest) return `the artefact ${shortId(digest)}`
  const stack = Object.entries(manifest.stacks).find(([, { template }]) => template === digest)?.[0]
  return stack === undefined ? 'a nested template' : `the template of stack '${stack}'`
}
