import { createHash } from 'node:crypto'
import { translate } from '../../src/adapters/aws/errors.ts'
import type { Body, ETag, Objects, Stat } from '../../src/bucket/objects.ts'
import { digestOf } from '../../src/digest.ts'
import { TowpathError } from '../../src/errors.ts'
import { type Faults, faults, type Request } from './objects/faults.ts'

/**
 * A bucket in memory, with its controls. It does as S3 does where Towpath relies on it, which test/bucket/objects.contract.ts holds it
 * to. What is not in Objects is no request: it is not logged, and meets no fault.
 */
export interface FakeObjects extends Objects, Faults {
  /** The same bucket as another client: its requests are logged, and can be hit by faults, under this name. */
  as(caller: string): Objects
  /** Every request, in order of arrival, whatever came of it. A test may empty it. */
  readonly requests: Request[]
  /** The keys it holds, in UTF-8 order. */
  keys(prefix?: string): readonly string[]
  /** An object's content, or undefined. */
  bytes(key: string): Uint8Array | undefined
  /** An object read as JSON; undefined if it is not there. */
  json(key: string): unknown
  /**
   * Writes, or deletes (undefined), behind everybody's back. @param checksum What the bucket has of it: the SHA-256 of the whole, one of an
   * upload in parts, or, as of most other clients' writes, none.
   */
  put(key: string, content: Uint8Array | string | undefined, checksum?: Checksum): void
}

const PIECE_BYTES = 64 * 1024
/** Which SHA-256 a bucket has of an object. S3 says which it is; who does not ask takes the one for the other. */
export type Checksum = 'FULL_OBJECT' | 'COMPOSITE' | 'none'

interface Kept {
  readonly bytes: Uint8Array
  readonly checksum: Checksum
  readonly version: string
  /** Milliseconds. */
  readonly written: number
}

/** How many keys and folders a page of a listing has at most. Source: S3 API, ListObjectsV2. */
const PAGE = 1_000

/** An empty bucket. @param there False for one that does not exist, so that every request is refused. */
export function fakeObjects(
  bucket = 'acme-platform',
  { there = true, now = () => 0 }: { readonly there?: boolean; readonly now?: () => number } = {},
): FakeObjects {
  const store = new Map<string, Kept>()
  let versions = 0
  const requests: Request[] = []
  const told = { action: 's3', on: `bucket '${bucket}'`, endpoint: 'the fake S3', region: 'eu-west-1', bucket }
  const control = faults(() => translate({ code: 'ECONNRESET' }, told))

  /** Logs a request and applies it in one step, which nothing can come between. */
  async function ask<T>(caller: string, method: Request['method'], key: string, bytes: number, apply: () => T): Promise<T> {
    const request: Request = { method, key, bytes, caller }
    requests.push(request)
    // A turn of its own, so that the requests of several callers mix.
    await undefined
    return control.around(request, () => {
      if (!there) throw translate({ name: 'NoSuchBucket' }, told)
      return apply()
    })
  }

  function as(caller: string): Objects {
    const tagAt = (key: string) => tagOf(store.get(key)?.bytes)
    return {
      bucket,
      check: () => ask(caller, 'HEAD', '', 0, () => undefined),
      get: (key, known) =>
        ask(caller, 'GET', key, 0, () => {
          const kept = store.get(key)
          if (kept === undefined) return undefined
          const etag = tagOf(kept.bytes)
          return etag === known ? 'unchanged' : { body: kept.bytes.slice(), etag, written: kept.written }
        }),
      stat: (key) => ask(caller, 'HEAD', key, 0, () => statOf(store.get(key))),
      measure: (key) =>
        ask(caller, 'GET', key, 0, () => {
          const kept = store.get(key)
          return kept && { digest: digestOf(kept.bytes), version: kept.version }
        }),
      async stream(key) {
        const bytes = await ask(caller, 'GET', key, 0, () => store.get(key)?.bytes.slice())
        return bytes && piecesOf(bytes)
      },
      async create(key, body, sent) {
        const bytes = await read(body, key, sent)
        return ask(caller, 'PUT', key, bytes.byteLength, () => (store.has(key) ? 'exists' : write(key, bytes)))
      },
      async replace(key, body, seen) {
        const bytes = body.slice()
        return ask(caller, 'PUT', key, bytes.byteLength, () => (tagAt(key) === seen ? write(key, bytes) : 'changed'))
      },
      remove: (key, seen) =>
        ask(caller, 'DELETE', key, 0, () => {
          if (tagAt(key) !== seen) return 'changed'
          store.delete(key)
          return 'removed'
        }),
      async list(prefix, { flat = false, after = '' } = {}) {
        const found = keys(prefix).filter((key) => after === '' || compare(key, after) > 0)
        const folder = (key: string): string => (flat ? key.slice(prefix.length).replace(/\/.*$/s, '/') : key)
        const pages = Math.max(1, Math.ceil(new Set(found.map(folder)).size / PAGE))
        for (let page = 1; page < pages; page++) await ask(caller, 'LIST', prefix, 0, () => undefined)
        return ask(caller, 'LIST', prefix, 0, () =>
          keys(prefix)
            .filter((key) => (after === '' || compare(key, after) > 0) && !(flat && key.slice(prefix.length).includes('/')))
            .map((key) => ({ key, etag: tagAt(key) as ETag })),
        )
      },
      url: (key) => `https://s3.eu-west-1.amazonaws.com/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
    }
  }

  function write(key: string, bytes: Uint8Array): ETag {
    keep(key, bytes, 'FULL_OBJECT')
    return tagOf(bytes)
  }

  function keep(key: string, bytes: Uint8Array, checksum: Checksum): void {
    store.set(key, { bytes, checksum, version: `v${++versions}`, written: Math.floor(now() / 1_000) * 1_000 })
  }

  function keys(prefix = ''): readonly string[] {
    return [...store.keys()].filter((key) => key.startsWith(prefix)).sort(compare)
  }

  return {
    ...as('somebody'),
    ...control,
    as,
    requests,
    keys,
    bytes: (key) => store.get(key)?.bytes,
    json(key) {
      const bytes = store.get(key)?.bytes
      return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes))
    },
    put(key, content, checksum = 'none') {
      if (content === undefined) store.delete(key)
      else keep(key, typeof content === 'string' ? new TextEncoder().encode(content) : content, checksum)
    },
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

/** A checksum of another kind is no digest of the object, whatever it is of. */
function statOf(kept: Kept | undefined): Stat | undefined {
  if (kept === undefined) return undefined
  const { bytes, checksum, version, written } = kept
  return { etag: tagOf(bytes), bytes: bytes.byteLength, digest: checksum === 'FULL_OBJECT' ? digestOf(bytes) : undefined, version, written }
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Equal bytes have an equal tag, as on S3; it is no MD5, so that nobody takes it for one. */
export function tagOf(bytes: Uint8Array): ETag
export function tagOf(bytes: Uint8Array | undefined): ETag | undefined
export function tagOf(bytes: Uint8Array | undefined): ETag | undefined {
  if (bytes === undefined) return undefined
  return `"${createHash('sha1').update(bytes).digest('hex').slice(0, 32)}-fake"` as ETag
}

/** Reads a body to its end; refuses one that has not the length or the digest it claims. */
async function read(body: Body, key: string, sent: (bytes: number) => void = () => {}): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body instanceof Uint8Array ? [body.slice()] : body.open()) {
    pieces.push(piece)
    bytes += piece.byteLength
    sent(bytes)
  }
  const all = Buffer.concat(pieces)
  if (!(body instanceof Uint8Array) && (bytes !== body.bytes || digestOf(all) !== body.digest))
    throw new TowpathError('failed', `what was sent to '${key}' is not what its digest says`)
  return new Uint8Array(all)
}
