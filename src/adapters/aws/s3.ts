import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadBucketCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import type { ETag, Listed, Objects, Stat } from '../../bucket/objects.ts'
import { type Digest, digesting } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import { type AwsSettings, connection } from './client.ts'
import { conditionally } from './conditional.ts'
import { contentOf, piecesOf } from './content.ts'
import { translate } from './errors.ts'
import { factsOf } from './facts.ts'
import { putObject } from './put.ts'

/** How often an object is read whose body breaks off on the way. */
const READS = 3

/**
 * A bucket of S3, or of whatever speaks its protocol at AWS_ENDPOINT_URL. Throws 'bad-input' if no region is known. Callers keep at
 * most 128 requests under way. The SDK sends each request up to five times.
 *
 * A write whose reply was lost is sent again, and then refused because of its own first attempt. So after a retry a refusal counts
 * only if the object is not what we sent. Its SHA-256, which goes with each write and is kept, tells that without reading it.
 */
export async function s3Objects(bucket: string, settings: AwsSettings = {}): Promise<Objects> {
  const { config, endpoint } = connection('S3', settings)
  const client = new S3Client({ ...config, forcePathStyle: endpoint !== undefined })
  const region = await client.config.region().catch((error: unknown) => {
    throw translate(error, { action: 's3', on: `bucket '${bucket}'`, endpoint: 'S3', region: '', bucket })
  })
  const host = endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`

  let seen = false

  function failed(error: unknown, action: string, key?: string): TowpathError {
    const on = key === undefined ? `bucket '${bucket}'` : `bucket '${bucket}', key '${key}'`
    return translate(error, { action: `s3:${action}`, on, endpoint: host, region, bucket })
  }

  /** The ETag of a reply. One without would make the next conditional write an unconditional one. */
  function tag({ ETag }: { readonly ETag?: string | undefined }): ETag {
    if (ETag !== undefined && ETag !== '') return ETag as ETag
    throw new TowpathError('failed', `${host} answers without an ETag, as S3 never does`, {
      blame: 'service',
      hint: 'check AWS_ENDPOINT_URL: something else than S3 may be there',
    })
  }

  /** What is known of an object without reading it; undefined if there is none. */
  async function head(Key: string): Promise<Stat | undefined> {
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }))
      return {
        etag: tag(found),
        bytes: found.ContentLength ?? 0,
        digest: checksumOf(found),
        version: found.VersionId,
        written: found.LastModified?.getTime() ?? 0,
      }
    } catch (error) {
      if (factsOf(error).status !== 404) throw failed(error, 'GetObject', Key)
    }
    // The answer to a HEAD has no body that would tell a missing key from a missing bucket.
    await check()
    return undefined
  }

  /** Once the bucket was seen to be there nobody is asked again. */
  async function check(): Promise<void> {
    if (seen) return
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }))
      seen = true
    } catch (error) {
      throw failed(factsOf(error).status === 404 ? { name: 'NoSuchBucket' } : error, 'ListBucket')
    }
  }

  /** An object whose content is on its way, or why not. */
  async function ask(Key: string, known: ETag | undefined): Promise<GetObjectCommandOutput | 'unchanged' | undefined> {
    try {
      return await client.send(new GetObjectCommand({ Bucket: bucket, Key, ...(known === undefined ? {} : { IfNoneMatch: known }) }))
    } catch (error) {
      const { status, name } = factsOf(error)
      // The SDK makes an error of 304 too, without a name.
      if (status === 304) return 'unchanged'
      if (name === 'NoSuchKey') return undefined
      throw failed(error, 'GetObject', Key)
    }
  }

  return {
    bucket,
    check,

    async get(key, known) {
      for (let read = 1; ; read++) {
        const reply = await ask(key, known)
        if (reply === 'unchanged' || reply === undefined) return reply
        try {
          const body = (await reply.Body?.transformToByteArray()) ?? new Uint8Array()
          return { body, etag: tag(reply), written: reply.LastModified?.getTime() ?? 0 }
        } catch (error) {
          if (error instanceof TowpathError || read === READS) throw failed(error, 'GetObject', key)
        }
      }
    },

    async stream(key) {
      const reply = await ask(key, undefined)
      if (reply === undefined || reply === 'unchanged') return undefined
      return piecesOf(reply.Body, (error) => failed(error, 'GetObject', key))
    },

    stat: head,

    async measure(key) {
      for (let read = 1; ; read++) {
        const reply = await ask(key, undefined)
        if (reply === 'unchanged' || reply === undefined) return undefined
        const content = digesting()
        try {
          for await (const piece of (reply.Body ?? []) as AsyncIterable<Uint8Array>) content.add(piece)
          return { digest: content.digest(), version: reply.VersionId }
        } catch (error) {
          if (error instanceof TowpathError || read === READS) throw failed(error, 'GetObject', key)
        }
      }
    },

    async create(Key, body, sent) {
      const content = contentOf(body, `s3://${bucket}/${Key}`, sent)
      try {
        const put = () => putObject(client, content, { Bucket: bucket, Key, IfNoneMatch: '*' })
        const outcome = await conditionally(put, async () => true)
        if ('done' in outcome) {
          if (body instanceof Uint8Array) sent?.(body.byteLength)
          return tag(outcome.done)
        }
        const there = outcome.repeated ? await head(Key) : undefined
        return there?.digest === content.digest ? there.etag : 'exists'
      } catch (error) {
        throw failed(error, 'PutObject', Key)
      }
    },

    async replace(Key, body, seen) {
      const content = contentOf(body, `s3://${bucket}/${Key}`)
      try {
        const put = () => putObject(client, content, { Bucket: bucket, Key, IfMatch: seen })
        const outcome = await conditionally(put, async () => (await head(Key))?.etag === seen)
        if ('done' in outcome) return tag(outcome.done)
        const there = outcome.repeated ? await head(Key) : undefined
        return there?.digest === content.digest ? there.etag : 'changed'
      } catch (error) {
        throw failed(error, 'PutObject', Key)
      }
    },

    async remove(Key, seen) {
      try {
        const remove = () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key, IfMatch: seen }))
        const outcome = await conditionally(remove, async () => (await head(Key))?.etag === seen)
        if ('done' in outcome) return 'removed'
        return outcome.repeated && (await head(Key)) === undefined ? 'removed' : 'changed'
      } catch (error) {
        throw failed(error, 'DeleteObject', Key)
      }
    },

    async list(prefix, { flat = false, after } = {}) {
      const objects: Listed[] = []
      const Delimiter = flat ? '/' : undefined
      let ContinuationToken: string | undefined
      do {
        try {
          const page = await client.send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter, StartAfter: after, ContinuationToken }),
          )
          for (const found of page.Contents ?? []) if (found.Key !== undefined) objects.push({ key: found.Key, etag: tag(found) })
          ContinuationToken = page.NextContinuationToken
        } catch (error) {
          throw failed(error, 'ListBucket')
        }
      } while (ContinuationToken !== undefined)
      return objects
    },

    url(key) {
      return `${host}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
    },
  }
}

/** The SHA-256 of a whole object, where S3 has one: of an upload in parts it has one of the parts' checksums. Source: S3 API, HeadObject. */
function checksumOf({
  ChecksumSHA256: sha256,
  ChecksumType,
}: Pick<HeadObjectCommandOutput, 'ChecksumSHA256' | 'ChecksumType'>): Digest | undefined {
  return sha256 === undefined || ChecksumType !== 'FULL_OBJECT' ? undefined : `sha256:${Buffer.from(sha256, 'base64').toString('hex')}`
}
