import { type Digest, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { canonicalJson, type Json } from '../json.ts'
import type { ETag, Objects } from './objects.ts'

/** A JSON document of the bucket, with the digest of its bytes and the ETag to replace it by. */
export interface Stored<T> {
  readonly value: T
  readonly digest: Digest
  readonly etag: ETag
}

const encoder = new TextEncoder()

/** The bytes under which a document is stored: its canonical JSON. */
export function documentBytes(value: Json): Uint8Array {
  return encoder.encode(canonicalJson(value))
}

/**
 * Reads a document of one schema, or undefined if there is none. Throws 'failed' if what is there is no such document: a bucket that
 * somebody else writes to must not be mistaken for an empty one.
 */
export async function readDocument<T extends { readonly schema: string }>(
  objects: Objects,
  key: string,
  schema: T['schema'],
): Promise<Stored<T> | undefined> {
  const found = await objects.get(key)
  if (found === undefined || found === 'unchanged') return undefined
  return { value: parse<T>(objects, key, schema, found.body), digest: digestOf(found.body), etag: found.etag }
}

function parse<T extends { readonly schema: string }>(objects: Objects, key: string, schema: T['schema'], body: Uint8Array): T {
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
  const found = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined
  if (found !== schema)
    throw new TowpathError('failed', `${where} has schema ${JSON.stringify(found)}, this version reads '${schema}'`, {
      blame: 'service',
      hint: 'use the version of towpath that wrote it',
    })
  return value as T
}
