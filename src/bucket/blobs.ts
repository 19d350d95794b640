import { type Digest, digesting, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { blobKey } from './keys.ts'
import type { Objects } from './objects.ts'

/** How many requests are in flight at once when there are many to make. */
const IN_FLIGHT = 96

/** Stores bytes under their digest; false if the bucket held them already. */
export async function putBlob(objects: Objects, bytes: Uint8Array, digest: Digest = digestOf(bytes)): Promise<boolean> {
  return (await objects.create(blobKey(digest), bytes)) !== 'exists'
}

/** The bytes of a blob, checked against their name. Throws 'not-found' if it is not there, 'failed' if it is damaged. */
export async function getBlob(objects: Objects, digest: Digest, what: string): Promise<Uint8Array> {
  const found = await objects.get(blobKey(digest))
  if (found === undefined || found === 'unchanged') throw missingBlob(objects, digest, what)
  if (digestOf(found.body) !== digest) throw damagedBlob(objects, digest, what)
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
