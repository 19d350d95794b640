import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { describe, expect, test } from '@jest/globals'
import { s3Objects } from '../../../src/adapters/aws/s3.ts'
import { verifyBlob } from '../../../src/bucket/blobs.ts'
import { blobKey } from '../../../src/bucket/keys.ts'
import { digestOf } from '../../../src/digest.ts'
import { type Ground, objectsContract } from '../../bucket/objects.contract.ts'
import { withAws } from '../../support/aws.ts'

const aws = withAws()
const NOBODYS = 'towpath-no-such-bucket-0b7a'
/** A bucket of a real account that the caller's own credentials and region reach; instead of the emulator's. */
const real = process.env.TOWPATH_TEST_BUCKET

async function emulated(): Promise<Ground> {
  const environment = aws.environment()
  const client = new S3Client({ ...aws.client(), forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: 'acme-platform' }))
  client.destroy()
  return { objects: await s3Objects('acme-platform', { environment }), missing: await s3Objects(NOBODYS, { environment }) }
}

async function onAws(bucket: string): Promise<Ground> {
  return {
    objects: await s3Objects(bucket),
    missing: await s3Objects(NOBODYS),
    async clear(Prefix) {
      const client = new S3Client({})
      for (;;) {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: 64 }))
        if (Contents.length === 0) break
        await Promise.all(Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))))
      }
      client.destroy()
    },
  }
}

describe(real === undefined ? 'Objects on the emulator' : `Objects on s3://${real}`, () => {
  objectsContract(() => (real === undefined ? emulated() : onAws(real)))
})

describe('what the emulator says of a checksum', () => {
  let bucket = ''
  const content = 'what everybody reviewed'
  const digest = digestOf(content)

  /** Puts something under the name of `content` as another client would. */
  const writers: Readonly<Record<string, (client: S3Client, Key: string, Body: string) => Promise<unknown>>> = {
    'with a SHA-256': (client, Key, Body) => client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ChecksumAlgorithm: 'SHA256' })),
    'with another algorithm': (client, Key, Body) =>
      client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ChecksumAlgorithm: 'CRC32C' })),
    async 'in parts'(client, Key, Body) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key, ChecksumAlgorithm: 'SHA256' }))
      const part = { Bucket: bucket, Key, UploadId, PartNumber: 1 }
      const { ETag, ChecksumSHA256 } = await client.send(new UploadPartCommand({ ...part, Body, ChecksumAlgorithm: 'SHA256' }))
      const Parts = [{ ETag, ChecksumSHA256, PartNumber: 1 }]
      return client.send(new CompleteMultipartUploadCommand({ Bucket: bucket, Key, UploadId, MultipartUpload: { Parts } }))
    },
  }

  test.each(Object.keys(writers))('a blob that is put %s is known for what it is', async (how) => {
    const account = aws.account()
    bucket = `acme-${account}`
    const client = new S3Client({ ...aws.client(account), forcePathStyle: true })
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    const objects = await s3Objects(bucket, { environment: aws.environment(account) })
    const key = blobKey(digest)
    await writers[how]?.(client, key, content)
    expect((await objects.stat(key))?.digest).toBe(how === 'with a SHA-256' ? digest : undefined)
    expect(await verifyBlob(objects, digest, 'the blob')).toBe(how === 'with a SHA-256' ? 'by its checksum' : 'by reading it')
    await writers[how]?.(client, key, 'what nobody reviewed')
    await expect(verifyBlob(objects, digest, 'the blob')).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining(digestOf('what nobody reviewed')),
    })
    client.destroy()
  })
})
