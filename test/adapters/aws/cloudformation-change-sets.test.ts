import { describe, expect, test } from '@jest/globals'
import { isOwnRepetition } from '../../../src/adapters/aws/cloudformation/refusals.ts'
import { wire, xml } from './cloudformation-wire.ts'

const id = 'arn:aws:cloudformation:eu-west-1:000000000001:stack/delivery/5f'
const ref = { id: 'arn:aws:cloudformation:eu-west-1:000000000001:changeSet/c1/6f', name: 'c1', stackId: id }
const missing = { code: 'ValidationError', message: 'Stack with id delivery does not exist' }
const gone = { code: 'ChangeSetNotFound', message: `ChangeSet [${ref.id}] does not exist`, status: 404 }

const page = (changes: readonly object[], more: object = {}) =>
  xml({
    ...{ ChangeSetId: ref.id, ChangeSetName: 'c1', StackId: id, Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' },
    Changes: changes.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })),
    ...more,
  })
const change = (LogicalResourceId: string, more: object = {}) => ({
  ...{ Action: 'Modify', LogicalResourceId, PhysicalResourceId: 'p', ResourceType: 'AWS::SNS::Topic', Replacement: 'False', Details: [] },
  ...more,
})

describe('a change set is described', () => {
  test('page by page, with its values', async () => {
    const { stacks, asked } = wire(page([change('One')], { NextToken: 'next' }), page([change('Two')]), page([]))
    const changeSet = await stacks.describeChangeSet(ref)
    expect(changeSet).toMatchObject({ ...ref, status: 'CREATE_COMPLETE', execution: 'AVAILABLE' })
    expect(changeSet?.changes.map(({ logicalId }) => logicalId)).toEqual(['One', 'Two'])
    expect(asked.map(({ ChangeSetName, NextToken, IncludePropertyValues }) => [ChangeSetName, NextToken, IncludePropertyValues])).toEqual([
      [ref.id, undefined, 'true'],
      [ref.id, 'next', 'true'],
      [ref.id, undefined, 'false'],
    ])
  })

  test('with what AWS leaves out when it is asked for values', async () => {
    const detail = {
      Target: { Attribute: 'Properties', Name: 'DisplayName', RequiresRecreation: 'Never' },
      Evaluation: 'Dynamic',
      ChangeSource: 'ResourceAttribute',
    }
    const dependant = change('Two', { Details: [{ ...detail, CausingEntity: 'One.DisplayName' }] })
    const valued = change('One', {
      Details: [{ Target: { Attribute: 'Properties', Name: 'DisplayName', BeforeValue: 'a', AfterValue: 'b' } }],
    })
    const { stacks } = wire(page([valued]), page([change('One')], { NextToken: 'next' }), page([dependant]))
    expect((await stacks.describeChangeSet(ref))?.changes).toEqual([
      expect.objectContaining({
        logicalId: 'One',
        properties: [{ attribute: 'Properties', name: 'DisplayName', before: 'a', after: 'b' }],
      }),
      expect.objectContaining({
        logicalId: 'Two',
        properties: [{ attribute: 'Properties', name: 'DisplayName', recreation: 'Never', cause: 'One.DisplayName' }],
      }),
    ])
  })

  test.each([
    ['CREATE_IN_PROGRESS', 'UNAVAILABLE'],
    ['FAILED', 'UNAVAILABLE'],
    ['CREATE_COMPLETE', 'EXECUTE_COMPLETE'],
  ])('by one request while it cannot be executed: %s, %s', async (Status, ExecutionStatus) => {
    const { stacks, asked } = wire(page([], { Status, ExecutionStatus, StatusReason: 'because' }))
    expect(await stacks.describeChangeSet(ref)).toEqual({
      ...ref,
      status: Status,
      execution: ExecutionStatus,
      reason: 'because',
      changes: [],
    })
    expect(asked).toHaveLength(1)
  })

  test('as undefined once it is gone, or its stack is', async () => {
    expect(await wire(gone).stacks.describeChangeSet(ref)).toBeUndefined()
    expect(
      await wire({ code: 'ValidationError', message: 'Stack [delivery] does not exist' }).stacks.describeChangeSet(ref),
    ).toBeUndefined()
  })

  test('with an addition that replaces nothing, whatever AWS says of it', async () => {
    const addition = change('One', { Action: 'Add', Replacement: 'True', PhysicalResourceId: '' })
    const { stacks } = wire(page([addition]), page([addition]))
    expect((await stacks.describeChangeSet(ref))?.changes).toEqual([
      { action: 'Add', logicalId: 'One', type: 'AWS::SNS::Topic', properties: [] },
    ])
  })

  test('with one change a property, however many reasons AWS gives for it', async () => {
    const Target = {
      Attribute: 'Properties',
      Name: 'Size',
      Path: '/Properties/Size',
      BeforeValue: '1',
      AfterValue: '2',
      RequiresRecreation: 'Never',
    }
    const byParameter = { Target, Evaluation: 'Static', ChangeSource: 'ParameterReference', CausingEntity: 'Size' }
    const perhaps = { Target: { ...Target, RequiresRecreation: 'Always' }, Evaluation: 'Dynamic', ChangeSource: 'DirectModification' }
    const direct = { Target, Evaluation: 'Static', ChangeSource: 'DirectModification' }
    const policy = { Replacement: 'True', PolicyAction: 'ReplaceAndDelete' }
    const changes = [change('One', { Details: [byParameter, perhaps], ...policy }), change('Two', { Details: [byParameter, direct] })]
    const { stacks } = wire(page(changes), page([]))
    const property = { attribute: 'Properties', name: 'Size', path: '/Properties/Size', before: '1', after: '2' }
    expect((await stacks.describeChangeSet(ref))?.changes).toEqual([
      expect.objectContaining({
        replacement: 'True',
        policyAction: 'ReplaceAndDelete',
        properties: [{ ...property, recreation: 'Always', cause: 'Size' }],
      }),
      expect.objectContaining({ replacement: 'False', properties: [{ ...property, recreation: 'Never' }] }),
    ])
  })
})

describe('change sets', () => {
  test('are listed page by page; what is of another stack of that name is left out', async () => {
    const summary = (name: string, StackId = id) => ({ ChangeSetId: `arn:${name}`, ChangeSetName: name, StackId })
    const replies = [xml({ Summaries: [summary('a')], NextToken: 'next' }), xml({ Summaries: [summary('b'), summary('c', 'arn:another')] })]
    const { stacks, asked } = wire(...replies)
    expect((await stacks.listChangeSets(id)).map(({ name }) => name)).toEqual(['a', 'b'])
    expect(asked.map(({ StackName, NextToken }) => [StackName, NextToken])).toEqual([
      ['delivery', undefined],
      ['delivery', 'next'],
    ])
    expect((await wire(...replies).stacks.listChangeSets('delivery')).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  test('of a stack that does not exist are none', async () => {
    expect(await wire(missing).stacks.listChangeSets('delivery')).toEqual([])
  })

  test('that are gone need no deletion', async () => {
    await wire(gone).stacks.deleteChangeSet(ref)
    await wire(missing).stacks.deleteChangeSet(ref)
  })

  test('are executed under our token; a refusal is told', async () => {
    const { stacks, asked } = wire('', {
      code: 'InvalidChangeSetStatus',
      message: 'ChangeSet [c1] cannot be executed in its current execution status of [OBSOLETE]',
    })
    await stacks.executeChangeSet(ref, 'token-2')
    expect(asked[0]).toMatchObject({ Action: 'ExecuteChangeSet', ChangeSetName: ref.id, ClientRequestToken: 'token-2' })
    await expect(stacks.executeChangeSet(ref, 'token-2')).rejects.toMatchObject({
      code: 'failed',
      message: expect.stringContaining('[OBSOLETE]'),
    })
  })
})

test.each([
  ['one that was sent twice, and whose name is taken', 2, 'ChangeSet [c1] already exists', true],
  ['one that was sent once', 1, 'ChangeSet [c1] already exists', false],
  ['one whose name is taken by another', 2, 'ChangeSet c1 cannot be created due to a mismatch with existing attribute ClientToken', false],
])('a request that repeats our own: %s', (_, attempts, message, own) => {
  const error = Object.assign(new Error(message), { name: 'AlreadyExistsException', $metadata: { httpStatusCode: 400, attempts } })
  expect(isOwnRepetition(error)).toBe(own)
})
