import { Readable } from 'node:stream'
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type Fetch, unquoted } from './bundle.ts'

/** Where the local S3 is. */
export interface S3Settings {
  readonly endpoint: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** Fetches revisions from an S3. */
export function fromS3(settings: S3Settings): Fetch {
  const client = new S3Client({ ...settings, forcePathStyle: true })
  return async ({ s3Location: { bucket, key, version } = {} }) => {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...(version ? { VersionId: version } : {}) }))
    if (!(answer.Body instanceof Readable)) throw new Error('S3 sent no body')
    return { etag: unquoted(answer.ETag), content: answer.Body }
  }
}
