import { isDeepStrictEqual } from 'node:util'
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3'
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
    stage.narrator.output(`it answers ${JSON.stringify(answer)}`)
    if (reply.FunctionError !== undefined || !isDeepStrictEqual(answer, expected))
      throw new DemoError(`the function ${name} should have answered ${JSON.stringify(expected)}`)
  } finally {
    client.destroy()
  }
}

/** Every version of every object in the platform bucket: another write of the same bytes, or a lock that came and went, would show. */
export async function versionsInBucket(stage: Stage): Promise<readonly string[]> {
  const client = new S3Client({ ...settings(stage), forcePathStyle: true })
  const versions: string[] = []
  try {
    let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {}
    while (next) {
      const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, ...defined(next) }), { abortSignal: stage.signal })
      versions.push(...(page.Versions ?? []).map(({ Key, VersionId, ETag }) => `${Key} ${VersionId} ${ETag}`))
      versions.push(...(page.DeleteMarkers ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId} deleted`))
      next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined
    }
    return versions
  } finally {
    client.destroy()
  }
}

function defined({ KeyMarker, VersionIdMarker }: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined }) {
  return { ...(KeyMarker === undefined ? {} : { KeyMarker }), ...(VersionIdMarker === undefined ? {} : { VersionIdMarker }) }
}
