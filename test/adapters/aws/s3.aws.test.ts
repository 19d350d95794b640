import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, jest, test } from '@jest/globals'
import { s3Objects } from '../../../src/adapters/aws/s3.ts'
import { identity } from '../../../src/adapters/aws/sts.ts'
import { objectsContract } from '../../bucket/objects.contract.ts'
import { withAws } from '../../support/aws.ts'

jest.setTimeout(120_000)

const aws = withAws()
/** A bucket of a real account, where the caller's own credentials and region may write, instead of the emulator's. */
const real = process.env.TOWPATH_TEST_BUCKET

describe(`the contract of Objects on ${real === undefined ? 'the emulator' : `bucket ${real}`}`, () => {
  objectsContract(async () => {
    const environment = real === undefined ? aws.environment() : process.env
    const bucket = real ?? 'acme-platform'
    const client = new S3Client(real === undefined ? { ...aws.client(), forcePathStyle: true } : {})
    if (real === undefined) await client.send(new CreateBucketCommand({ Bucket: bucket }))
    return {
      objects: await s3Objects(bucket, { environment }),
      missing: await s3Objects('towpath-no-such-bucket-0b7a', { environment }),
      async clear(prefix) {
        for (;;) {
          const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 64 }))
          if (Contents.length === 0) break
          await Promise.all(Contents.map(({ Key }) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key }))))
        }
        client.destroy()
      },
    }
  })
})
