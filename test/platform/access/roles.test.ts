import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Policy } from '../../../src/platform/access/policy.ts'
import { type Ask, judge } from '../../world/iam.ts'
import { aPlatform, aService, aTemplate, type MemoryWorld, memoryWorld } from '../../world/towpath.ts'
import { account, anEnvironment, aPlatformGround, platformBucket } from './grounds.ts'
import { bucketPolicyIn, policiesIn, recording } from './requests.ts'

/*
 * The shipped policies as data: every call that the verbs make in the world in memory is allowed to the role whose job makes it, and a list of
 * what must never happen is denied. The environment has a bucket of its own, so that neither bucket stands in for the other.
 */
const environment = anEnvironment()
const platform = aPlatformGround()
const bucketPolicies = [bucketPolicyIn(platform, 'TlsOnly'), bucketPolicyIn(environment, 'EnvironmentBucketPolicy')]

const secure = { 'aws:SecureTransport': 'true' }
const of = (name: string) => policiesIn(name === 'towpath-publish' ? platform : environment, name)

/** As IAM judges within one account: identity and bucket policies together. */
function verdict(policies: readonly Policy[], ask: Ask): string {
  return judge([...policies, ...bucketPolicies], { ...ask, keys: { ...secure, ...ask.keys } })
}

function refused(policies: readonly Policy[], asks: readonly Ask[]): string[] {
  return [...new Set(asks.filter((ask) => verdict(policies, ask) !== 'allowed').map(({ action, resource }) => `${action} on ${resource}`))]
}

/** What each role's job asks for, verb by verb. */
const asked = { publish: recording(), plan: recording(), deploy: recording() }

/** A template that goes by URL, and so through the environment's bucket. */
const wide = { Metadata: { Words: 'x'.repeat(60_000) }, ...aTemplate({ properties: { Size: '1' } }) }

beforeAll(async () => {
  const world = memoryWorld()
  const files = aPlatform({ templates: { main: wide } })
  const roles = JSON.stringify(environment.roles)
  const inOwnBucket = (text = '') => text.replace('region: eu-west-1 }', `region: eu-west-1, bucket: acme-staging, roles: ${roles} }`)
  world.write({ ...files, ...aService(), '/platform/platform.yml': inOwnBucket(files['/platform/platform.yml']) })
  const publish = { intercept: asked.publish }
  const plan = { intercept: asked.plan }
  const deploy = { intercept: asked.deploy }
  await done(world, 'sync-platform', { path: '/platform' }, publish)
  await done(world, 'sync-platform', { path: '/platform' }, publish)

  const first = await released(world)
  await done(world, 'plan', { path: '/service' }, plan)
  const { digest } = await done(world, 'plan', { release: first, service: 'delivery', wait: 60_000 }, plan)
  await done(world, 'deploy', { release: first, service: 'delivery', plan: digest }, deploy)
  await done(world, 'deploy', { release: first, service: 'delivery' }, deploy)

  world.write(override('2'))
  const second = await released(world)
  await done(world, 'plan', { release: second, service: 'delivery' }, plan)
  // A consent that the release knows nothing of is looked for in the live template.
  for (const [verb, who] of [['plan', plan] as const, ['deploy', deploy] as const])
    expect((await world.run(verb, { release: second, service: 'delivery', consent: ['main.Gone'] }, who)).error?.code).toBe('bad-input')
  await done(world, 'deploy', { release: second, service: 'delivery' }, deploy)
  await done(world, 'rollback', {}, deploy)
  await done(world, 'deploy-stacks', { release: second, service: 'delivery' }, deploy)
  await done(world, 'log-deployment', { release: first, service: 'delivery', outcome: 'succeeded' }, deploy)

  world.write(override('3'))
  const third = await released(world)
  const well = world.cloud.failing('Thing', 'no')
  expect((await world.run('deploy', { release: third, service: 'delivery' }, deploy)).error?.code).toBe('failed')
  well()

  // What a failed creation left is deleted and made anew.
  world.cloud.vanish('delivery-staging-main')
  const ill = world.cloud.failing('Thing', 'not yet')
  expect((await world.run('deploy', { release: third, service: 'delivery' }, deploy)).error?.code).toBe('failed')
  ill()
  await done(world, 'deploy', { release: third, service: 'delivery' }, deploy)

  async function released(world: MemoryWorld): Promise<unknown> {
    return (await done(world, 'create-release', { path: '/service' }, plan)).release
  }
})

const override = (Size: string) => ({
  '/service/cloudFormation/overrides/main.json': JSON.stringify({ Resources: { Thing: { Properties: { Size } } } }),
})

async function done(world: MemoryWorld, verb: string, inputs: Record<string, unknown>, who: Parameters<MemoryWorld['run']>[2]) {
  const { outputs, error } = await world.run(verb, inputs, who)
  if (error) throw error
  return outputs
}

describe('what is shipped suffices', () => {
  test('towpath-publish may do all that sync-platform asks', () => {
    expect(asked.publish.asks.length).toBeGreaterThan(5)
    expect(refused(of('towpath-publish'), asked.publish.asks)).toEqual([])
  })

  test('towpath-staging-plan may do all that create-release and plan ask', () => {
    const actions = new Set(asked.plan.asks.map(({ action }) => action))
    expect([...actions]).toEqual(
      expect.arrayContaining(['cloudformation:CreateChangeSet', 'cloudformation:DeleteChangeSet', 's3:PutObject']),
    )
    expect(refused(of('towpath-staging-plan'), asked.plan.asks)).toEqual([])
  })

  test('towpath-staging-deploy may do all that deploy, deploy-stacks, rollback and log-deployment ask', () => {
    const actions = new Set(asked.deploy.asks.map(({ action }) => action))
    expect([...actions]).toEqual(
      expect.arrayContaining(['cloudformation:ExecuteChangeSet', 'cloudformation:DeleteStack', 'iam:PassRole', 's3:DeleteObject']),
    )
    expect(refused(of('towpath-staging-deploy'), asked.deploy.asks)).toEqual([])
  })

  test('no more of CloudFormation is allowed than is asked', () => {
    // Who takes over from a dead run looks for the change sets that it left, and deletes them: proven by test/deployment/killed.test.ts.
    // The template of a nested stack is read where one changes: proven by test/deployment/nested.test.ts.
    const elsewhere = ['cloudformation:ListChangeSets', 'cloudformation:DeleteChangeSet', 'cloudformation:GetTemplate']
    for (const [role, { asks }] of [['plan', asked.plan] as const, ['deploy', asked.deploy] as const]) {
      const allowed = of(`towpath-staging-${role}`).flatMap(({ Statement }) => Statement.find(({ Sid }) => Sid === 'Stacks')?.Action ?? [])
      const used = new Set([...elsewhere, ...asks.map(({ action }) => action)])
      expect(allowed.filter((action) => !used.has(action))).toEqual([])
    }
  })

  test('each role but the executing one takes itself again, to carry session tags', () => {
    for (const name of ['towpath-publish', 'towpath-staging-plan', 'towpath-staging-deploy'])
      for (const action of ['sts:AssumeRole', 'sts:TagSession'])
        expect(verdict(of(name), { action, resource: `arn:aws:iam::${account}:role/${name}` })).toBe('allowed')
  })

  test('a role is not allowed what the job of another asks (canary)', () => {
    expect(refused(of('towpath-staging-plan'), asked.deploy.asks)).not.toEqual([])
    expect(refused(of('towpath-staging-deploy'), asked.plan.asks)).not.toEqual([])
    expect(refused(of('towpath-publish'), asked.plan.asks)).not.toEqual([])
  })
})

const object = (key: string, bucket = platformBucket) => `arn:aws:s3:::${bucket}/${key}`
const stack = (name: string) => `arn:aws:cloudformation:eu-west-1:${account}:stack/${name}/1`
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`
const create = { 's3:if-none-match': '*' }
const match = { 's3:if-match': '"x"' }
const hex = '0'.repeat(64)

/** What nobody of ours may do in the platform bucket, or to it. */
const toAnyBucket: readonly Ask[] = [
  ...['s3:PutBucketPolicy', 's3:DeleteBucket', 's3:PutBucketVersioning', 's3:PutLifecycleConfiguration'].map((action) => ({
    action,
    resource: `arn:aws:s3:::${platformBucket}`,
  })),
  { action: 's3:DeleteObject', resource: object(`blobs/sha256/${hex}`), keys: match },
  { action: 's3:DeleteObject', resource: object('deployments/staging/delivery/00000001.json'), keys: match },
  { action: 's3:DeleteObjectVersion', resource: object('locks/staging/delivery.json'), keys: match },
  { action: 's3:BypassGovernanceRetention', resource: object('deployments/staging/delivery/00000001.json') },
]

/** What would make more rights of those there are. */
const toMoreRights: readonly Ask[] = [
  ...[
    'CreateRole',
    'PutRolePolicy',
    'AttachRolePolicy',
    'UpdateAssumeRolePolicy',
    'CreateUser',
    'CreateAccessKey',
    'CreatePolicyVersion',
  ].map((name) => ({ action: `iam:${name}`, resource: '*' })),
  { action: 'iam:PassRole', resource: role('admin'), keys: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
  { action: 'iam:PassRole', resource: role('towpath-production-execute'), keys: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
  { action: 'iam:PassRole', resource: role('towpath-staging-execute'), keys: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
  { action: 'iam:PassRole', resource: role('towpath-staging-execute') },
  { action: 'sts:AssumeRole', resource: role('towpath-production-deploy') },
  { action: 'sts:AssumeRole', resource: role('towpath-staging-execute') },
  { action: 'lambda:UpdateFunctionCode', resource: '*' },
  { action: 'ec2:RunInstances', resource: '*' },
]

const toStacks: readonly Ask[] = [
  { action: 'cloudformation:ExecuteChangeSet', resource: stack('delivery-production-main') },
  { action: 'cloudformation:CreateChangeSet', resource: stack('towpath-environment-staging') },
  { action: 'cloudformation:CreateChangeSet', resource: stack('towpath-acme-platform') },
  { action: 'cloudformation:DeleteStack', resource: stack('towpath-environment-staging') },
  ...['UpdateTerminationProtection', 'SetStackPolicy', 'UpdateStack', 'CreateStack', 'CreateStackSet'].map((name) => ({
    action: `cloudformation:${name}`,
    resource: stack('delivery-staging-main'),
  })),
]

const forbidden: Readonly<Record<string, readonly Ask[]>> = {
  'towpath-staging-plan': [
    ...toStacks,
    { action: 'cloudformation:ExecuteChangeSet', resource: stack('delivery-staging-main') },
    { action: 'cloudformation:DeleteStack', resource: stack('delivery-staging-main') },
    { action: 'iam:PassRole', resource: role('towpath-staging-execute'), keys: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } },
    { action: 's3:PutObject', resource: object('locks/staging/delivery.json'), keys: create },
    { action: 's3:PutObject', resource: object('deployments/staging/delivery/00000001.json'), keys: create },
    { action: 's3:PutObject', resource: object('platform/channels/stable.json'), keys: match },
    { action: 's3:PutObject', resource: object('environments/staging.json'), keys: match },
    { action: 's3:GetObject', resource: object('environments/production.json') },
  ],
  'towpath-staging-deploy': [
    ...toStacks,
    { action: 's3:PutObject', resource: object(`services/delivery/releases/${hex}.json`), keys: create },
    { action: 's3:PutObject', resource: object('services/delivery/owner.json'), keys: match },
    { action: 's3:PutObject', resource: object('platform/channels/stable.json'), keys: match },
    { action: 's3:PutObject', resource: object('environments/staging.json'), keys: match },
    { action: 's3:PutObject', resource: object('locks/production/delivery.json'), keys: create },
    { action: 's3:GetObject', resource: object('locks/production/delivery.json') },
    { action: 's3:DeleteObject', resource: object('locks/production/delivery.json'), keys: match },
    { action: 's3:PutObject', resource: object('deployments/production/delivery/00000001.json'), keys: create },
    { action: 's3:GetObject', resource: object('deployments/production/delivery/00000001.json') },
  ],
  'towpath-publish': [
    ...toStacks,
    { action: 'cloudformation:DescribeStacks', resource: stack('delivery-staging-main') },
    { action: 's3:PutObject', resource: object(`services/delivery/releases/${hex}.json`), keys: create },
    { action: 's3:PutObject', resource: object('locks/staging/delivery.json'), keys: create },
    { action: 's3:GetObject', resource: object('deployments/staging/delivery/00000001.json') },
    { action: 's3:DeleteObject', resource: object('platform/channels/stable.json'), keys: match },
  ],
}

describe.each(Object.entries(forbidden))('%s may not', (name, own) => {
  test.each([...own, ...toAnyBucket, ...toMoreRights].map((ask) => [`${ask.action} on ${ask.resource}`, ask] as const))('%s', (_, ask) => {
    expect(verdict(of(name), ask)).not.toBe('allowed')
  })
})

test('a stack under another name is reached only where it was named', () => {
  const ask = { action: 'cloudformation:CreateChangeSet', resource: stack('legacy-db') }
  expect(verdict(of('towpath-staging-deploy'), ask)).toBe('denied')
  const named = anEnvironment({ stacks: ['legacy-db'] })
  expect(verdict(policiesIn(named, 'towpath-staging-deploy'), ask)).toBe('allowed')
})

test('an environment that is named as our own stacks are still does not reach them', () => {
  const odd = anEnvironment({ environment: 'environment' })
  const ask = { action: 'cloudformation:ExecuteChangeSet', resource: stack('towpath-environment-staging') }
  expect(verdict(policiesIn(odd, 'towpath-environment-deploy'), ask)).toBe('explicitly denied')
})

test('nobody reaches a bucket without TLS', () => {
  const ask = { action: 's3:GetObject', resource: object(`blobs/sha256/${hex}`) }
  expect(judge([...of('towpath-staging-deploy'), ...bucketPolicies], { ...ask, keys: { 'aws:SecureTransport': 'false' } })).toBe(
    'explicitly denied',
  )
})
