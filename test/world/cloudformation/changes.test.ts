import { describe, expect, test } from '@jest/globals'
import type { ResourceChange } from '../../../src/stack/stacks.ts'
import { drive, type Parts, thing } from './driver.ts'
import { KNOWN_AFTER_APPLY } from './resolve.ts'

/** What a change set shows of an update from one set of resources to another. */
async function changed(before: Parts, after: Parts): Promise<readonly ResourceChange[]> {
  const { deploy, propose } = drive()
  await deploy({ Resources: before })
  return (await propose({ Resources: after }, { type: 'UPDATE' })).changes
}

const of = (Type: string, Properties: Parts = {}, attributes: Parts = {}) => ({ X: { Type, Properties, ...attributes } })

describe('what a change set shows', () => {
  test.each<[string, Parts, Parts, string]>([
    ['AWS::S3::Bucket', { BucketName: 'a' }, { BucketName: 'b' }, 'True'],
    ['AWS::S3::Bucket', {}, { VersioningConfiguration: { Status: 'Enabled' } }, 'False'],
    ['AWS::DynamoDB::Table', { TableName: 'a' }, { TableName: 'b' }, 'True'],
    ['AWS::DynamoDB::Table', { KeySchema: [{ AttributeName: 'a' }] }, { KeySchema: [{ AttributeName: 'b' }] }, 'True'],
    ['AWS::DynamoDB::Table', { AttributeDefinitions: ['a'] }, { AttributeDefinitions: ['b'] }, 'Conditional'],
    ['AWS::DynamoDB::Table', { BillingMode: 'a' }, { BillingMode: 'b' }, 'False'],
    ['AWS::SQS::Queue', { QueueName: 'a' }, {}, 'True'],
    ['AWS::SNS::Topic', {}, { TopicName: 'a' }, 'True'],
    ['AWS::Lambda::Function', { FunctionName: 'a' }, { FunctionName: 'b' }, 'True'],
    ['AWS::Lambda::Function', { Code: { S3Key: 'a' } }, { Code: { S3Key: 'b' } }, 'False'],
    ['AWS::RDS::DBInstance', { DBInstanceIdentifier: 'a' }, { DBInstanceIdentifier: 'b' }, 'True'],
    ['AWS::RDS::DBInstance', { AllocatedStorage: 20 }, { AllocatedStorage: 30 }, 'False'],
    ['Test::Towpath::Thing', { Mode: 'a' }, { Mode: 'b' }, 'Conditional'],
  ])('%s from %j to %j: replacement %s', async (type, before, after, replacement) => {
    const [change] = await changed(of(type, before), of(type, after))
    expect(change).toMatchObject({ action: 'Modify', logicalId: 'X', type, replacement, physicalId: expect.stringMatching(/\S/) })
    expect(change?.policyAction).toBe(replacement === 'True' ? 'ReplaceAndDelete' : undefined)
  })

  test.each<[string, string | undefined, string]>([
    ['AWS::S3::Bucket', undefined, 'Delete'],
    ['AWS::S3::Bucket', 'Delete', 'Delete'],
    ['AWS::S3::Bucket', 'Retain', 'Retain'],
    ['AWS::S3::Bucket', 'RetainExceptOnCreate', 'Retain'],
    ['AWS::RDS::DBInstance', undefined, 'Snapshot'],
    ['AWS::RDS::DBCluster', 'Delete', 'Delete'],
    ['AWS::RDS::DBCluster', 'Snapshot', 'Snapshot'],
  ])('%s with DeletionPolicy %s is removed as %s', async (type, DeletionPolicy, policyAction) => {
    const before = { ...of(type, {}, DeletionPolicy === undefined ? {} : { DeletionPolicy }), Y: thing() }
    expect(await changed(before, { Y: thing() })).toMatchObject([{ action: 'Remove', logicalId: 'X', policyAction, properties: [] }])
  })

  test.each(['Retain', 'Snapshot', 'Delete'])('a replacement under UpdateReplacePolicy %s says so', async (UpdateReplacePolicy) => {
    const table = (name: string) => of('AWS::RDS::DBCluster', { DBClusterIdentifier: name }, { UpdateReplacePolicy })
    expect(await changed(table('a'), table('b'))).toMatchObject([{ replacement: 'True', policyAction: `ReplaceAnd${UpdateReplacePolicy}` }])
  })

  test('names the property, its path, its values and what brought it', async () => {
    const { deploy, propose } = drive()
    const template = {
      Parameters: { Size: { Type: 'Number', Default: 1 } },
      Resources: { Thing: thing({ Size: { Ref: 'Size' }, Nested: { Deep: { Value: 'a', Same: 1 }, List: [1] } }) },
    }
    await deploy(template)
    const after = {
      ...template,
      Resources: { Thing: thing({ Size: { Ref: 'Size' }, Nested: { Deep: { Value: 'b', Same: 1 }, List: [1, 2] } }) },
    }
    const { changes } = await propose(after, { type: 'UPDATE', parameters: { Size: { value: '2' } } })
    const property = { attribute: 'Properties', recreation: 'Never' }
    expect(changes[0]?.properties).toEqual([
      { ...property, name: 'Size', path: '/Properties/Size', before: '1', after: '2', cause: 'Size' },
      { ...property, name: 'Nested', path: '/Properties/Nested/Deep/Value', before: 'a', after: 'b' },
      { ...property, name: 'Nested', path: '/Properties/Nested/List', before: '[1]', after: '[1,2]' },
    ])
  })

  test('follows a replacement to what refers to it', async () => {
    const resources = (name: string) => ({
      One: thing({ Name: name }),
      Two: thing({ Of: { Ref: 'One' } }),
      Three: thing({ Shape: { 'Fn::GetAtt': 'One.Arn' } }),
    })
    const [one, two, three] = await changed(resources('a'), resources('b'))
    expect(one).toMatchObject({ logicalId: 'One', replacement: 'True' })
    expect(two).toMatchObject({
      logicalId: 'Two',
      replacement: 'False',
      properties: [{ before: 'a', after: KNOWN_AFTER_APPLY, cause: 'One' }],
    })
    expect(three).toMatchObject({ logicalId: 'Three', replacement: 'True', properties: [{ recreation: 'Always', cause: 'One.Arn' }] })
  })

  test('lists what may change because an attribute of a changed resource might; its execution then changes nothing there', async () => {
    const { deploy, propose, execute, told } = drive()
    const resources = (size: number) => ({
      One: thing({ Size: size }),
      Two: thing({ Of: { 'Fn::GetAtt': 'One.Arn' } }),
      Three: thing({ Shape: { 'Fn::GetAtt': 'One.Arn' } }),
    })
    await deploy({ Resources: resources(1) })
    const changeSet = await propose({ Resources: resources(2) }, { type: 'UPDATE' })
    expect(changeSet.changes.map(({ logicalId, replacement }) => [logicalId, replacement])).toEqual([
      ['One', 'False'],
      ['Two', 'False'],
      ['Three', 'Conditional'],
    ])
    await execute(changeSet, 'run')
    expect(told('run').filter((line) => /^T/.test(line))).toEqual([])
  })

  test.each([
    ['Metadata', { Metadata: { a: 1 } }],
    ['DeletionPolicy', { DeletionPolicy: 'Retain' }],
    ['UpdateReplacePolicy', { UpdateReplacePolicy: 'Retain' }],
  ])('%s alone is a change in place', async (attribute, attributes) => {
    expect(await changed({ X: thing() }, { X: thing({}, attributes) })).toMatchObject([
      { action: 'Modify', replacement: 'False', properties: [{ attribute }] },
    ])
  })

  test('tags alone change what can be tagged; where nothing can, there is nothing to see and yet something to execute', async () => {
    const { deploy, propose } = drive()
    const resources = { Resources: { Queue: { Type: 'AWS::SQS::Queue' }, Policy: { Type: 'AWS::SQS::QueuePolicy' } } }
    await deploy(resources, { tags: { team: 'canal' } })
    const { changes } = await propose(resources, { type: 'UPDATE', tags: { team: 'quay' } })
    expect(changes).toMatchObject([{ logicalId: 'Queue', properties: [{ attribute: 'Tags' }] }])
    const policies = { Resources: { Policy: { Type: 'AWS::SQS::QueuePolicy' } } }
    await deploy(policies, { stack: 't', tags: { team: 'canal' } })
    expect(await propose(policies, { stack: 't', type: 'UPDATE', tags: { team: 'quay' } })).toMatchObject({
      execution: 'AVAILABLE',
      changes: [],
    })
  })

  test('a condition that no longer holds removes its resource', async () => {
    const { deploy, propose } = drive()
    const template = {
      Parameters: { Many: { Type: 'String' } },
      Conditions: { Wanted: { 'Fn::Equals': [{ Ref: 'Many' }, 'yes'] } },
      Resources: { One: thing(), Two: thing({}, { Condition: 'Wanted' }) },
    }
    await deploy(template, { parameters: { Many: { value: 'yes' } } })
    const { changes } = await propose(template, { type: 'UPDATE', parameters: { Many: { value: 'no' } } })
    expect(changes).toMatchObject([{ action: 'Remove', logicalId: 'Two' }])
  })

  test('a parameter that nothing uses is no change', async () => {
    const { deploy, propose } = drive()
    const template = { Parameters: { Unused: { Type: 'String', Default: 'a' } } }
    await deploy(template)
    expect(await propose(template, { type: 'UPDATE', parameters: { Unused: { value: 'b' } } })).toMatchObject({ status: 'FAILED' })
  })

  test('another type under a logical id is refused', async () => {
    const { deploy, refusal } = drive()
    await deploy({ Resources: of('AWS::SQS::Queue') })
    expect(await refusal({ Resources: of('AWS::SNS::Topic') }, { type: 'UPDATE' })).toMatch('Update of resource type is not permitted')
  })
})
