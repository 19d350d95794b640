// Port: an S3 bucket.
import type { Digest } from '../digest.ts'

/** An object's entity tag as S3 gave it. It names a version of the bytes; it is never read as a hash of them. */
export type ETag = string & { readonly entityTag: true }

export interface StoredObject {
  readonly body: Uint8Array
  readonly etag: ETag
  /** When it was written, by the bucket's own clock: milliseconds since 1970, in whole seconds. */
  readonly written: number
}

/** An object as a listing has it. */
export interface Listed {
  readonly key: string
  readonly etag: ETag
}

/** What is known of an object without reading it. */
export interface Stat {
  readonly etag: ETag
  readonly bytes: number
  /**
   * The SHA-256 that the bucket itself took of the whole object as it was written. Undefined where there is none of that kind: one that was
   * uploaded in parts has a checksum of checksums, and one that was sent without has another algorithm's or none.
   */
  readonly digest: Digest | undefined
  /** The version of the object; undefined where the bucket keeps none. */
  readonly version: string | undefined
  /** When it was written, by the bucket's own clock: milliseconds since 1970, in whole seconds. */
  readonly written: number
}

/** An object that was read to its end. */
export type Measured = Pick<Stat, 'version'> & { readonly digest: Digest }

/** Bytes to store: held, or opened anew for each attempt when they may be large. */
export type Body =
  | Uint8Array
  | {
      readonly bytes: number
      readonly digest: Digest
      open(): AsyncIterable<Uint8Array>
    }

/** What is listed. */
export interface ListOptions {
  /** Leaves out what has a `/` behind the prefix. Each such folder counts as one of the thousand. */
  readonly flat?: boolean
  /** Only the keys behind this one. */
  readonly after?: string
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
  /** What is known of the object, or undefined if there is no such key. */
  stat(key: string): Promise<Stat | undefined>
  /** Reads the object piece by piece and gives the digest of what it is, or undefined if there is no such key. */
  measure(key: string): Promise<Measured | undefined>
  /** Writes once. 'exists' if the key was taken, whatever its content. `sent` hears how many bytes have gone. */
  create(key: string, body: Body, sent?: (bytes: number) => void): Promise<ETag | 'exists'>
  /** Writes only over `seen`. 'changed' if somebody was faster, or the object is gone. */
  replace(key: string, body: Uint8Array, seen: ETag): Promise<ETag | 'changed'>
  /** Deletes only what was `seen`. 'changed' if it is another now, or gone. */
  remove(key: string, seen: ETag): Promise<'removed' | 'changed'>
  /** The objects whose keys begin with `prefix`, in the UTF-8 order of their keys; a thousand a request. */
  list(prefix: string, only?: ListOptions): Promise<readonly Listed[]>
  /** The path-style https URL under which CloudFormation finds an object (the endpoint's own, if one is set). */
  url(key: string): string
}
