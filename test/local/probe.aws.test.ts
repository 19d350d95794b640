import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation'
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { withAws } from '../support/aws.ts'
import { until } from '../support/until.ts'

/**
 * What other tests rely on in the emulator, asked with the SDK itself: when a new version of it behaves otherwise, this says so before
 * anything else fails for reasons hard to see.
 */
const aws = withAws()

describe('S3', () => {
  const Bucket = 'probe'
  let s3: S3Client
  beforeAll(async () => {
    s3 = new S3Client({ ...aws.client(), forcePathStyle: true })
    await s3.send(new CreateBucketCommand({ Bucket }))
  })
  afterAll(() => s3.destroy())

  test('refuses to write over an object with 412, and to replace or delete another version', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'one' }))
    const refused = { name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } }
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'two', IfNoneMatch: '*' }))).rejects.toMatchObject(refused)
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'two', IfMatch: '"x"' }))).rejects.toMatchObject(refused)
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', IfMatch: '"x"' }))).rejects.toMatchObject(refused)
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'none', Body: 'two', IfMatch: '"x"' }))).rejects.toMatchObject({
      name: 'NoSuchKey',
    })
  })

  test('answers 304 for an object that is known', async () => {
    const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'known', Body: 'one' }))
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'known', IfNoneMatch: ETag }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    })
  })

  test('refuses a body that has another SHA-256, and keeps that of one that has it', async () => {
    const right = 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='
    const wrong = `A${right.slice(1)}`
    await expect(s3.send(new PutObjectCommand({ Bucket, Key: 'sum', Body: 'hello', ChecksumSHA256: wrong }))).rejects.toMatchObject({
      name: 'BadDigest',
    })
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'sum' }))).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } })
    await s3.send(new PutObjectCommand({ Bucket, Key: 'sum', Body: 'hello', ChecksumSHA256: right }))
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }))).toMatchObject({ ChecksumSHA256: right })
  })
})

describe('CloudFormation', () => {
  let cloudformation: CloudFormationClient
  beforeAll(() => {
    cloudformation = new CloudFormationClient(aws.client())
  })
  afterAll(() => cloudformation.destroy())

  const aTopic = (DisplayName: string) => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName } })

  async function changeSet(StackName: string, ChangeSetName: string, Resources: object, ChangeSetType: 'CREATE' | 'UPDATE'): Promise<void> {
    const TemplateBody = JSON.stringify({ Resources })
    await cloudformation.send(new CreateChangeSetCommand({ StackName, ChangeSetName, ChangeSetType, TemplateBody }))
  }

  function execute(StackName: string, ChangeSetName: string, ClientRequestToken = 'a-token') {
    return cloudformation.send(new ExecuteChangeSetCommand({ StackName, ChangeSetName, ClientRequestToken }))
  }

  async function stack(StackName: string): Promise<Stack> {
    const { Stacks: [found] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }))
    if (!found) throw new Error(`there is no stack ${StackName}`)
    return found
  }

  async function made(StackName: string, Resources: object): Promise<void> {
    await changeSet(StackName, 'first', Resources, 'CREATE')
    await execute(StackName, 'first')
    await until(`${StackName} is made`, async () => (await stack(StackName)).StackStatus === 'CREATE_COMPLETE')
  }

  test('fails an empty change set with the words of AWS, and does not move the time of the last update', async () => {
    await made('empty', { Topic: aTopic('one') })
    const before = await stack('empty')
    await changeSet('empty', 'second', { Topic: aTopic('one') }, 'UPDATE')
    expect(await cloudformation.send(new DescribeChangeSetCommand({ StackName: 'empty', ChangeSetName: 'second' }))).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason: "The submitted information didn't contain changes. Submit different information to create a change set.",
    })
    const { StackId, LastUpdatedTime } = await stack('empty')
    expect({ StackId, LastUpdatedTime }).toEqual({ StackId: before.StackId, LastUpdatedTime: before.LastUpdatedTime })
  })

  test('deletes the other change sets of a stack when one is executed', async () => {
    await made('siblings', { Topic: aTopic('one') })
    await changeSet('siblings', 'second', { Topic: aTopic('two') }, 'UPDATE')
    await changeSet('siblings', 'third', { Topic: aTopic('three') }, 'UPDATE')
    await execute('siblings', 'second')
    const third = new DescribeChangeSetCommand({ StackName: 'siblings', ChangeSetName: 'third' })
    await expect(cloudformation.send(third)).rejects.toMatchObject({ name: 'ChangeSetNotFoundException' })
  })

  test('marks the events of an operation with its token, newest first', async () => {
    await made('events', { Topic: aTopic('one') })
    await changeSet('events', 'second', { Topic: aTopic('two') }, 'UPDATE')
    await execute('events', 'second', 'the-second-token')
    await until('it is updated', async () => (await stack('events')).StackStatus === 'UPDATE_COMPLETE')
    const { StackEvents = [] } = await cloudformation.send(new DescribeStackEventsCommand({ StackName: 'events' }))
    const tokens = StackEvents.map(({ ClientRequestToken }) => ClientRequestToken)
    expect(StackEvents[0]).toMatchObject({ ResourceStatus: 'UPDATE_COMPLETE', ResourceType: 'AWS::CloudFormation::Stack' })
    expect(tokens.lastIndexOf('the-second-token')).toBeLessThan(tokens.indexOf('a-token'))
  })

  test('keeps a stack in progress until its wait condition is signalled', async () => {
    await changeSet(
      'parked',
      'first',
      {
        Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
        Wait: { Type: 'AWS::CloudFormation::WaitCondition', Properties: { Handle: { Ref: 'Handle' }, Timeout: '50', Count: 1 } },
      },
      'CREATE',
    )
    await execute('parked', 'first')
    const handle = await until('the handle is there', async () => {
      const resource = new DescribeStackResourceCommand({ StackName: 'parked', LogicalResourceId: 'Handle' })
      const found = await cloudformation.send(resource).catch(() => undefined)
      return found?.StackResourceDetail?.PhysicalResourceId
    })
    expect((await stack('parked')).StackStatus).toBe('CREATE_IN_PROGRESS')
    // Any content type but none is refused with 403, as by S3, where the URL leads on AWS.
    const body = JSON.stringify({ Status: 'SUCCESS', Reason: 'seen', UniqueId: '1', Data: 'done' })
    expect((await fetch(handle, { method: 'PUT', headers: { 'content-type': '' }, body })).status).toBe(200)
    await until('it goes on', async () => (await stack('parked')).StackStatus === 'CREATE_COMPLETE')
  })

  test('says which resource types it does not know', async () => {
    const unknown = changeSet('unknown', 'first', { Group: { Type: 'AWS::CodeDeploy::DeploymentGroup' } }, 'CREATE')
    await expect(unknown).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Template format error: Unrecognized resource types: [AWS::CodeDeploy::DeploymentGroup]',
    })
  })
})
