import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { s3Objects } from '../../../src/adapters/aws/s3.ts'
import { identity } from '../../../src/adapters/aws/sts.ts'
import type { ETag, Objects } from '../../../src/bucket/objects.ts'
import { digestOf } from '../../../src/digest.ts'
import { aLargeBody } from '../../bucket/objects.contract.ts'
import { withAws } from '../../support/aws.ts'
import { type Arrived, conflict, type FaultProxy, faultProxy, gatewayPage, slowDown } from '../../support/fault-proxy.ts'
import { until } from '../../support/until.ts'

jest.setTimeout(60_000)

const aws = withAws()
const bucket = 'acme-platform'
let proxy: FaultProxy
/** The bucket through the proxy, and straight. */
let objects: Objects
let straight: Objects
let key = 0

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)
const put = ({ method }: Arrived): boolean => method === 'PUT'
const get = ({ method }: Arrived): boolean => method === 'GET'
const remove = ({ method }: Arrived): boolean => method === 'DELETE'

beforeAll(async () => {
  const client = new S3Client({ ...aws.client(), forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
  straight = await s3Objects(bucket, { environment: aws.environment() })
})
beforeEach(async () => {
  proxy = await faultProxy(aws.endpoint)
  objects = await through(proxy.endpoint)
  key += 1
})
afterEach(() => proxy.close())

function through(endpoint: string, patience?: number): Promise<Objects> {
  const environment = { ...aws.environment(), AWS_ENDPOINT_URL: endpoint }
  return s3Objects(bucket, { environment, ...(patience === undefined ? {} : { patience }) })
}

function count(method: string): number {
  return proxy.requests.filter((request) => request.method === method).length
}

async function content(at: string): Promise<string> {
  const found = await straight.get(at)
  return found === undefined || found === 'unchanged' ? String(found) : new TextDecoder().decode(found.body)
}

async function created(at: string, text: string): Promise<ETag> {
  const etag = await straight.create(at, bytes(text))
  if (etag === 'exists') throw new Error(`${at} is there`)
  return etag
}

describe('a lost reply', () => {
  test('to a create does not take our own object for another one', async () => {
    proxy.next(put, 'drop reply')
    const etag = await objects.create(`lost/${key}`, bytes('ours'))
    expect(count('PUT')).toBe(2)
    expect(await straight.get(`lost/${key}`)).toMatchObject({ etag })
  })

  test('to a create that was refused stays a refusal', async () => {
    await created(`lost/${key}`, 'theirs')
    proxy.next(put, 'drop reply')
    expect(await objects.create(`lost/${key}`, bytes('ours'))).toBe('exists')
    expect(await content(`lost/${key}`)).toBe('theirs')
  })

  test('to a create from a stream has it read again, and recognised', async () => {
    const body = aLargeBody(3)
    proxy.next(put, 'drop reply')
    const sent: number[] = []
    const etag = await objects.create(`lost/${key}`, body, (gone) => sent.push(gone))
    expect(body.opened()).toBe(2)
    expect(await straight.get(`lost/${key}`)).toMatchObject({ etag })
    // Told for each attempt from the start.
    expect(sent.filter((gone) => gone === 65_536)).toHaveLength(2)
    expect(sent.at(-1)).toBe(body.bytes)
  })

  test('to a replace gives the ETag that it wrote', async () => {
    const seen = await created(`lost/${key}`, 'one')
    proxy.next(put, 'drop reply')
    const etag = await objects.replace(`lost/${key}`, bytes('two'), seen)
    expect(count('PUT')).toBe(2)
    expect(await straight.get(`lost/${key}`)).toMatchObject({ etag, body: bytes('two') })
  })

  test('to a replace that somebody has written over since is a change', async () => {
    const seen = await created(`lost/${key}`, 'one')
    proxy.next(put, 'drop reply', {
      async deed() {
        const found = await straight.get(`lost/${key}`)
        if (found !== undefined && found !== 'unchanged') await straight.replace(`lost/${key}`, bytes('three'), found.etag)
      },
    })
    expect(await objects.replace(`lost/${key}`, bytes('two'), seen)).toBe('changed')
    expect(await content(`lost/${key}`)).toBe('three')
  })

  test('to a replace of what was stale already is a change', async () => {
    await created(`lost/${key}`, 'one')
    proxy.next(put, 'drop reply')
    expect(await objects.replace(`lost/${key}`, bytes('two'), '"stale"' as ETag)).toBe('changed')
    expect(await content(`lost/${key}`)).toBe('one')
  })

  test('to a remove still is a removal', async () => {
    const seen = await created(`lost/${key}`, 'one')
    proxy.next(remove, 'drop reply')
    expect(await objects.remove(`lost/${key}`, seen)).toBe('removed')
    expect(count('DELETE')).toBe(2)
    expect(await straight.get(`lost/${key}`)).toBeUndefined()
  })

  test('to a remove of what another one has replaced is a change', async () => {
    const seen = await created(`lost/${key}`, 'one')
    proxy.next(remove, 'drop reply', { deed: () => straight.create(`lost/${key}`, bytes('theirs')) })
    expect(await objects.remove(`lost/${key}`, seen)).toBe('changed')
    expect(await content(`lost/${key}`)).toBe('theirs')
  })
})

describe('a collision with another write', () => {
  test('lets a create try again', async () => {
    proxy.next(put, conflict, { times: 2 })
    const etag = await objects.create(`conflict/${key}`, bytes('ours'))
    expect(await straight.get(`conflict/${key}`)).toMatchObject({ etag })
  })

  test('lets a create try again, and lose', async () => {
    proxy.next(put, conflict, { deed: () => straight.create(`conflict/${key}`, bytes('theirs')) })
    expect(await objects.create(`conflict/${key}`, bytes('ours'))).toBe('exists')
  })

  test('lets a replace try again, if what it saw is still there', async () => {
    const seen = await created(`conflict/${key}`, 'one')
    proxy.next(put, conflict)
    expect(await objects.replace(`conflict/${key}`, bytes('two'), seen)).not.toBe('changed')
    expect(await content(`conflict/${key}`)).toBe('two')
  })

  test('is a change for a replace and a remove, if it is not', async () => {
    const seen = await created(`conflict/${key}`, 'one')
    const now = await straight.replace(`conflict/${key}`, bytes('theirs'), seen)
    proxy.next(put, conflict)
    proxy.next(remove, conflict)
    expect(await objects.replace(`conflict/${key}`, bytes('two'), seen)).toBe('changed')
    expect(await objects.remove(`conflict/${key}`, seen)).toBe('changed')
    expect([count('PUT'), count('DELETE')]).toEqual([1, 1])
    expect(await straight.get(`conflict/${key}`)).toMatchObject({ etag: now })
  })

  test('that does not end is an error of its own', async () => {
    proxy.next(put, conflict, { times: Number.POSITIVE_INFINITY })
    await expect(objects.create(`conflict/${key}`, bytes('ours'))).rejects.toMatchObject({
      code: 'failed',
      blame: 'service',
      message: expect.stringContaining('is being written by others'),
    })
  })
})

describe('a service that', () => {
  test.each([
    ['asks to slow down', slowDown],
    ['answers with a page of HTML', gatewayPage],
  ])('%s, for a while, is asked again', async (_, refusal) => {
    proxy.next(() => true, refusal, { times: 2 })
    await objects.create(`busy/${key}`, bytes('ours'))
    proxy.next(() => true, refusal)
    expect(await objects.get(`busy/${key}`)).toMatchObject({ body: bytes('ours') })
    expect(proxy.requests).toHaveLength(5)
  })

  test('asks to slow down without end is told so, after five attempts', async () => {
    proxy.next(() => true, slowDown, { times: Number.POSITIVE_INFINITY })
    const message = `${proxy.endpoint} still asks us to slow down after 5 attempts at s3:PutObject`
    await expect(objects.create(`busy/${key}`, aLargeBody(1))).rejects.toMatchObject({ code: 'failed', blame: 'service', message })
    expect(proxy.requests).toHaveLength(5)
  })

  test('answers with a page of HTML without end is told so, without the page', async () => {
    proxy.next(() => true, gatewayPage, { times: Number.POSITIVE_INFINITY })
    await expect(objects.get(`busy/${key}`)).rejects.toMatchObject({
      code: 'failed',
      blame: 'service',
      message: expect.stringMatching(/ still answers 503 \([^<]*\) after 5 attempts at s3:GetObject$/),
    })
  })

  test('breaks the connection while a body goes up gets it again', async () => {
    const body = aLargeBody(3)
    proxy.next(put, 'drop request')
    await objects.create(`busy/${key}`, body)
    expect(body.opened()).toBe(2)
    expect(await straight.size(`busy/${key}`)).toBe(body.bytes)
  })

  test('breaks the connection while a body comes down is asked again', async () => {
    await straight.create(`busy/${key}`, bytes('a'.repeat(100_000)))
    proxy.next(get, 'cut reply', { times: 2 })
    expect(await objects.get(`busy/${key}`)).toMatchObject({ body: bytes('a'.repeat(100_000)) })
    expect(count('GET')).toBe(3)
  })

  test('is silent is asked again, and what it was asked first changes nothing when it is applied at last', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const impatient = await through(proxy.endpoint, 500)
    const seen = await created(`silent/${key}`, 'one')
    proxy.next(put, { until: promise })
    const etag = await impatient.replace(`silent/${key}`, bytes('two'), seen)
    expect(count('PUT')).toBe(2)
    resolve()
    expect(await straight.get(`silent/${key}`)).toMatchObject({ etag, body: bytes('two') })
  })

  test('is not there is named', async () => {
    const gone = await faultProxy(aws.endpoint)
    await gone.close()
    // In a process of its own: within jest the errors of Node's network are no `Error` to the SDK, which then wraps them.
    const script = `
      import { s3Objects } from ${JSON.stringify(new URL('../../../src/adapters/aws/s3.ts', import.meta.url).href)}
      const error = await (await s3Objects('acme')).get('a').catch((error) => error)
      console.log(JSON.stringify({ ...error, message: error.message }))`
    const env = { ...aws.environment(), AWS_ENDPOINT_URL: gone.endpoint }
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'failed',
      blame: 'service',
      message: `${gone.endpoint} could not be reached in 5 attempts: ECONNREFUSED`,
    })
  })
})

test('a write carries its SHA-256, and its condition', async () => {
  await objects.create(`wire/${key}`, bytes('one'))
  await objects.create(`wire/${key}/large`, aLargeBody(3))
  const sha256 = Buffer.from(digestOf('one').slice(7), 'hex').toString('base64')
  const [small, large] = proxy.requests
  expect(small?.headers).toMatchObject({ 'x-amz-checksum-sha256': sha256, 'content-length': '3', 'if-none-match': '*' })
  expect(large?.headers).toMatchObject({ 'content-length': String(3 * 1024 * 1024), 'if-none-match': '*' })
  expect(large?.headers).not.toHaveProperty('transfer-encoding')
})

test('at least 64 requests are under way at once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  proxy.next(put, { until: promise }, { times: 100 })
  const writes = Promise.all(Array.from({ length: 100 }, (_, n) => objects.create(`many/${key}/${n}`, bytes('x'))))
  await until('100 requests have arrived', () => count('PUT') === 100)
  resolve()
  await writes
})

test('a body is read no faster than it is taken', async () => {
  let read = 0
  const piece = new Uint8Array(1024 * 1024)
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (; read < 2_000; read++) yield piece
  }
  // A server that takes the headers and not the body.
  const stuck = createServer((request) => request.pause()).listen(0, '127.0.0.1')
  await once(stuck, 'listening')
  const address = stuck.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const impatient = await through(`http://127.0.0.1:${address.port}`, 400)
  const body = { bytes: 2_000 * piece.byteLength, digest: digestOf('never compared'), open: pieces }
  await expect(impatient.create('stuck', body)).rejects.toMatchObject({ code: 'failed' })
  // Five attempts, each of which fills what the sockets hold and no more.
  expect(read).toBeGreaterThan(0)
  expect(read).toBeLessThan(200)
  stuck.close()
  stuck.closeAllConnections()
})

test('the caller is who the emulator says', async () => {
  const account = aws.account()
  expect(await identity({ environment: aws.environment(account) })).toEqual({ account, arn: `arn:aws:iam::${account}:root` })
})
