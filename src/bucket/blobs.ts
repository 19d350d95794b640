import { type Digest, digesting, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { blobKey } from './keys.ts'
import type { Objects } from './objects.ts'

/** How many requests are in flight at once when there are many to make. */
const IN_FLIGHT = 96

/** A blob that was read to know that it is what its name says, as records keep it: of that version nobody has to read it again. */
export interface VerifiedBlob {
  readonly bucket: string
  readonly key: string
  readonly version: string
  readonly digest: Digest
}

/** Stores bytes under their digest; false if the bucket held them already. Throws 'failed' if the name is taken by something else. */
export async function putBlob(objects: Objects, bytes: Uint8Array, digest: Digest = digestOf(bytes)): Promise<boolean> {
  if ((await objects.create(blobKey(digest), bytes)) !== 'exists') return true
  await verifyBlob(objects, digest, 'a blob')
  return false
}

/**
 * Compares what is under a blob's name with that name: by the SHA-256 that the bucket took of the whole object, and where it has none of that
 * kind, by reading the object. One request if the checksum is there. Throws 'failed', with both digests, if it is something else.
 * @param known Blobs that were read before.
 */
export async function verifyBlob(
  objects: Objects,
  digest: Digest,
  what: string,
  known: readonly VerifiedBlob[] = [],
): Promise<'absent' | 'by its checksum' | 'by reading it' | VerifiedBlob> {
  const key = blobKey(digest)
  const stat = await objects.stat(key)
  if (stat === undefined) return 'absent'
  if (stat.digest !== undefined) {
    requireContent(objects, digest, what, stat.digest)
    return 'by its checksum'
  }
  const before = known.find((one) => one.version === stat.version && one.bucket === objects.bucket && one.key === key)
  if (before?.digest === digest) return before
  const read = await objects.measure(key)
  if (read === undefined) return 'absent'
  requireContent(objects, digest, what, read.digest)
  return read.version === undefined ? 'by reading it' : { bucket: objects.bucket, key, version: read.version, digest }
}

function requireContent(objects: Objects, digest: Digest, what: string, content: Digest): void {
  if (content === digest) return
  const where = `s3://${objects.bucket}/${blobKey(digest)}`
  throw new TowpathError('failed', `${what} in ${where} is not what its name says: its content is ${content}, its name says ${digest}`, {
    blame: 'service',
    hint: 'something other than towpath wrote it: see who, then delete it, or restore the version before it, and run again',
  })
}

/** The bytes of a blob, checked against their name. Throws 'not-found' if it is not there, 'failed' if it is damaged. */
export async function getBlob(objects: Objects, digest: Digest, what: string): Promise<Uint8Array> {
  const found = await objects.get(blobKey(digest))
  if (found === undefined || found === 'unchanged') throw missingBlob(objects, digest, what)
  requireContent(objects, digest, what, digestOf(found.body))
  return found.body
}

function damagedBlob(objects: Objects, digest: Digest, what: string): TowpathError {
  return new TowpathError('failed', `${what} in s3://${objects.bucket}/${blobKey(digest)} is damaged: its content has another digest`, {
    blame: 'service',
    hint: 'restore an earlier version of the object',
  })
}

/**
 * A blob in pieces, for those that may be large. It ends in an error if what came has not the digest that is its name: whoever writes it
 * on must not let what was written count before that.
 */
export async function* streamBlob(objects: Objects, digest: Digest, what: string): AsyncGenerator<Uint8Array> {
  const pieces = await objects.stream(blobKey(digest))
  if (pieces === undefined) throw missingBlob(objects, digest, what)
  const sum = digesting()
  for await (const piece of pieces) {
    sum.add(piece)
    yield piece
  }
  if (sum.digest() !== digest) throw damagedBlob(objects, digest, what)
}

export async function getText(objects: Objects, digest: Digest, what: string): Promise<string> {
  return new TextDecoder().decode(await getBlob(objects, digest, what))
}

/** The error for a blob that something names and the bucket has not. */
export function missingBlob(objects: Objects, digest: Digest, what: string): TowpathError {
  return new TowpathError('not-found', `${what} is not in the bucket: s3://${objects.bucket}/${blobKey(digest)} does not exist`, {
    hint: 'it was deleted, or the bucket is another; publish or package it again',
  })
}

/** Does `work` for each item, many at once. The first failure stops the start of further items and is thrown when all begun have ended. */
export async function forEach<T>(items: Iterable<T>, work: (item: T) => Promise<void>, atOnce: number = IN_FLIGHT): Promise<void> {
  const queue = [...items]
  let next = 0
  const failures: unknown[] = []
  const worker = async (): Promise<void> => {
    while (next < queue.length && failures.length === 0) {
      const item = queue[next++] as T
      try {
        await work(item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker))
  if (failures.length > 0) throw failures[0]
}
