import { measure } from '../../artefact/measure.ts'
import { streamBlob } from '../../bucket/blobs.ts'
import { revisionKey } from '../../bucket/keys.ts'
import { digestOf, hexOf } from '../../digest.ts'
import { canonicalJson } from '../../json.ts'
import { layout } from '../../playbook/layout.ts'
import { shortId } from '../../release/manifest.ts'
import type { Revision } from '../../rollout/rollouts.ts'
import type { Target } from '../target/target.ts'
import type { ResolvedCode } from './resolve-code.ts'

/** The object that the hosts fetch. Its key says what is in it, so that one that is there need not be made to be known. */
export function revisionOf({ blobs, ledger }: Target, { code: { bundle }, variables }: Pick<ResolvedCode, 'code' | 'variables'>): Revision {
  return { bucket: blobs.bucket, key: revisionKey(ledger.service, hexOf(digestOf(canonicalJson({ bundle, variables })))) }
}

/**
 * Puts a revision into the environment's bucket, unless it is there: the bundle, and one small file with the variables. Nothing of a bundle
 * is held in memory. A key is written once, so the one that was there is what its name says; one that is written now is pinned by its ETag.
 */
export async function provideRevision(target: Target, resolved: Pick<ResolvedCode, 'code' | 'variables'>): Promise<Revision> {
  const { blobs, ledger, code } = target
  const { bundle } = resolved.code
  const revision = revisionOf(target, resolved)
  if ((await blobs.stat(revision.key)) !== undefined) return revision
  const temporary = await code.files.temporary()
  try {
    const path = `${temporary.path}/bundle.zip`
    await code.files.writeStream(path, streamBlob(ledger.objects, bundle, `the bundle ${shortId(bundle)}`))
    const variables = Buffer.from(canonicalJson(resolved.variables))
    const open = (): AsyncIterable<Uint8Array> => code.archiver.append(code.files, path, layout.variables, variables)
    const made = await blobs.create(revision.key, { ...(await sumOf(open())), open })
    return made === 'exists' ? revision : { ...revision, etag: made.replaceAll('"', '') }
  } finally {
    await temporary.remove()
  }
}

async function sumOf(pieces: AsyncIterable<Uint8Array>): Promise<ReturnType<ReturnType<typeof measure>['sum']>> {
  const measured = measure(pieces)
  for await (const _ of measured.pieces);
  return measured.sum()
}
