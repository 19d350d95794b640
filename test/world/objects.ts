import { createHash } from 'node:crypto'
import { translate } from '../../src/adapters/aws/errors.ts'
import type { Body, ETag, Objects } from '../../src/bucket/objects.ts'
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
  /** Writes, or deletes (undefined), behind everybody's back. */
  put(key: string, content: Uint8Array | string | undefined): void
}

const PIECE_BYTES = 64 * 1024

/** An empty bucket. @param there False for one that does not exist, so that every request is refused. */
export function fakeObjects(bucket = 'acme-platform', { there = true }: { readonly there?: boolean } = {}): FakeObjects {
  const store = new Map<string, Uint8Array>()
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
    const tagAt = (key: string) => tagOf(store.get(key))
    return {
      bucket,
      check: () => ask(caller, 'HEAD', '', 0, () => undefined),
      get: (key, known) =>
        ask(caller, 'GET', key, 0, () => {
          const body = store.get(key)
          const etag = tagOf(body)
          if (body === undefined || etag === undefined) return undefined
          return etag === known ? 'unchanged' : { body: body.slice(), etag }
        }),
      async stream(key) {
        const bytes = await ask(caller, 'GET', key, 0, () => store.get(key)?.slice())
        return bytes && piecesOf(bytes)
      },
      size: (key) => ask(caller, 'HEAD', key, 0, () => store.get(key)?.byteLength),
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
      list: (prefix) => ask(caller, 'LIST', prefix, 0, () => keys(prefix)),
      url: (key) => `https://s3.eu-west-1.amazonaws.com/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`,
    }
  }

  function write(key: string, bytes: Uint8Array): ETag {
    store.set(key, bytes)
    return tagOf(bytes)
  }

  function keys(prefix = ''): readonly string[] {
    return [...store.keys()].filter((key) => key.startsWith(prefix)).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }

  return {
    ...as('somebody'),
    ...control,
    as,
    requests,
    keys,
    bytes: (key) => store.get(key),
    json(key) {
      const bytes = store.get(key)
      return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes))
    },
    put(key, content) {
      if (content === undefined) store.delete(key)
      else store.set(key, typeof content === 'string' ? new TextEncoder().encode(content) : content)
    },
  }
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

/** Equal bytes have an equal tag, as on S3; it is no MD5, so that nobody takes it for one. */
function tagOf(bytes: Uint8Array): ETag
function tagOf(bytes: Uint8Array | undefined): ETag | undefined
function tagOf(bytes: Uint8Array | undefined): ETag | undefined {
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
