import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { describe } from '@jest/globals'
import { s3Objects } from '../../../src/adapters/aws/s3.ts'
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
