import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { EnvironmentVariables } from '../../src/adapters/aws/client.ts'
import { liveTemplate } from '../../src/adapters/aws/cloudformation/template.ts'
import { cloudFormationStacks } from '../../src/adapters/aws/cloudformation.ts'
import { iamIdentityProviders } from '../../src/adapters/aws/iam.ts'
import { s3Objects } from '../../src/adapters/aws/s3.ts'
import { identity } from '../../src/adapters/aws/sts.ts'
import { nodeClock } from '../../src/adapters/node/clock.ts'
import { nodeFiles } from '../../src/adapters/node/files.ts'
import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import { lockKey } from '../../src/bucket/keys.ts'
import type { Command } from '../../src/commands/command.ts'
import { verbs } from '../../src/commands/verbs.ts'
import type { World } from '../../src/commands/world.ts'
import { TowpathError } from '../../src/errors.ts'
import { silent } from '../../src/log.ts'
import { issuer } from '../../src/platform/access/trust.ts'
import { withAws } from '../support/aws.ts'
import { type Asking, pin, tokenServer } from '../support/github-tokens.ts'
import { loosen } from '../support/loose.ts'
import { defaultsOf } from '../world/defaults.ts'
import { plant } from '../world/tree.ts'

/*
 * The roles that bootstrap makes, on a local AWS that judges who may do what. It does not fill in S3's conditional keys, and compares only `aud`
 * and `sub` of a token: the statements and claims beyond that are taken out here, named one by one, and are judged as data elsewhere.
 */
const aws = withAws({ auth: true })
const tokens = tokenServer()
const account = '000000000000'
const bucket = 'acme-roles'
let folder = ''

const platform = `
platform: acme
version: 1.0.0
environments:
  staging: { account: "${account}", region: eu-west-1 }
  production: { account: "${account}", region: eu-west-1 }
blueprints:
  queues:
    stacks:
      queue: { template: queue.yml }
    ship: { with: stack }
`
const queue = 'Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 30 } } }\n'
const service = `
service: delivery
owner: logistics
blueprint: queues
platform: stable
environments: { staging: {}, production: {} }
`

const callers = { workflows: [`towpath-dev/towpath@${pin}`], repository: ['acme/greeter=1002@77'] }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-roles-'))
  await plant(folder, { '/platform/platform.yml': platform, '/platform/cloudFormation/queue.yml': queue, '/service/service.yml': service })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function run(
  verb: string,
  inputs: Readonly<Record<string, unknown>>,
  environment: EnvironmentVariables = aws.environment(),
): Promise<{ readonly outputs: Readonly<Record<string, unknown>>; readonly error?: TowpathError }> {
  const world: World = {
    files: nodeFiles(),
    archiver: nodeArchiver(),
    longPrograms: { follow: async () => undefined },
    processes: { has: async () => false, run: async () => undefined },
    workflow: undefined,
    repository: () => Promise.reject(new Error('no GitHub here')),
    localCommits: async () => ({ compare: async () => 'unknown' as const }),
    clock: nodeClock(),
    log: silent,
    interrupted: new AbortController().signal,
    region: aws.region,
    random: (bytes) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex'),
    origin: async () => ({ actor: 'test', repository: 'acme/greeter', repositoryId: '1002', commit: null, run: null, towpath: '0' }),
    objects: (name) => s3Objects(name, { region: aws.region, environment }),
    stacks: async (region) => cloudFormationStacks(region, { environment }),
    rollouts: () => Promise.reject(new Error('no code is deployed here')),
    identity: (region) => identity({ region, environment }),
    template: (region, stackId) => liveTemplate(stackId, { region, environment }),
    identityProviders: async (region) => iamIdentityProviders({ region, environment }),
    as: () => {
      throw new Error('nobody has a role here')
    },
    gitHubDeployments: async () => undefined,
    commits: async () => undefined,
    comments: async () => undefined,
  }
  const command = (await verbs.get(verb)?.load())?.default as Command
  const defaults = { ...defaultsOf(command), bucket, timeout: 300_000, wait: 60_000 }
  try {
    return { outputs: await command.run({ ...defaults, ...inputs } as never, world) }
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error
    return { outputs: error.outputs ?? {}, error }
  }
}

/** The variables of a session of a role, taken with a token of GitHub's. Rejects as STS does. */
async function take(role: string, job: Asking): Promise<EnvironmentVariables> {
  const sts = new STSClient(aws.client())
  const WebIdentityToken = await tokens.sign(job)
  const request = { RoleArn: `arn:aws:iam::${account}:role/${role}`, RoleSessionName: 'test', WebIdentityToken }
  const { Credentials } = await sts.send(new AssumeRoleWithWebIdentityCommand(request))
  return variablesOf(Credentials)
}

function variablesOf(
  credentials: { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined } = {},
): EnvironmentVariables {
  const { AccessKeyId, SecretAccessKey, SessionToken } = credentials
  return { ...aws.environment(), AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: SessionToken }
}

const apply: Asking = { environment: 'staging' }
const roles = ['towpath-publish', 'towpath-staging-plan', 'towpath-staging-deploy']

describe('bootstrap', () => {
  test('makes the platform bucket with the role that publishes, once', async () => {
    const inputs = { ...callers, repository: ['acme/platform=1001@77'] }
    expect((await run('bootstrap', inputs)).outputs).toMatchObject({
      created: true,
      roles: { publish: `arn:aws:iam::${account}:role/towpath-publish` },
    })
    expect((await run('bootstrap', inputs)).outputs).toMatchObject({ created: false, changes: [] })
  })

  test('makes an environment with its roles, and shows a change before it is made', async () => {
    const staging = { ...callers, environment: 'staging' }
    const made = await run('bootstrap', staging)
    expect(made.error).toBeUndefined()
    expect(made.outputs).toMatchObject({ created: true, bucket, next: [expect.stringContaining('boundary'), expect.anything()] })
    expect((await run('bootstrap', { environment: 'staging' })).outputs).toMatchObject({ created: false, changes: [] })
    const more = { ...staging, repository: [...callers.repository, 'acme/counter=1003@77'], 'dry-run': true }
    const { changes } = (await run('bootstrap', more)).outputs as { changes: readonly { what: string; details: readonly string[] }[] }
    expect(changes.map(({ what }) => what)).toEqual(['role towpath-staging-deploy', 'role towpath-staging-plan'])
    expect(changes[0]?.details).toContain(`+ trust GitHub StringEquals ${issuer}:sub repo:acme/counter:environment:staging`)
    expect((await run('bootstrap', { environment: 'staging', 'dry-run': true })).outputs).toMatchObject({ created: false, changes: [] })
  })

  test('finds the provider of the account, and leaves it', async () => {
    const found = await iamIdentityProviders({ region: aws.region, environment: aws.environment() }).find(
      `arn:aws:iam::${account}:oidc-provider/${issuer}`,
    )
    expect(found).toMatchObject({ audiences: ['sts.amazonaws.com'] })
  })
})

describe('the roles', () => {
  beforeAll(async () => {
    await loosen(aws, { account, roles, bucket })
  })

  test.each<[string, string, Asking]>([
    ['another repository', 'towpath-staging-deploy', { ...apply, repository: 'acme/secrets' }],
    ['another environment', 'towpath-staging-deploy', { environment: 'production' }],
    ['a pull request', 'towpath-staging-deploy', { event: 'pull_request' }],
    ['another audience', 'towpath-staging-deploy', { ...apply, audience: 'https://github.com/acme' }],
    ['a topic branch', 'towpath-staging-plan', { ref: 'refs/heads/topic' }],
    ['a service', 'towpath-publish', {}],
    ['GitHub at all', 'towpath-staging-execute', apply],
  ])('are not given to %s (%s)', async (_, role, job) => {
    await expect(take(role, job)).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test('are taken again by themselves, with tags, and by no other role', async () => {
    const deploy = await take('towpath-staging-deploy', { ...apply, withIds: true })
    const again = (role: string, environment: EnvironmentVariables) =>
      new STSClient({ ...aws.client(), credentials: credentialsOf(environment) }).send(
        new AssumeRoleCommand({
          RoleArn: `arn:aws:iam::${account}:role/${role}`,
          RoleSessionName: 'again',
          Tags: [{ Key: 'repository', Value: 'acme/greeter' }],
        }),
      )
    expect((await again('towpath-staging-deploy', deploy)).Credentials?.AccessKeyId).toBeDefined()
    const plan = await take('towpath-staging-plan', { event: 'pull_request' })
    await expect(again('towpath-staging-deploy', plan)).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  test('suffice for publishing, releasing, planning, deploying and rolling back, each for its own', async () => {
    const publish = await take('towpath-publish', { repository: 'acme/platform', repositoryId: 1001 })
    const published = await run('sync-platform', { path: join(folder, 'platform') }, publish)
    expect(published.error).toBeUndefined()

    const plan = await take('towpath-staging-plan', {})
    const path = join(folder, 'service')
    const released = await run('create-release', { path, repository: undefined }, plan)
    expect(released.error).toBeUndefined()
    const { release } = released.outputs
    const chosen = { release, service: 'delivery', environment: 'staging' }
    expect((await run('plan', chosen, plan)).outputs).toMatchObject({ 'has-changes': true })

    const refused = await run('deploy', chosen, plan)
    expect(refused.error).toMatchObject({ code: 'denied', message: expect.stringContaining('s3:') })

    const deploy = await take('towpath-staging-deploy', apply)
    const deployed = await run('deploy', chosen, deploy)
    expect(deployed.error).toBeUndefined()
    expect(deployed.outputs).toMatchObject({ outcome: 'succeeded', deployment: 1 })

    await plant(folder, {
      '/service/cloudFormation/overrides/queue.yml': 'Resources: { Queue: { Properties: { VisibilityTimeout: 60 } } }',
    })
    const next = (await run('create-release', { path, repository: undefined }, plan)).outputs.release
    const planned = await run('plan', { ...chosen, release: next }, plan)
    expect(planned.error).toBeUndefined()
    expect(planned.outputs).toMatchObject({ stacks: [{ stack: 'queue', action: 'update' }] })
    expect((await run('deploy', { ...chosen, release: next }, deploy)).outputs).toMatchObject({ outcome: 'succeeded', deployment: 2 })
    const back = await run('rollback', { service: 'delivery', environment: 'staging' }, deploy)
    expect(back.outputs).toMatchObject({ outcome: 'succeeded', release })
  })

  test('of one environment do not reach another', async () => {
    const deploy = await take('towpath-staging-deploy', apply)
    const objects = await s3Objects(bucket, { region: aws.region, environment: deploy })
    await expect(objects.get(lockKey('production', 'delivery'))).rejects.toMatchObject({ code: 'denied' })
    await expect(objects.create(lockKey('production', 'delivery'), new Uint8Array(1))).rejects.toMatchObject({ code: 'denied' })
    expect(await objects.get(lockKey('staging', 'nothing'))).toBeUndefined()
    const stacks = cloudFormationStacks(aws.region, { environment: deploy })
    await expect(stacks.describe('delivery-production-queue')).rejects.toMatchObject({ code: 'denied' })
    await expect(stacks.describe('towpath-environment-staging')).rejects.toMatchObject({ code: 'denied' })
  })
})

function credentialsOf(environment: EnvironmentVariables) {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
    AWS_SESSION_TOKEN: sessionToken = '',
  } = environment
  return { accessKeyId, secretAccessKey, sessionToken }
}
