import { describe, expect, test } from '@jest/globals'
import type { ChangeSetRequest } from '../../../src/stack/stacks.ts'
import { wire, xml } from './cloudformation-wire.ts'

const id = 'arn:aws:cloudformation:eu-west-1:000000000001:stack/delivery/5f'
const ref = { id: 'arn:aws:cloudformation:eu-west-1:000000000001:changeSet/c1/6f', name: 'c1', stackId: id }
const missing = { code: 'ValidationError', message: 'Stack with id delivery does not exist' }

const aStack = (more: object = {}) =>
  xml({
    Stacks: [{ StackId: id, StackName: 'delivery', StackStatus: 'CREATE_COMPLETE', CreationTime: '2026-03-02T09:00:00.123Z', ...more }],
  })

describe('a stack is described', () => {
  test('in our words, with everything that is there', async () => {
    const { stacks, asked } = wire(
      aStack({
        StackStatus: 'UPDATE_ROLLBACK_COMPLETE',
        StackStatusReason: 'because',
        LastUpdatedTime: '2026-03-02T10:00:00.040Z',
        Outputs: [{ OutputKey: 'Url', OutputValue: 'https://a' }],
        Parameters: [{ ParameterKey: 'Size', ParameterValue: '' }],
        Tags: [{ Key: 'team', Value: 'canal' }],
        EnableTerminationProtection: true,
      }),
    )
    expect(await stacks.describe('delivery')).toEqual({
      id,
      name: 'delivery',
      status: 'UPDATE_ROLLBACK_COMPLETE',
      reason: 'because',
      created: '2026-03-02T09:00:00.123Z',
      updated: '2026-03-02T10:00:00.040Z',
      outputs: { Url: 'https://a' },
      parameters: { Size: '' },
      tags: { team: 'canal' },
      terminationProtection: true,
    })
    expect(asked).toEqual([expect.objectContaining({ Action: 'DescribeStacks', StackName: 'delivery' })])
  })

  test('without what is not there, or is an empty text', async () => {
    const { stacks } = wire(aStack({ StackStatusReason: '' }))
    expect(await stacks.describe(id)).toEqual({
      ...{ id, name: 'delivery', status: 'CREATE_COMPLETE', created: '2026-03-02T09:00:00.123Z' },
      ...{ outputs: {}, parameters: {}, tags: {}, terminationProtection: false },
    })
  })

  test('as undefined if it does not exist, or is deleted and was asked for by name', async () => {
    expect(await wire(missing).stacks.describe('delivery')).toBeUndefined()
    expect(await wire(aStack({ StackStatus: 'DELETE_COMPLETE' })).stacks.describe('delivery')).toBeUndefined()
    expect(await wire(aStack({ StackStatus: 'DELETE_COMPLETE' })).stacks.describe(id)).toMatchObject({ status: 'DELETE_COMPLETE' })
  })

  test('but not in a status that came after us', async () => {
    await expect(wire(aStack({ StackStatus: 'UPDATE_ASLEEP' })).stacks.describe(id)).rejects.toMatchObject({
      code: 'unsupported',
      message: "stack 'delivery' is in status UPDATE_ASLEEP, which this version of Towpath does not know",
    })
  })
})

const aRequest: ChangeSetRequest = {
  stack: 'delivery',
  name: 'c1',
  type: 'UPDATE',
  template: { body: '{}' },
  parameters: { Size: { value: '2' }, Count: { keep: true } },
  tags: { 'towpath:service': 'delivery' },
  capabilities: ['CAPABILITY_NAMED_IAM'],
  description: 'why',
  token: 'token-1',
}
const made = xml({ Id: ref.id, StackId: id })

describe('a change set is asked for', () => {
  test('with all that it was given', async () => {
    const { stacks, asked } = wire(made)
    expect(await stacks.createChangeSet(aRequest)).toEqual(ref)
    const { Version: _, ...fields } = asked[0] ?? {}
    expect(fields).toEqual({
      ...{ Action: 'CreateChangeSet', StackName: 'delivery', ChangeSetName: 'c1', ChangeSetType: 'UPDATE', TemplateBody: '{}' },
      ...{ 'Parameters.member.1.ParameterKey': 'Size', 'Parameters.member.1.ParameterValue': '2' },
      ...{ 'Parameters.member.2.ParameterKey': 'Count', 'Parameters.member.2.UsePreviousValue': 'true' },
      ...{ 'Tags.member.1.Key': 'towpath:service', 'Tags.member.1.Value': 'delivery' },
      ...{ 'Capabilities.member.1': 'CAPABILITY_NAMED_IAM', Description: 'why', ClientToken: 'token-1' },
    })
  })

  test('with the URL of its template instead of the text', async () => {
    const { stacks, asked } = wire(made)
    await stacks.createChangeSet({ ...aRequest, template: { url: 'https://s3.eu-west-1.amazonaws.com/b/k' } })
    expect(asked[0]).toMatchObject({ TemplateURL: 'https://s3.eu-west-1.amazonaws.com/b/k' })
    expect(asked[0]).not.toHaveProperty('TemplateBody')
  })

  test('once: a name that is taken is another request, since ours was sent only once', async () => {
    const taken = { code: 'AlreadyExistsException', message: 'ChangeSet c1 already exists' }
    await expect(wire(taken).stacks.createChangeSet(aRequest)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('ChangeSet c1 already exists'),
    })
  })

  test.each([
    [
      'ValidationError',
      'Parameters: [Size] must have values',
      "cloudformation:CreateChangeSet on stack 'delivery' was refused: Parameters: [Size] must have values",
    ],
    ['ValidationError', 'a\u001b[31m\nb\u202e', "cloudformation:CreateChangeSet on stack 'delivery' was refused: a [31m b"],
    [
      'InsufficientCapabilitiesException',
      'Requires capabilities : [CAPABILITY_IAM]',
      "the template of stack 'delivery' makes IAM resources that were not acknowledged: Requires capabilities : [CAPABILITY_IAM]",
    ],
    [
      'LimitExceededException',
      'limit for the number of stacks',
      "a limit of the account keeps cloudformation:CreateChangeSet on stack 'delivery' from being done: limit for the number of stacks",
    ],
  ])('and a refusal tells why: %s %j', async (code, message, told) => {
    await expect(wire({ code, message }).stacks.createChangeSet(aRequest)).rejects.toMatchObject({ code: 'failed', message: told })
  })
})

describe('the events of a stack', () => {
  const event = (EventId: string, more: object = {}) => ({
    ...{ EventId, StackId: id, StackName: 'delivery', LogicalResourceId: 'Queue', ResourceType: 'AWS::SQS::Queue' },
    ...{ ResourceStatus: 'CREATE_COMPLETE', Timestamp: '2026-03-02T09:00:00.001Z' },
    ...more,
  })

  test('are read to the first one', async () => {
    const told = event('b', { PhysicalResourceId: 'q', ResourceStatusReason: 'because', ClientRequestToken: 'token' })
    const untold = event('a', { PhysicalResourceId: '', ResourceStatusReason: '', ClientRequestToken: '' })
    const { stacks } = wire(xml({ StackEvents: [told], NextToken: 'next' }), xml({ StackEvents: [untold] }))
    const known = { time: '2026-03-02T09:00:00.001Z', logicalId: 'Queue', type: 'AWS::SQS::Queue', status: 'CREATE_COMPLETE' }
    expect(await stacks.events(id)).toEqual([
      { ...known, id: 'b', physicalId: 'q', reason: 'because', token: 'token' },
      { ...known, id: 'a' },
    ])
  })

  test('are read to one that is known, and no further', async () => {
    const { stacks, asked } = wire(xml({ StackEvents: [event('c'), event('b'), event('a')], NextToken: 'next' }))
    expect((await stacks.events(id, 'b')).map((each) => each.id)).toEqual(['c'])
    expect(asked).toHaveLength(1)
  })

  test('of a stack that never was cannot be read', async () => {
    await expect(wire(missing).stacks.events(id)).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('does not exist'),
    })
  })
})

test('a stack is deleted under our token, and may be gone already', async () => {
  const { stacks, asked } = wire('', missing)
  await stacks.deleteStack(id, 'token-3')
  await stacks.deleteStack(id, 'token-3')
  expect(asked[0]).toMatchObject({ Action: 'DeleteStack', StackName: id, ClientRequestToken: 'token-3' })
})

test('the role that CloudFormation is to use goes with a change set and a deletion, and is left out where there is none', async () => {
  const role = 'arn:aws:iam::000000000001:role/towpath-staging-execute'
  const request = { ...{ stack: 'delivery', name: 'c1', type: 'CREATE' as const, template: { body: '{}' } }, token: 'c1' }
  const { stacks, asked } = wire(xml({ Id: 'c', StackId: id }), xml({ Id: 'c', StackId: id }), '', '')
  const rest = { parameters: {}, tags: {}, capabilities: [] }
  await stacks.createChangeSet({ ...request, ...rest, role })
  await stacks.createChangeSet({ ...request, ...rest })
  await stacks.deleteStack(id, 'token', role)
  await stacks.deleteStack(id, 'token')
  expect(asked.map(({ Action, RoleARN }) => [Action, RoleARN])).toEqual([
    ['CreateChangeSet', role],
    ['CreateChangeSet', undefined],
    ['DeleteStack', role],
    ['DeleteStack', undefined],
  ])
})

test("what is denied is named by its permission and the stack's name", async () => {
  const denied = { code: 'AccessDenied', message: 'not authorized', status: 403 }
  await expect(wire(denied).stacks.deleteStack(id, 'token')).rejects.toMatchObject({
    code: 'denied',
    message: "cloudformation:DeleteStack on stack 'delivery' was denied: not authorized",
  })
})
