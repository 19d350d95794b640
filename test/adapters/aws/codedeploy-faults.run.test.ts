import { types } from 'node:util'
import { CodeDeployClient, type CodeDeployClientConfig, GetDeploymentCommand } from '@aws-sdk/client-codedeploy'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Fault } from '../../../local/codedeploy/fault.ts'
import { type CodeDeployServer, startCodeDeploy } from '../../../local/codedeploy/server.ts'
import { codeDeployRollouts } from '../../../src/adapters/aws/codedeploy.ts'
import { nodeClock } from '../../../src/adapters/node/clock.ts'
import { TowpathError } from '../../../src/errors.ts'

jest.setTimeout(40_000)

// jest's files have an `Error` of their own, so that the SDK would take those of Node's connections for none, and wrap them.
beforeAll(() => {
  const usual = Function.prototype[Symbol.hasInstance]
  function value(this: unknown, thrown: unknown): boolean {
    return this === Error ? types.isNativeError(thrown) : usual.call(this, thrown)
  }
  Object.defineProperty(Error, Symbol.hasInstance, { configurable: true, value })
})
afterAll(() => void Reflect.deleteProperty(Error, Symbol.hasInstance))

const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
const common = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, logger: quiet }
/** What a request for a deployment that is not there is answered with if nothing goes wrong. */
const ANSWERED = 'DeploymentDoesNotExistException'

interface Row {
  readonly fault: Fault
  readonly times?: number
  readonly config?: CodeDeployClientConfig
  readonly attempts: number
  readonly seen: string
}

/** How the SDK takes each fault. Our adapter relies on it: a version of the SDK that differs fails here by name. */
const rows: Readonly<Record<string, Row>> = {
  '400 ThrottlingException': { fault: { error: 'ThrottlingException' }, attempts: 3, seen: 'ThrottlingException' },
  '400 Throttling': { fault: { error: 'Throttling' }, attempts: 3, seen: 'Throttling' },
  '400 RequestLimitExceeded': { fault: { error: 'RequestLimitExceeded' }, attempts: 3, seen: 'RequestLimitExceeded' },
  '429 without a type': { fault: { status: 429 }, attempts: 3, seen: 'Unknown' },
  '503 SlowDown': { fault: { status: 503, type: 'SlowDown' }, attempts: 3, seen: 'SlowDown' },
  '500 InternalFailure': { fault: { status: 500, type: 'InternalFailure' }, attempts: 3, seen: 'InternalFailure' },
  '502 without a body': { fault: { status: 502 }, attempts: 3, seen: 'Unknown' },
  '503 with a page in HTML': { fault: { status: 503, html: true }, attempts: 3, seen: 'SyntaxError' },
  '503 with retry-after': { fault: { status: 503, type: 'SlowDown', headers: { 'retry-after': '2' } }, attempts: 3, seen: 'SlowDown' },
  'a connection that breaks': { fault: 'reset', attempts: 3, seen: 'TimeoutError' },
  'a connection that breaks once': { fault: 'reset', times: 1, attempts: 2, seen: ANSWERED },
  'throttled twice': { fault: { error: 'ThrottlingException' }, times: 2, attempts: 3, seen: ANSWERED },
  '400 AccessDeniedException': { fault: { error: 'AccessDeniedException' }, attempts: 1, seen: 'AccessDeniedException' },
  '400 ExpiredTokenException': { fault: { error: 'ExpiredTokenException' }, attempts: 1, seen: 'ExpiredTokenException' },
  '400 with a prefix': {
    fault: { error: 'com.amazonaws.codedeploy#InvalidDeploymentIdException' },
    attempts: 1,
    seen: 'InvalidDeploymentIdException',
  },
  'adaptive, throttled': {
    fault: { error: 'ThrottlingException' },
    config: { retryMode: 'adaptive', maxAttempts: 5 },
    attempts: 5,
    seen: 'ThrottlingException',
  },
  'a slow reply, requestTimeout': {
    fault: { latency: 800 },
    config: { requestHandler: { requestTimeout: 300 } },
    attempts: 1,
    seen: ANSWERED,
  },
  'a slow reply, throwOnRequestTimeout': {
    fault: { latency: 800 },
    config: { requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true }, maxAttempts: 2 },
    ...{ attempts: 2, seen: 'TimeoutError' },
  },
}

async function meet({ fault, times = 100, config }: Row): Promise<{ readonly attempts: number; readonly seen: string }> {
  const server = await startCodeDeploy({ clock: nodeClock() })
  server.fail(fault, { times })
  const client = new CodeDeployClient({ ...common, endpoint: server.url, ...config })
  const seen = await client.send(new GetDeploymentCommand({ deploymentId: 'd-AAAAAAAAA' })).then(
    () => 'success',
    (error: unknown) => (error instanceof Error ? error.name : 'no error'),
  )
  client.destroy()
  await server.close()
  return { attempts: server.requests.length, seen }
}

describe('the SDK', () => {
  // All at once: they only wait.
  let met: Readonly<Record<string, { readonly attempts: number; readonly seen: string }>>
  beforeAll(async () => {
    met = Object.fromEntries(await Promise.all(Object.entries(rows).map(async ([name, row]) => [name, await meet(row)] as const)))
  }, 40_000)
  test.each(Object.keys(rows))('%s', (name) => {
    const { attempts, seen } = rows[name] ?? {}
    expect(met[name]).toEqual({ attempts, seen })
  })
})

describe('the adapter', () => {
  let server: CodeDeployServer
  const rollouts = () =>
    codeDeployRollouts('eu-west-1', {
      environment: { AWS_ENDPOINT_URL_CODEDEPLOY: server.url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      patience: 300,
    })
  beforeAll(async () => {
    server = await startCodeDeploy({ clock: nodeClock() })
  })
  afterAll(() => server.close())

  const request = { application: 'a', group: 'b', revision: { bucket: 'c', key: 'd' }, description: '', ignoreStopFailures: false }
  const failure = async (work: Promise<unknown>): Promise<TowpathError> => {
    const error = await work.catch((thrown: unknown) => thrown)
    if (!(error instanceof TowpathError)) throw new Error(`no error of ours: ${error}`)
    return error
  }

  test.each<[string, Fault]>([
    ['is throttled', { error: 'ThrottlingException' }],
    ['meets a page in HTML', { status: 503, html: true }],
    ['breaks off', 'reset'],
    ['is lost after it was applied', 'lost'],
    ['gets its reply too late', { latency: 600 }],
  ])('sends what changes something once, if it %s, and says that it may be asked again', async (_, fault) => {
    const before = server.requests.length
    const end = server.fail(fault, { operation: 'CreateDeployment', times: 100 })
    const error = await failure(rollouts().create(request))
    end()
    expect(error.transient).toBe(true)
    expect(server.requests.length - before).toBe(1)
  })

  test.each<[string, Fault, object]>([
    [
      'AccessDeniedException',
      { error: 'AccessDeniedException', message: 'no codedeploy:GetDeployment' },
      { code: 'denied', transient: false },
    ],
    ['ExpiredTokenException', { error: 'ExpiredTokenException' }, { code: 'no-credentials', transient: false }],
    ['DescriptionTooLongException', { error: 'DescriptionTooLongException', message: 'too long' }, { code: 'failed', transient: false }],
  ])('tells %s at once', async (_, fault, expected) => {
    const before = server.requests.length
    server.fail(fault)
    expect(await failure(rollouts().describe('d-AAAAAAAAA'))).toMatchObject(expected)
    expect(server.requests.length - before).toBe(1)
  })

  test('reads again what breaks off once', async () => {
    server.fail('reset')
    expect(await rollouts().describe('d-AAAAAAAAA')).toBeUndefined()
  })
})
