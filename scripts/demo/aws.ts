import { isDeepStrictEqual } from 'node:util'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { DemoError } from './ending.ts'
import { bucket, type Stage } from './stage.ts'

/** What an SDK client is made with to reach the local AWS, whatever else this machine is set up for. */
function settings({ endpoint, region, environment: { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } }: Stage) {
  return { endpoint, region, credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } }
}

/** Calls a service's deployed function, shows its answer, and holds it against what it should be. */
export async function call(stage: Stage, service: string, payload: object, expected: object): Promise<void> {
  const name = stage.functions.get(service)
  if (name === undefined) throw new DemoError(`nobody told the name of ${service}'s function`)
  const client = new LambdaClient(settings(stage))
  try {
    const request = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload) })
    const reply = await client.send(request, { abortSignal: stage.signal })
    const answer: unknown = JSON.parse(new TextDecoder().decode(reply.Payload))
    stage.narrator.remark(`call ${name} with ${JSON.stringify(payload)}`)
    stage.narrator.result(`it answers ${JSON.stringify(answer)}`)
    if (reply.FunctionError !== undefined || !isDeepStrictEqual(answer, expected))
      throw new DemoError(`the function ${name} should have answered ${JSON.stringify(expected)}`)
  } finally {
    client.destroy()
  }
}

/** One version of an object in the platform bucket. */
export interface Version {
  readonly key: string
  readonly id: string | undefined
  /** Undefined for the mark that a deletion leaves. */
  readonly etag: string | undefined
  readonly isLatest: boolean
}

/** Every version of every object in the platform bucket: another write of the same bytes, or a lock that came and went, would show. */
export async function versionsInBucket(stage: Stage): Promise<readonly Version[]> {
  const client = new S3Client({ ...settings(stage), forcePathStyle: true })
  const versions: Version[] = []
  try {
    let next: Marker | undefined = {}
    while (next) {
      const page: ListObjectVersionsCommandOutput = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, ...next }), {
        abortSignal: stage.signal,
      })
      for (const { Key: key = '', VersionId: id, ETag: etag, IsLatest: isLatest = false } of page.Versions ?? [])
        versions.push({ key, id, etag, isLatest })
      for (const { Key: key = '', VersionId: id, IsLatest: isLatest = false } of page.DeleteMarkers ?? [])
        versions.push({ key, id, etag: undefined, isLatest })
      next = page.IsTruncated ? markerOf(page.NextKeyMarker, page.NextVersionIdMarker) : undefined
    }
    return versions
  } finally {
    client.destroy()
  }
}

/** Where the next page begins. */
interface Marker {
  readonly KeyMarker?: string
  readonly VersionIdMarker?: string
}

function markerOf(key: string | undefined, version: string | undefined): Marker | undefined {
  return key === undefined ? undefined : { KeyMarker: key, ...(version === undefined ? {} : { VersionIdMarker: version }) }
}
