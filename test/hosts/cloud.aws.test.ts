import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import { ISSUER, type Job } from '../../local/github/oidc.ts'
import { type GitHub, startGitHub } from '../../local/github/server.ts'
import { nodeClock } from '../../src/adapters/node/clock.ts'
import type { Cloud } from '../../src/commands/world.ts'
import { TowpathError } from '../../src/errors.ts'
import { realCloud } from '../../src/hosts/cloud.ts'
import { withAws } from '../support/aws.ts'
import { aJob, claimsOf } from '../support/github-tokens.ts'

/*
 * Credentials for real: tokens that a real OIDC server signs, and an AWS that judges trusts and policies. It does not verify the tokens, so
 * the tests do. What AWS refuses and this one does not (a chained session of more than an hour, a clock that is wrong) is not shown here.
 */
const aws = withAws({ auth: true })
const account = '000000000000'
const bucket = 'acme-credentials'
const roleArn = (name: string): string => `arn:aws:iam::${account}:role/${name}`
const production = 'repo:acme/delivery:environment:production'
const signed = aJob({
  ...{ repository: 'acme/delivery', repositoryId: 42, ownerId: 1, environment: 'production', actor: 'ada' },
  jobWorkflow: 'acme/towpath/.github/workflows/deploy.yml@refs/tags/v1',
})
/** The job that asks, as the test wants it now. */
const asking: { -readonly [Name in keyof Job]: Job[Name] } = { ...signed }
let github: GitHub
/** The variables that the runner gives a job with `permissions: id-token: write`. */
let variables: Readonly<Record<'ACTIONS_ID_TOKEN_REQUEST_URL' | 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', string>>

beforeAll(async () => {
  github = await startGitHub()
  variables = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/oidc/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: github.admit(asking),
  }
  await new S3Client({ ...aws.client(), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }))
  const template = { Resources: Object.fromEntries(roles().map((role, n) => [`Role${n}`, { Type: 'AWS::IAM::Role', Properties: role }])) }
  const request = { StackName: 'roles', TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_NAMED_IAM' as const] }
  await new CloudFormationClient(aws.client()).send(new CreateStackCommand(request))
})
afterAll(() => github?.stop())
beforeEach(() => claim(signed))

/** Has the next tokens tell of this job. */
function claim(job: Job): void {
  delete asking.environment
  delete asking.withIds
  Object.assign(asking, job)
}

/** What a token claims, if it is signed by GitHub for this audience and has not expired; rejects otherwise. */
async function verify(token: string, audience: string): Promise<JWTPayload> {
  const keys = createRemoteJWKSet(new URL('/jwks', github.url))
  return (await jwtVerify(token, keys, { issuer: ISSUER, audience })).payload
}

/** The token that was given last, and how many there were. */
const lastToken = (): string => github.idTokens.at(-1) ?? ''
const given = (): number => github.idTokens.length

/** Roles that trust a job of the production environment, as `bootstrap` makes them, and one that trusts another role. */
function roles(): readonly object[] {
  const host = ISSUER.replace('https://', '')
  const job = {
    Effect: 'Allow',
    Action: 'sts:AssumeRoleWithWebIdentity',
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${host}` },
    Condition: { StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com', [`${host}:sub`]: production } },
  }
  const role = (RoleName: string, trust: readonly object[], allowed: readonly string[]) => ({
    RoleName,
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: trust },
    Policies: [
      { PolicyName: 'it', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: allowed, Resource: '*' }] } },
    ],
  })
  const by = (name: string, Action: readonly string[]) => ({ Effect: 'Allow', Action, Principal: { AWS: roleArn(name) } })
  return [
    role('tagged', [job, by('tagged', ['sts:AssumeRole', 'sts:TagSession'])], ['s3:*', 'sts:AssumeRole', 'sts:TagSession']),
    role('untagged', [job], ['s3:ListBucket', 's3:GetObject']),
    role('chained', [by('tagged', ['sts:AssumeRole'])], ['cloudformation:*']),
  ]
}

interface Seen extends ReturnType<typeof realCloud> {
  /** Lets so many minutes pass for whoever asks. */
  pass(minutes: number): void
  readonly lines: string[]
  readonly masked: string[]
}

/** AWS as a job sees it. */
function job(role: string | undefined, more: Readonly<Record<string, string | undefined>> = {}, allowed?: string): Seen {
  const lines: string[] = []
  const masked: string[] = []
  const node = nodeClock()
  let passed = 0
  const cloud = realCloud({
    // Waits cost nothing here: what they are for is shown with a virtual clock.
    ...{
      region: aws.region,
      role,
      account: allowed,
      clock: { ...node, monotonic: () => node.monotonic() + passed, sleep: async () => {} },
      mask: (secret) => void masked.push(secret),
    },
    log: { info: (text) => void lines.push(text), warn: (text) => void lines.push(`warning: ${text}`), progress() {} },
    environment: {
      ...{ AWS_ENDPOINT_URL: aws.endpoint, GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/delivery', GITHUB_RUN_ID: '7' },
      ...variables,
      ...more,
    },
  })
  const pass = (minutes: number): void => {
    passed += minutes * 60_000
  }
  return { ...cloud, lines, masked, pass }
}

const arnOf = async (cloud: Cloud): Promise<string> => (await cloud.identity(aws.region)).arn
async function refusal(asked: Promise<unknown>): Promise<TowpathError> {
  const error: unknown = await asked.catch((thrown: unknown) => thrown)
  if (!(error instanceof TowpathError)) throw new Error(`it was not refused: ${error}`)
  return error
}

describe('a job becomes a role by what GitHub signed', () => {
  test('with a token for STS alone that GitHub signed, in a session named for the run, and does what the role may', async () => {
    const cloud = job(roleArn('tagged'))
    expect(await arnOf(cloud)).toBe(`arn:aws:sts::${account}:assumed-role/tagged/acme-delivery@7.1`)
    expect(await verify(lastToken(), 'sts.amazonaws.com')).toMatchObject(claimsOf(signed))
    await expect(verify(lastToken(), 'another')).rejects.toThrow()
    const objects = await cloud.objects(bucket)
    await objects.create('a', Buffer.from('a'))
    expect((await objects.list('')).map(({ key }) => key)).toContain('a')
    expect(cloud.lines).toEqual(['acting as tagged (session acme-delivery@7.1)'])
  })

  test('once for all clients, whatever they are of', async () => {
    const before = given()
    const cloud = job(roleArn('tagged'))
    const objects = await cloud.objects(bucket)
    await Promise.all([objects.list(''), arnOf(cloud), (await cloud.objects(bucket)).list('x')])
    expect(given() - before).toBe(1)
  })

  test('without tags where the role does not trust itself, and says so once; then it may no more than the role', async () => {
    const cloud = job(roleArn('untagged'))
    const objects = await cloud.objects(bucket)
    await objects.list('')
    expect((await refusal(objects.create('b', Buffer.from('b')))).code).toBe('denied')
    expect(cloud.lines.filter((line) => line.startsWith('warning'))).toEqual([
      expect.stringContaining('the sessions of role untagged carry no tags for audit, only the name acme-delivery@7.1'),
    ])
  })

  test('by its name, if the account is given', async () => {
    expect(await arnOf(job('tagged', {}, account))).toContain(':assumed-role/tagged/')
  })

  test('though GitHub fails at first', async () => {
    github.fail('unavailable', { operation: 'oidc', times: 1 })
    github.fail('bad gateway', { operation: 'oidc', times: 1 })
    expect(await arnOf(job(roleArn('tagged')))).toContain(':assumed-role/tagged/')
  })

  test('and another role through it', async () => {
    const cloud = job(roleArn('tagged'))
    const other = cloud.as(roleArn('chained'), aws.region)
    expect(await arnOf(other)).toBe(`arn:aws:sts::${account}:assumed-role/chained/acme-delivery@7.1`)
    expect(await (await other.stacks(aws.region)).describe('nobody')).toBeUndefined()
    // The first one is who it was.
    expect(await arnOf(cloud)).toContain(':assumed-role/tagged/')
    expect((await refusal((await cloud.stacks(aws.region)).describe('nobody'))).code).toBe('denied')
  })
})

describe('a session that ends while the job goes on', () => {
  test('is followed by another one, with a new ID token, for the clients that are there', async () => {
    const cloud = job(roleArn('tagged'))
    const objects = await cloud.objects(bucket)
    await objects.list('')
    const before = lastToken()
    cloud.pass(60)
    await Promise.all([objects.list(''), objects.list('x')])
    expect(lastToken()).not.toBe(before)
    expect(given() - github.idTokens.indexOf(before)).toBe(2)
    expect(cloud.masked).toHaveLength(1 + 2 * (1 + 2 * 3))
  })

  test('and none is, if the trust has changed meanwhile: nothing can be done any more, and that is said', async () => {
    const cloud = job(roleArn('tagged'))
    const objects = await cloud.objects(bucket)
    await objects.list('')
    claim({ ...signed, environment: 'staging' })
    cloud.pass(50)
    expect(await objects.list('none')).toEqual([])
    cloud.pass(10)
    const error = await refusal(objects.list(''))
    expect(error).toMatchObject({
      code: 'no-credentials',
      message: expect.stringContaining('the credentials of role tagged ran out, and no new ones were given: this job may not act as role'),
      hint: expect.stringContaining('sub: repo:acme/delivery:environment:staging'),
    })
  })
})

describe('a job is refused', () => {
  const { environment: _, ...branch } = signed
  test.each<[string, Job, string]>([
    ['of another environment', { ...signed, environment: 'staging' }, 'repo:acme/delivery:environment:staging'],
    ['whose subject has ids', { ...signed, withIds: true }, 'repo:acme@1/delivery@42:environment:production'],
    ['of a branch', branch, 'repo:acme/delivery:ref:refs/heads/main'],
  ])('%s, with what GitHub says of it', async (_, asks, subject) => {
    claim(asks)
    const cloud = job(roleArn('tagged'))
    const error = await refusal((await cloud.objects(bucket)).list(''))
    expect(error).toMatchObject({
      code: 'denied',
      message: `this job may not act as role '${roleArn('tagged')}': Not authorized to perform sts:AssumeRoleWithWebIdentity`,
    })
    expect(error.hint?.split('\n')).toContain(`  sub: ${subject}`)
  })

  test('by a role that is not there, in the same words', async () => {
    expect((await refusal(arnOf(job(roleArn('nobody'))))).hint).toContain('there is no such role in that account')
  })

  test('without the permission to ask for a token, which it is told of', async () => {
    const without = { ACTIONS_ID_TOKEN_REQUEST_URL: undefined, AWS_ACCESS_KEY_ID: 'AKIANOBODY', AWS_SECRET_ACCESS_KEY: 'no' }
    expect((await refusal(arnOf(job(roleArn('tagged'), without)))).hint).toContain('permissions: id-token: write')
  })
})

describe('the account that alone may be touched', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }

  test('is compared with whose the credentials are before anything else is asked', async () => {
    const objects = job(undefined, keys, '111111111111').objects('no-such-bucket')
    const error = await refusal(objects)
    expect(error).toMatchObject({
      code: 'bad-input',
      message: `these credentials are of account ${account} (arn:aws:iam::${account}:root), and only account 111111111111 is allowed`,
    })
    expect(await (await job(undefined, keys, account).objects(bucket)).list('x')).toEqual([])
  })

  test('is compared with that of a role before anybody is asked for a token', async () => {
    const before = given()
    expect(() => job(roleArn('tagged'), {}, '111111111111')).toThrow(
      `role '${roleArn('tagged')}' is of account ${account}, and only account 111111111111 is allowed`,
    )
    expect(given()).toBe(before)
  })
})

test('what is secret is masked, and in no line and no error', async () => {
  const cloud = job(roleArn('untagged'))
  await (await cloud.objects(bucket)).list('')
  expect(cloud.masked).toContain(variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN)
  expect(cloud.masked).toContain(lastToken())
  expect(cloud.masked).toHaveLength(5)
  claim({ ...signed, repository: 'acme/other' })
  const error = await refusal(arnOf(job(roleArn('tagged'))))
  const told = JSON.stringify([cloud.lines, error.message, error.hint])
  for (const secret of [...cloud.masked, ...github.idTokens]) expect(told).not.toContain(secret)
})
