import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, test } from '@jest/globals'
import { connection } from '../../../src/adapters/aws/client.ts'
import { s3Objects } from '../../../src/adapters/aws/s3.ts'

const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }

describe('a client is configured by', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    ['nothing', {}, undefined],
    ['the endpoint of all services', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1'],
    [
      'the endpoint of its own service first',
      { AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_S3: 'https://s3.test/' },
      'https://s3.test',
    ],
    ['no endpoint of another service', { AWS_ENDPOINT_URL_STS: 'http://sts' }, undefined],
    [
      'no endpoint at all, if that is asked for',
      { AWS_ENDPOINT_URL: 'http://all', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      undefined,
    ],
    ['no empty endpoint', { AWS_ENDPOINT_URL: '' }, undefined],
  ])('%s', (_, environment, endpoint) => {
    const made = connection('S3', { environment })
    expect(made.endpoint).toBe(endpoint)
    expect(made.config.endpoint).toBe(endpoint)
  })

  test.each<[string, string | undefined, Record<string, string>, string | undefined]>([
    ['the region it is given', 'eu-west-1', { AWS_REGION: 'eu-west-2' }, 'eu-west-1'],
    ['the region of the environment', undefined, { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-2'],
    ["the AWS CLI's region", undefined, { AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-3'],
    ['no empty region', '', { AWS_REGION: '' }, undefined],
  ])('%s', (_, region, environment, expected) => {
    expect(connection('S3', { region, environment }).config.region).toBe(expected)
  })

  test.each<[string, Record<string, string>, unknown]>([
    ['the keys of the environment, even beside a profile', { ...keys, AWS_PROFILE: 'x' }, { accessKeyId: 'id', secretAccessKey: 'secret' }],
    [
      'the session they belong to',
      { ...keys, AWS_SESSION_TOKEN: 'token' },
      { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' },
    ],
    ["the SDK's own search, if there are none", { AWS_ACCESS_KEY_ID: 'id' }, undefined],
  ])('%s', (_, environment, expected) => {
    expect(connection('S3', { environment }).config.credentials).toEqual(expected)
  })
})

test('the keys of a role that is acted as go before those of the environment', () => {
  const credentials = Object.assign(async () => ({ accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' }), {
    memoized: true as const,
  })
  expect(connection('S3', { environment: keys, credentials }).config.credentials).toBe(credentials)
})

test('the SDK asks for the keys of a role before each request, so that renewed ones are used at once', async () => {
  let asked = 0
  const signed: string[] = []
  const credentials = Object.assign(async () => ({ accessKeyId: `ASIA${++asked}`, secretAccessKey: 'b', sessionToken: 'c' }), {
    memoized: true as const,
  })
  const { config } = connection('STS', { region: 'eu-west-1', environment: {}, credentials })
  const handle = async (request: { readonly headers: Readonly<Record<string, string>> }) => {
    signed.push(/Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    return { response: { statusCode: 200, headers: {}, body: Buffer.from('<R><GetCallerIdentityResult/></R>') } }
  }
  const client = new STSClient({ ...config, requestHandler: { handle } as never })
  await client.send(new GetCallerIdentityCommand({}))
  await client.send(new GetCallerIdentityCommand({}))
  expect(signed).toHaveLength(2)
  expect(signed[0]).not.toBe(signed[1])
})

test.each(['127.0.0.1:4566', 'localhost', 'ftp://host', 'http://', 'https://[::'])('%s is refused as an endpoint', (given) => {
  expect(() => connection('S3', { environment: { AWS_ENDPOINT_URL: given } })).toThrow(
    expect.objectContaining({ code: 'bad-input', message: `AWS_ENDPOINT_URL is '${given}', which is no http or https URL` }),
  )
})

describe('the URL of an object', () => {
  test.each([
    ['eu-west-1', {}, 'https://s3.eu-west-1.amazonaws.com/acme/blobs/a%20b'],
    ['cn-north-1', {}, 'https://s3.cn-north-1.amazonaws.com.cn/acme/blobs/a%20b'],
    ['eu-west-1', { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:4566/' }, 'http://127.0.0.1:4566/acme/blobs/a%20b'],
  ])('in %s with %j is %s', async (region, environment, url) => {
    expect((await s3Objects('acme', { region, environment: { ...keys, ...environment } })).url('blobs/a b')).toBe(url)
  })
})

/** Runs `ask` on a bucket, in a process that has these variables and no settings of the machine, and gives the error it ends in. */
async function errorOf(ask: string, environment: Record<string, string>): Promise<unknown> {
  const script = `
    import { s3Objects } from ${JSON.stringify(new URL('../../../src/adapters/aws/s3.ts', import.meta.url).href)}
    const error = await s3Objects('acme').then((objects) => ${ask}).catch((error) => error)
    console.log(JSON.stringify({ ...error, message: error.message }))`
  const nothing = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true', HOME: '/' }
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...nothing, ...environment },
  })
  return JSON.parse(stdout)
}

describe('a machine without', () => {
  test('a region is told to give one', async () => {
    expect(await errorOf("objects.get('a')", {})).toMatchObject({
      code: 'bad-input',
      message: 'no region: give --region or set AWS_REGION',
    })
  })

  test('credentials is told how to get some', async () => {
    expect(await errorOf("objects.get('a')", { AWS_REGION: 'eu-west-1' })).toMatchObject({
      code: 'no-credentials',
      message: expect.stringMatching(/^there are no AWS credentials to use: /),
      hint: expect.stringContaining('AWS_ACCESS_KEY_ID'),
    })
  })
})
