import { type Digest, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { canonicalJson, type Jsonable } from '../json.ts'
import type { ETag, Objects } from './objects.ts'

/** A JSON document of the bucket, with the digest of its bytes and the ETag to replace it by. */
export interface Stored<T> {
  readonly value: T
  readonly digest: Digest
  readonly etag: ETag
}

/** Every document says which kind it is. */
interface Document {
  readonly schema: string
}

const encoder = new TextEncoder()

/** The bytes under which a document is stored: its canonical JSON. */
export function documentBytes<T>(value: T & Jsonable<T>): Uint8Array {
  return encoder.encode(canonicalJson(value))
}

/**
 * Reads a document of one schema, or undefined if there is none. Throws 'failed' if what is there is no such document: a bucket that
 * somebody else writes to must not be mistaken for an empty one.
 */
export async function readDocument<T extends Document>(objects: Objects, key: string, schema: T['schema']): Promise<Stored<T> | undefined> {
  const found = await objects.get(key)
  if (found === undefined || found === 'unchanged') return undefined
  return { value: parse<T>(objects, key, schema, found.body), digest: digestOf(found.body), etag: found.etag }
}

/**
 * Writes a document that must not be there yet. A reply that was lost is looked up, so that our own write is never taken for another's.
 * Gives what is there instead, if it is not what we write.
 */
export async function createDocument<T extends Document>(
  objects: Objects,
  key: string,
  schema: T['schema'],
  bytes: Uint8Array,
): Promise<'created' | Stored<T>> {
  let unanswered: TowpathError | undefined
  try {
    if ((await objects.create(key, bytes)) !== 'exists') return 'created'
  } catch (error) {
    if (!(error instanceof TowpathError) || !error.transient) throw error
    unanswered = error
  }
  const there = await readDocument<T>(objects, key, schema)
  if (there === undefined)
    throw (
      unanswered ??
      new TowpathError('failed', `s3://${objects.bucket}/${key} was there and is gone: something else writes to this bucket`, {
        blame: 'service',
        hint: 'see who may delete objects of this bucket; only locks are ever deleted',
      })
    )
  return there.digest === digestOf(bytes) ? 'created' : there
}

/** The document in some bytes; undefined if they hold none of this schema. */
export function documentIn<T extends Document>(body: Uint8Array, schema: T['schema']): T | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return schemaOf(value) === schema ? (value as T) : undefined
  } catch {
    return undefined
  }
}

function parse<T extends Document>(objects: Objects, key: string, schema: T['schema'], body: Uint8Array): T {
  const where = `s3://${objects.bucket}/${key}`
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    throw new TowpathError('failed', `${where} is no JSON document`, {
      blame: 'service',
      cause,
      hint: 'it was changed by something other than towpath; restore an earlier version of it',
    })
  }
  const found = schemaOf(value)
  if (found !== schema)
    throw new TowpathError('failed', `${where} has schema ${JSON.stringify(found)}, this version reads '${schema}'`, {
      blame: 'service',
      hint: 'use the version of towpath that wrote it',
    })
  return value as T
}

function schemaOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
}
