import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { liveTemplate } from '../../src/adapters/aws/cloudformation/template.ts'
import { cloudFormationStacks } from '../../src/adapters/aws/cloudformation.ts'
import { iamIdentityProviders } from '../../src/adapters/aws/iam.ts'
import { s3Objects } from '../../src/adapters/aws/s3.ts'
import { identity } from '../../src/adapters/aws/sts.ts'
import { nodeClock } from '../../src/adapters/node/clock.ts'
import { nodeFiles } from '../../src/adapters/node/files.ts'
import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import type { Command } from '../../src/commands/command.ts'
import { verbs } from '../../src/commands/verbs.ts'
import type { World } from '../../src/commands/world.ts'
import { TowpathError } from '../../src/errors.ts'
import { silent } from '../../src/log.ts'
import { withAws } from '../support/aws.ts'
import { defaultsOf } from '../world/defaults.ts'
import { plant } from '../world/tree.ts'

/*
 * The engine on the local AWS: what CloudFormation does by itself is real here. What it would refuse on AWS and does not refuse here is
 * tested against the strict CloudFormation in memory.
 */
const aws = withAws()
const bucket = 'acme-engine'
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-engine-'))
  await new S3Client({ ...aws.client(account), forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }))
  await write({ '/platform/platform.yml': platform, '/platform/cloudFormation/queue.yml': queue, '/service/service.yml': service })
  await run('sync-platform', { path: join(folder, 'platform'), channel: 'stable' })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const account = '000000000000'
const platform = `
platform: acme
version: 1.0.0
environments:
  staging: { account: "${account}", region: eu-west-1 }
blueprints:
  queues:
    stacks:
      queue: { template: queue.yml }
    ship: { with: stack }
`
const queue = `
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: { VisibilityTimeout: 30 }
Outputs:
  Url: { Value: !Ref Queue }
`
const service = `
service: delivery
owner: logistics
blueprint: queues
platform: stable
environments: { staging: {} }
`

const write = (tree: Readonly<Record<string, string>>): Promise<void> => plant(folder, tree)

async function run(
  verb: string,
  inputs: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly outputs: Readonly<Record<string, unknown>>; readonly error?: TowpathError }> {
  const environment = aws.environment(account)
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
    origin: async () => ({ actor: 'test', repository: null, repositoryId: null, commit: null, run: null, towpath: '0' }),
    commits: async () => undefined,
    objects: (name) => s3Objects(name, { region: aws.region, environment }),
    stacks: async (region) => cloudFormationStacks(region, { environment }),
    rollouts: () => Promise.reject(new Error('no code is deployed here')),
    identity: (region) => identity({ region, environment }),
    gitHubDeployments: async () => undefined,
    as: () => {
      throw new Error('nobody has a role here')
    },
    comments: async () => undefined,
    template: (region, stackId) => liveTemplate(stackId, { region, environment }),
    identityProviders: async (region) => iamIdentityProviders({ region, environment }),
  }
  const command = (await verbs.get(verb)?.load())?.default as Command
  const defaults = {
    ...defaultsOf(command),
    ...{ path: join(folder, 'service'), bucket, environment: 'staging', timeout: 300_000, wait: 60_000 },
  }
  try {
    return { outputs: await command.run({ ...defaults, ...inputs } as never, world) }
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error
    return { outputs: error.outputs ?? {}, error }
  }
}

const cloud = () => new CloudFormationClient(aws.client(account))
const overriding = (text: string): Promise<void> => write({ '/service/cloudFormation/overrides/queue.yml': text })

describe('the engine on the local AWS', () => {
  test('deploys, proves no change, changes, fails with the root cause, and rolls back', async () => {
    expect((await run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 1 })
    expect((await run('deploy')).outputs).toMatchObject({ changed: false, deployment: 1 })
    await overriding('Resources: { Queue: { Properties: { VisibilityTimeout: 60 } } }')
    const second = await run('deploy')
    expect(second.outputs).toMatchObject({ outcome: 'succeeded', changed: true, deployment: 2 })
    await overriding('Resources: { Queue: { Properties: { VisibilityTimeout: 999999 } } }')
    const third = await run('deploy')
    expect(third.error?.code).toBe('failed')
    expect(third.outputs).toMatchObject({
      outcome: 'failed',
      cause: { stack: 'queue', resource: 'Queue', type: 'AWS::SQS::Queue', reason: expect.stringContaining('43200') },
    })
    expect((await run('rollback')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 4, release: second.outputs.release })
    expect((await run('log', { verify: true })).outputs).toMatchObject({ verified: true })
  })

  test('an unchanged stack gets no event when its sibling changes', async () => {
    await overriding('Resources: { Queue: { Properties: { VisibilityTimeout: 60 } } }')
    const ledger = (size: number) =>
      write({
        '/service/cloudFormation/additions/ledger.yml': `Resources: { Ledger: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: ${size} } } }`,
      })
    await ledger(31)
    await run('deploy')
    const events = async () =>
      (await cloud().send(new DescribeStackEventsCommand({ StackName: 'delivery-staging-queue' }))).StackEvents?.length
    const before = await events()
    await ledger(32)
    expect((await run('deploy')).outputs).toMatchObject({
      outcome: 'succeeded',
      changed: true,
      stacks: [
        { stack: 'ledger', outcome: 'succeeded' },
        { stack: 'queue', outcome: 'unchanged' },
      ],
    })
    expect(await events()).toBe(before)
  })

  test('an empty change set is a failure where a declared output is not live, and none where its condition is false', async () => {
    // The local CloudFormation sees nothing to change in a new output: just the case that must not pass as unchanged.
    const output = (wanted: string) =>
      write({
        '/service/cloudFormation/additions/queue.yml': `Conditions: { Wanted: !Equals ["yes", "${wanted}"] }\nOutputs: { More: { Condition: Wanted, Value: x } }`,
      })
    await output('no')
    expect((await run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
    await output('yes')
    const { error, outputs } = await run('deploy')
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining("'More'") })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false })
    await output('no')
    expect((await run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
  })

  test('held to a plan it does what was reviewed, and refuses once somebody changed the stack in between', async () => {
    await overriding('Resources: { Queue: { Properties: { VisibilityTimeout: 61 } } }')
    const { release } = (await run('create-release')).outputs
    const stored = { service: 'delivery', release }
    const planned = async () => (await run('plan', stored)).outputs.digest
    const before = await planned()
    expect(await planned()).toBe(before)
    const StackName = 'delivery-staging-queue'
    const TemplateBody = 'Resources: { Queue: { Type: AWS::SQS::Queue, Properties: { VisibilityTimeout: 99 } } }'
    const { Stacks } = await cloud().send(new DescribeStacksCommand({ StackName }))
    await cloud().send(new UpdateStackCommand({ StackName, TemplateBody, Tags: Stacks?.[0]?.Tags }))
    await waitUntilStackUpdateComplete({ client: cloud(), maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StackName })
    const { error, outputs } = await run('deploy', { ...stored, plan: before })
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining("stack 'queue' moved since") })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false })
    expect((await run('deploy', { ...stored, plan: await planned() })).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('1: a stack behind a changing stack shows what it loses, and loses it only with consent', async () => {
    const reader = (more: string) => `
Parameters: { Source: { Type: String } }
Resources:
  Copy: { Type: AWS::SQS::Queue, Properties: { Tags: [{ Key: source, Value: !Ref Source }] } }
${more}`
    const losing = `
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: provisional-orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: id, AttributeType: S }]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
  Alarm: { Type: AWS::SQS::Queue }
`
    await write({
      '/service/service.yml': `${service}stacks: { reader: { inputs: { Source: queue.Url } } }\n`,
      '/service/cloudFormation/additions/reader.yml': reader(losing),
    })
    expect((await run('deploy')).error).toBeUndefined()
    await overriding('Resources: { Queue: { Properties: { VisibilityTimeout: 77 } } }')
    await write({ '/service/cloudFormation/additions/reader.yml': reader('') })
    const { release } = (await run('create-release')).outputs
    const stored = { service: 'delivery', release }
    const { outputs } = await run('plan', stored)
    expect(outputs).toMatchObject({ gated: true })
    const stacks = outputs.stacks as readonly { stack: string; changes: readonly { logicalId: string }[] }[]
    const planned = stacks.find(({ stack }) => stack === 'reader')
    expect(planned).toMatchObject({ stack: 'reader', action: 'update', provisional: true, gates: [{ consent: 'reader.Orders' }] })
    expect(planned?.changes.map(({ logicalId }) => logicalId).sort()).toEqual(['Alarm', 'Orders'])
    const held = { ...stored, plan: outputs.digest }
    expect((await run('deploy', held)).error).toMatchObject({ code: 'gated' })
    const { StackResources = [] } = await cloud().send(new DescribeStackResourcesCommand({ StackName: 'delivery-staging-reader' }))
    expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId)).toContain('Orders')
    expect((await run('deploy', { ...held, consent: ['reader.Orders'] })).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('a template above 51,200 bytes goes by URL, counted in bytes', async () => {
    // 30,000 characters of two bytes each: by characters it would pass.
    await write({
      '/service/cloudFormation/additions/wide.yml': `Metadata: { Words: "${'é'.repeat(30_000)}" }\nResources: { Wide: { Type: AWS::SQS::Queue } }`,
    })
    expect((await run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
    const { Stacks } = await cloud().send(new DescribeStacksCommand({ StackName: 'delivery-staging-wide' }))
    expect(Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE')
  })
  test('point 11: a table that leaves a nested stack survives until somebody consents', async () => {
    const publish = async (version: string, resources: string): Promise<void> => {
      await write({
        '/nested/platform.yml': platform
          .replace('1.0.0', version)
          .replace('queue: { template: queue.yml }', 'held: { template: held.yml }'),
        '/nested/cloudFormation/held.yml':
          'Resources: { Child: { Type: AWS::CloudFormation::Stack, Properties: { TemplateURL: inner.yml } } }',
        '/nested/cloudFormation/inner.yml': `Resources: { Queue: { Type: AWS::SQS::Queue }${resources} }`,
        '/held/service.yml': service.replace('delivery', 'held').replace('stable', 'next'),
      })
      expect((await run('sync-platform', { path: join(folder, 'nested'), channel: 'next' })).error).toBeUndefined()
    }
    const held = { path: join(folder, 'held') }
    const orders =
      ', Orders: { Type: AWS::DynamoDB::Table, Properties: { TableName: nested-orders, BillingMode: PAY_PER_REQUEST, AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], KeySchema: [{ AttributeName: id, KeyType: HASH }] } }'
    await publish('2.0.0', orders)
    expect((await run('deploy', held)).error).toBeUndefined()
    await publish('2.1.0', '')
    const { error, outputs } = await run('deploy', held)
    expect(error).toMatchObject({ code: 'gated', message: expect.stringContaining('held.Child.Orders') })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false })
    expect((await run('deploy', { ...held, consent: ['held.Child.Orders'] })).outputs).toMatchObject({
      outcome: 'succeeded',
      changed: true,
    })
  })
})
