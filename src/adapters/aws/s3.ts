import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import type { ETag, Objects } from '../../bucket/objects.ts'
import type { TowpathError } from '../../errors.ts'
import { type AwsSettings, connection } from './client.ts'
import { conditionally } from './conditional.ts'
import { contentOf } from './content.ts'
import { translate } from './errors.ts'
import { statusOf } from './facts.ts'
import { putObject } from './put.ts'

/** How often an object is read whose body breaks off on the way. */
const READS = 3

/**
 * A bucket of S3, or of whatever speaks its protocol at AWS_ENDPOINT_URL. Throws 'bad-input' if no region is known. Callers keep at
 * most 128 requests under way. Every request is retried by the SDK.
 *
 * A write whose reply was lost is sent again, and then refused because of its own first attempt. So after a retry a refusal counts
 * only if the object is not what we sent. Its SHA-256, which goes with each write and is kept, tells that without reading it.
 */
export async function s3Objects(bucket: string, settings: AwsSettings = {}): Promise<Objects> {
  const { config, endpoint } = connection('S3', settings)
  const client = new S3Client({ ...config, forcePathStyle: endpoint !== undefined })
  let host = endpoint ?? 'S3'
  let region = config.region ?? ''
  try {
    region = await client.config.region()
  } catch (error) {
    throw failed(error, 's3')
  }
  host = endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`

  function failed(error: unknown, action: string, key?: string): TowpathError {
    const on = key === undefined ? `bucket '${bucket}'` : `bucket '${bucket}', key '${key}'`
    return translate(error, { action, on, endpoint: host, region, bucket })
  }

  /** What is known of an object without reading it; undefined if there is none. */
  async function head(Key: string): Promise<{ etag: ETag; bytes: number; sha256: string | undefined } | undefined> {
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: 'ENABLED' }))
      return { etag: tag(found.ETag), bytes: found.ContentLength ?? 0, sha256: found.ChecksumSHA256 }
    } catch (error) {
      if (statusOf(error) !== 404) throw failed(error, 's3:GetObject', Key)
    }
    // The answer to a HEAD has no body that would tell a missing key from a missing bucket.
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }))
      return undefined
    } catch (error) {
      throw failed(statusOf(error) === 404 ? { name: 'NoSuchBucket' } : error, 's3:ListBucket')
    }
  }

  return {
    bucket,

    async get(Key, known) {
      for (let read = 1; ; read++) {
        let reply: Awaited<ReturnType<typeof ask>>
        try {
          reply = await ask()
        } catch (error) {
          // S3 knows no name for 304, and the SDK calls it 'Unknown'.
          if (statusOf(error) === 304) return 'unchanged'
          if (error instanceof Error && error.name === 'NoSuchKey') return undefined
          throw failed(error, 's3:GetObject', Key)
        }
        try {
          return { body: (await reply.Body?.transformToByteArray()) ?? new Uint8Array(), etag: tag(reply.ETag) }
        } catch (error) {
          if (read === READS) throw failed(error, 's3:GetObject', Key)
        }
      }
      function ask() {
        return client.send(new GetObjectCommand({ Bucket: bucket, Key, ...(known === undefined ? {} : { IfNoneMatch: known }) }))
      }
    },

    async size(key) {
      return (await head(key))?.bytes
    },

    async create(Key, body, sent) {
      const content = contentOf(body, `s3://${bucket}/${Key}`, sent)
      try {
        const put = () => putObject(client, content, { Bucket: bucket, Key, IfNoneMatch: '*' })
        const outcome = await conditionally(put, async () => true)
        if ('done' in outcome) return tag(outcome.done.ETag)
        const ours = outcome.repeated ? await head(Key) : undefined
        return ours?.sha256 === content.sha256 ? ours.etag : 'exists'
      } catch (error) {
        throw failed(error, 's3:PutObject', Key)
      }
    },

    async replace(Key, body, seen) {
      const content = contentOf(body, `s3://${bucket}/${Key}`)
      try {
        const put = () => putObject(client, content, { Bucket: bucket, Key, IfMatch: seen })
        const outcome = await conditionally(put, async () => (await head(Key))?.etag === seen)
        if ('done' in outcome) return tag(outcome.done.ETag)
        const ours = outcome.repeated ? await head(Key) : undefined
        return ours?.sha256 === content.sha256 ? ours.etag : 'changed'
      } catch (error) {
        throw failed(error, 's3:PutObject', Key)
      }
    },

    async remove(Key, seen) {
      try {
        const remove = () => client.send(new DeleteObjectCommand({ Bucket: bucket, Key, IfMatch: seen }))
        const outcome = await conditionally(remove, async () => (await head(Key))?.etag === seen)
        if ('done' in outcome) return 'removed'
        return outcome.repeated && (await head(Key)) === undefined ? 'removed' : 'changed'
      } catch (error) {
        throw failed(error, 's3:DeleteObject', Key)
      }
    },

    async list(prefix) {
      const keys: string[] = []
      let ContinuationToken: string | undefined
      do {
        try {
          const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken }))
          for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key)
          ContinuationToken = page.NextContinuationToken
        } catch (error) {
          throw failed(error, 's3:ListBucket')
        }
      } while (ContinuationToken !== undefined)
      return keys
    },

    url(key) {
      return `${host}/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
    },
  }
}

/** An ETag as the service gave it, with its quotes. */
function tag(given: string | undefined): ETag {
  return (given ?? '') as ETag
}
