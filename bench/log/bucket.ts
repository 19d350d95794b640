import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { environmentKey } from '../../src/bucket/keys.ts'
import { gatherSegments } from '../../src/deployment/log/gather.ts'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import { plantHistory } from '../../test/world/history.ts'
import { type FakeObjects, fakeObjects, tagOf } from '../../test/world/objects.ts'

export const log = { service: 'delivery', environment: 'staging' } as const

/** Plants a history in a bucket, and its segments as the runs that closed its records would have written them. */
export async function plant(bucket: FakeObjects, count: number, changes?: (n: number) => Partial<DeploymentRecord>): Promise<void> {
  await plantHistory({ ...log, count, ...(changes ? { changes } : {}) }, (key, bytes) => bucket.put(key, bytes, 'FULL_OBJECT'))
  const record = (n: number): DeploymentRecord =>
    bucket.json(`deployments/staging/delivery/${String(n).padStart(8, '0')}.json`) as DeploymentRecord
  for (let n = 20; n <= count; n += 20) await gatherSegments({ objects: bucket, ...log }, record(n), () => {})
  bucket.requests.length = 0
}

/** A bucket with a history and the environment it is of. */
export async function aBucket(count: number): Promise<FakeObjects> {
  const bucket = fakeObjects()
  const entry = {
    schema: 'towpath/environment@1',
    environment: 'staging',
    account: '000000000000',
    region: 'eu-west-1',
    bucket: null,
    tags: {},
  }
  bucket.put(environmentKey('staging'), JSON.stringify(entry))
  await plant(bucket, count)
  return bucket
}

/** Answers as S3 does to who reads and lists. Counts what it is asked. */
export async function serve(
  bucket: FakeObjects,
): Promise<{ readonly endpoint: string; readonly asked: () => number; readonly close: () => void }> {
  const keys = bucket.keys()
  let asked = 0
  const server: Server = createServer((request, response) => {
    asked += 1
    const url = new URL(request.url ?? '', 'http://localhost')
    const key = decodeURIComponent(url.pathname).split('/').slice(2).join('/')
    if (key === '') return void response.setHeader('content-type', 'application/xml').end(page(bucket, keys, url.searchParams))
    const body = bucket.bytes(key)
    if (body === undefined)
      return void response
        .writeHead(404, { 'content-type': 'application/xml' })
        .end('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>')
    response.writeHead(200, { etag: etagOf(body), 'content-length': body.byteLength, 'last-modified': new Date(0).toUTCString() }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a listening server has no port')
  return { endpoint: `http://127.0.0.1:${address.port}`, asked: () => asked, close: () => server.close() }
}

/** A page of a listing. Source: S3 API, ListObjectsV2. */
function page(bucket: FakeObjects, keys: readonly string[], asked: URLSearchParams): string {
  const prefix = asked.get('prefix') ?? ''
  const after = asked.get('continuation-token') ?? asked.get('start-after') ?? ''
  const found: string[] = []
  let last = ''
  let count = 0
  let more = false
  for (const key of keys) {
    if (!key.startsWith(prefix) || key <= after) continue
    const end = asked.get('delimiter') === '/' ? key.indexOf('/', prefix.length) : -1
    const folder = end < 0 ? undefined : key.slice(0, end + 1)
    if (folder !== undefined && (folder === last || after.startsWith(folder))) {
      if (count < 1_000 || folder === last) last = folder
      continue
    }
    if (count === 1_000) {
      more = true
      break
    }
    count += 1
    last = folder ?? key
    if (folder === undefined)
      found.push(`<Contents><Key>${key}</Key><ETag>${etagOf(bucket.bytes(key)).replaceAll('"', '&quot;')}</ETag></Contents>`)
  }
  const next = more ? `<NextContinuationToken>${last.endsWith('/') ? `${last}\uffff` : last}</NextContinuationToken>` : ''
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${found.join('')}</ListBucketResult>`
}

const tags = new WeakMap<Uint8Array, string>()

/** As the fake has it, so that segments know the records again. */
function etagOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return ''
  const known = tags.get(bytes) ?? tagOf(bytes)
  tags.set(bytes, known)
  return known
}
