import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../../src/digest.ts'
import { withAws } from '../../support/aws.ts'
import { faultProxy, gatewayPage, slowDown } from '../../support/fault-proxy.ts'
import { aLargeBody } from '../../support/large-body.ts'
import { until } from '../../support/until.ts'
import { bytes, faultyBucket, gets, puts } from './faulty-bucket.ts'

const aws = withAws()
const at = faultyBucket(aws)

describe('a service that', () => {
  test.each([
    ['asks to slow down', slowDown],
    ['answers with a page of HTML', gatewayPage],
  ])('%s, for a while, is asked again', async (_, refusal) => {
    at.proxy.next(() => true, refusal, { times: 2 })
    await at.objects.create(at.key, bytes('ours'))
    at.proxy.next(() => true, refusal)
    expect(await at.objects.get(at.key)).toMatchObject({ body: bytes('ours') })
    expect(at.proxy.requests).toHaveLength(5)
  })

  test('asks to slow down without end is told so, after five attempts', async () => {
    at.proxy.next(() => true, slowDown, { times: Number.POSITIVE_INFINITY })
    const message = `${at.proxy.endpoint} still asks us to slow down after 5 attempts at s3:PutObject`
    await expect(at.objects.create(at.key, aLargeBody(1))).rejects.toMatchObject({ code: 'failed', blame: 'service', message })
    expect(at.proxy.requests).toHaveLength(5)
  })

  test('answers with a page of HTML without end is told so, without the page', async () => {
    at.proxy.next(() => true, gatewayPage, { times: Number.POSITIVE_INFINITY })
    await expect(at.objects.get(at.key)).rejects.toMatchObject({
      code: 'failed',
      blame: 'service',
      message: expect.stringMatching(/ still answers 503 \([^<]*\) after 5 attempts at s3:GetObject$/),
    })
  })

  test('breaks the connection while a body goes up gets it again', async () => {
    const body = aLargeBody(3)
    at.proxy.next(puts, 'drop request')
    await at.objects.create(at.key, body)
    expect(body.opened()).toBe(2)
    expect(await at.straight.stat(at.key)).toMatchObject({ bytes: body.bytes, digest: body.digest })
  })

  test('breaks the connection while a body comes down is asked again', async () => {
    await at.straight.create(at.key, bytes('a'.repeat(100_000)))
    at.proxy.next(gets, 'cut reply', { times: 2 })
    expect(await at.objects.get(at.key)).toMatchObject({ body: bytes('a'.repeat(100_000)) })
    expect(at.count('GET')).toBe(3)
  })

  test('is silent is asked again, and what it was asked first changes nothing when it is applied at last', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const impatient = await at.through(at.proxy.endpoint, 500)
    const seen = await at.created('one')
    at.proxy.next(puts, { until: promise })
    const etag = await impatient.replace(at.key, bytes('two'), seen)
    expect(at.count('PUT')).toBe(2)
    resolve()
    expect(await at.straight.get(at.key)).toMatchObject({ etag, body: bytes('two') })
  })

  test('is no S3 is never taken for one', async () => {
    const page = '<html><body>It works!</body></html>'
    at.proxy.next(puts, { status: 200, body: page })
    await expect(at.objects.create(at.key, bytes('ours'))).rejects.toMatchObject({
      code: 'failed',
      blame: 'service',
      message: expect.stringContaining('without an ETag'),
    })
    at.proxy.next(puts, { status: 404, body: page, type: 'text/html' })
    await expect(at.objects.create(at.key, bytes('ours'))).rejects.toMatchObject({ code: 'failed' })
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
  await at.objects.create(at.key, bytes('one'))
  await at.objects.create(`${at.key}/large`, aLargeBody(3))
  const sha256 = Buffer.from(digestOf('one').slice(7), 'hex').toString('base64')
  const [small, large] = at.proxy.requests
  expect(small?.headers).toMatchObject({ 'x-amz-checksum-sha256': sha256, 'content-length': '3', 'if-none-match': '*' })
  expect(large?.headers).toMatchObject({ 'content-length': String(3 * 1024 * 1024), 'if-none-match': '*' })
  expect(large?.headers).not.toHaveProperty('transfer-encoding')
})

test('at least 64 requests are under way at once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  at.proxy.next(puts, { until: promise }, { times: 100 })
  const writes = Promise.all(Array.from({ length: 100 }, (_, n) => at.objects.create(`${at.key}/${n}`, bytes('x'))))
  await until('100 requests have arrived', () => at.count('PUT') === 100)
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
  const impatient = await at.through(`http://127.0.0.1:${address.port}`, 400)
  const body = { bytes: 2_000 * piece.byteLength, digest: digestOf('never compared'), open: pieces }
  await expect(impatient.create('stuck', body)).rejects.toMatchObject({ code: 'failed' })
  // Five attempts, each of which fills what the sockets hold and no more.
  expect(read).toBeGreaterThan(0)
  expect(read).toBeLessThan(200)
  stuck.close()
  stuck.closeAllConnections()
})
