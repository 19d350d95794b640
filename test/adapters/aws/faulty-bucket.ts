import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterEach, beforeAll, beforeEach } from '@jest/globals'
import { s3Objects } from '../../../src/adapters/aws/s3.ts'
import type { ETag, Objects } from '../../../src/bucket/objects.ts'
import type { TestAws } from '../../support/aws.ts'
import { type Arrived, type FaultProxy, faultProxy } from '../../support/fault-proxy.ts'

export const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)
export const puts = ({ method }: Arrived): boolean => method === 'PUT'
export const gets = ({ method }: Arrived): boolean => method === 'GET'
export const deletes = ({ method }: Arrived): boolean => method === 'DELETE'

/** A bucket of the emulator with a fault proxy before it; proxy and key are new for each test. */
export interface FaultyBucket {
  readonly proxy: FaultProxy
  /** The bucket through the proxy, and past it. */
  readonly objects: Objects
  readonly straight: Objects
  /** A key that nobody has used. */
  readonly key: string
  /** The bucket at an endpoint. @param patience As in AwsSettings. */
  through(endpoint: string, patience?: number): Promise<Objects>
  /** How many requests of a method the proxy has seen. */
  count(method: string): number
  /** What the key holds now; undefined if it is not there. */
  content(): Promise<string | undefined>
  /** Makes the object, past the proxy. */
  created(text: string): Promise<ETag>
}

export function faultyBucket(aws: TestAws): FaultyBucket {
  const bucket = 'acme-platform'
  let proxy: FaultProxy
  let objects: Objects
  let straight: Objects
  let tests = 0

  beforeAll(async () => {
    const client = new S3Client({ ...aws.client(), forcePathStyle: true })
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    client.destroy()
    straight = await through(aws.endpoint)
  })
  beforeEach(async () => {
    tests += 1
    proxy = await faultProxy(aws.endpoint)
    objects = await through(proxy.endpoint)
  })
  afterEach(() => proxy.close())

  function key(): string {
    return `faults/${tests}/object.json`
  }
  function through(endpoint: string, patience?: number): Promise<Objects> {
    const environment = { ...aws.environment(), AWS_ENDPOINT_URL: endpoint }
    return s3Objects(bucket, { environment, ...(patience === undefined ? {} : { patience }) })
  }

  return {
    get proxy() {
      return proxy
    },
    get objects() {
      return objects
    },
    get straight() {
      return straight
    },
    get key() {
      return key()
    },
    through,
    count: (method) => proxy.requests.filter((request) => request.method === method).length,
    async content() {
      const found = await straight.get(key())
      return found === undefined || found === 'unchanged' ? undefined : new TextDecoder().decode(found.body)
    },
    async created(text) {
      const etag = await straight.create(key(), bytes(text))
      if (etag === 'exists') throw new Error(`${key()} is there`)
      return etag
    },
  }
}
