// Port: an S3 bucket.
import type { Digest } from '../digest.ts'

/** An object's entity tag as S3 gave it. It names a version of the bytes; it is never read as a hash of them. */
export type ETag = string & { readonly entityTag: true }

export interface StoredObject {
  readonly body: Uint8Array
  readonly etag: ETag
}

/** Bytes to store: held, or opened anew for each attempt when they may be large. */
export type Body =
  | Uint8Array
  | {
      readonly bytes: number
      readonly digest: Digest
      open(): AsyncIterable<Uint8Array>
    }

/**
 * One S3 bucket, in our words. Every write is conditional. A bucket that is not there, credentials that are missing or refused, and a
 * service that does not answer are TowpathErrors that name the bucket; they are never mistaken for an absent key.
 */
export interface Objects {
  readonly bucket: string
  /** Makes sure that the bucket is there and lets us in, before work is done that would be in vain. */
  check(): Promise<void>
  /** The bytes and their ETag, 'unchanged' if the object still is the one `known` names, or undefined if there is no such key. */
  get(key: string, known?: ETag): Promise<StoredObject | 'unchanged' | undefined>
  /** The bytes in pieces, for objects that may be large; undefined if there is no such key. Who stops early closes the connection. */
  stream(key: string): Promise<AsyncIterable<Uint8Array> | undefined>
  /** The object's size, or undefined if there is no such key. */
  size(key: string): Promise<number | undefined>
  /** Writes once. 'exists' if the key was taken, whatever its content. `sent` hears how many bytes have gone. */
  create(key: string, body: Body, sent?: (bytes: number) => void): Promise<ETag | 'exists'>
  /** Writes only over `seen`. 'changed' if somebody was faster, or the object is gone. */
  replace(key: string, body: Uint8Array, seen: ETag): Promise<ETag | 'changed'>
  /** Deletes only what was `seen`. 'changed' if it is another now, or gone. */
  remove(key: string, seen: ETag): Promise<'removed' | 'changed'>
  /** The keys that begin with `prefix`, in UTF-8 order. */
  list(prefix: string): Promise<readonly string[]>
  /** The path-style https URL under which CloudFormation finds an object (the endpoint's own, if one is set). */
  url(key: string): string
}
