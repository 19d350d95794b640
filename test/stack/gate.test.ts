import { describe, expect, test } from '@jest/globals'
import { gatesOf } from '../../src/stack/gate.ts'
import { type Loss, lossOf, type Ruled } from '../../src/stack/loss.ts'
import type { PropertyChange, ResourceChange } from '../../src/stack/stacks.ts'
import { statefulTypes } from '../../src/stack/stateful-types.ts'

const change = (parts: Partial<ResourceChange>): ResourceChange => ({
  action: 'Modify',
  logicalId: 'Table',
  type: 'AWS::DynamoDB::Table',
  properties: [],
  ...parts,
})

const property = (name: string, attribute = 'Properties'): PropertyChange => ({ attribute, name })

type Row = readonly [Loss, string, string, string, Ruled?]

describe('point 12: what a change does to a stateful resource', () => {
  const policies = ['Delete', 'Retain', 'Snapshot', 'ReplaceAndDelete', 'ReplaceAndRetain', 'ReplaceAndSnapshot', '', 'NewWord']
  const rows: readonly Row[] = [
    ...(['Add', 'Import', 'SyncWithActual'] as const).flatMap((action) => policies.map((policy): Row => ['nothing', action, '', policy])),
    ['removed', 'Remove', '', 'Delete'],
    ['removed', 'Remove', '', ''],
    ['nothing', 'Remove', '', 'Retain'],
    ['removed, snapshot', 'Remove', '', 'Snapshot'],
    ['not known', 'Remove', '', 'NewWord'],
    ['replaced', 'Modify', 'True', 'ReplaceAndDelete'],
    ['replaced, unsaid', 'Modify', 'True', ''],
    ['replaced, kept', 'Modify', 'True', 'ReplaceAndRetain'],
    ['replaced, kept', 'Modify', 'True', 'Retain'],
    ['replaced, snapshot', 'Modify', 'True', 'ReplaceAndSnapshot'],
    ['replaced, snapshot', 'Modify', 'True', 'Snapshot'],
    ['not known', 'Modify', 'True', 'NewWord'],
    ['nothing', 'Modify', 'False', ''],
    ['may be replaced', 'Modify', 'False', 'ReplaceAndDelete'],
    ['not known', 'Modify', 'False', 'NewWord'],
    ...['Conditional', '', 'NewWord'].flatMap((replaces): Row[] => [
      ['may be replaced', 'Modify', replaces, 'ReplaceAndDelete'],
      ['may be replaced', 'Modify', replaces, ''],
      ['may be replaced, kept', 'Modify', replaces, 'ReplaceAndRetain'],
      ['may be replaced, snapshot', 'Modify', replaces, 'ReplaceAndSnapshot'],
      ['not known', 'Modify', replaces, 'NewWord'],
      ['nothing', 'Modify', replaces, '', 'out'],
      ['nothing', 'Modify', replaces, 'ReplaceAndDelete', 'out'],
    ]),
    // What is known of a type does not overrule CloudFormation's own word.
    ['replaced', 'Modify', 'True', 'ReplaceAndDelete', 'out'],
    ['removed', 'Remove', '', 'Delete', 'out'],
    ...policies.map((policy): Row => ['not known', 'Dynamic', '', policy]),
    ...policies.map((policy): Row => ['not known', 'NewAction', '', policy]),
  ]

  test.each(rows)('%s: %s, replacement %j, policy %j, ruled %s', (loss, action, replacement, policyAction, ruled = 'not out') => {
    // The service may use words that our types do not have.
    const said = { action, policyAction, ...(replacement === '' ? {} : { replacement }) } as Partial<ResourceChange>
    expect(lossOf(change(said), ruled)).toBe(loss)
  })
})

describe('the stateful gate', () => {
  const gated = async (parts: Partial<ResourceChange>) => (await gatesOf('ledger', [change(parts)], new Set())).length === 1

  test.each<[string, Partial<ResourceChange>, boolean]>([
    ['a removal that deletes', { action: 'Remove', policyAction: 'Delete' }, true],
    ['a replacement that retains', { replacement: 'True', policyAction: 'ReplaceAndRetain' }, true],
    ['a change in place', { replacement: 'False' }, false],
    ['the removal of what holds nothing', { action: 'Remove', policyAction: 'Delete', type: 'AWS::CloudWatch::Alarm' }, false],
    ['the removal of a nested stack', { action: 'Remove', type: 'AWS::CloudFormation::Stack' }, true],
    ['an update of a nested stack', { replacement: 'Conditional', type: 'AWS::CloudFormation::Stack' }, false],
    ['Conditional, by a key schema', { replacement: 'Conditional', properties: [property('KeySchema')] }, true],
    ['Conditional, by what never replaces', { replacement: 'Conditional', properties: [property('TimeToLiveSpecification')] }, false],
    ['Conditional, by tags alone', { replacement: 'Conditional', properties: [property('', 'Tags')] }, false],
    [
      'Conditional, by both',
      { replacement: 'Conditional', properties: [property('TimeToLiveSpecification'), property('TableName')] },
      true,
    ],
    ['Conditional, by a property that nobody knows', { replacement: 'Conditional', properties: [property('NewProperty')] }, true],
    ['Conditional, and nothing is said of properties', { replacement: 'Conditional' }, true],
    [
      'Conditional, a bucket whose name changes',
      { type: 'AWS::S3::Bucket', replacement: 'Conditional', properties: [property('BucketName')] },
      true,
    ],
    [
      'Conditional, a bucket whose versioning changes',
      { type: 'AWS::S3::Bucket', replacement: 'Conditional', properties: [property('VersioningConfiguration')] },
      false,
    ],
    ['a topic that is replaced', { type: 'AWS::SNS::Topic', replacement: 'True', policyAction: 'ReplaceAndDelete' }, true],
  ])('%s', async (_, parts, stopped) => {
    expect(await gated(parts)).toBe(stopped)
  })

  test('is passed by consent to this very resource, and no other', async () => {
    const removal = [change({ action: 'Remove', policyAction: 'Delete' })]
    expect(await gatesOf('ledger', removal, new Set(['ledger.Table']))).toMatchObject([{ consent: 'ledger.Table', consented: true }])
    expect(await gatesOf('ledger', removal, new Set(['other.Table', 'ledger.Tables', 'Table']))).toMatchObject([
      { consent: 'ledger.Table', consented: false },
    ])
  })
})

describe('point 13: which types hold data, or an address that others keep', () => {
  test.each([
    ...['ECR::Repository', 'MemoryDB::Cluster', 'ElastiCache::CacheCluster', 'FSx::FileSystem', 'MSK::Cluster', 'Cassandra::Table'],
    ...['Timestream::Table', 'DSQL::Cluster', 'RDS::GlobalCluster', 'Backup::BackupVault', 'Route53::HostedZone', 'EC2::Volume'],
    ...['OpenSearchServerless::Collection', 'SSM::Parameter', 'Elasticsearch::Domain', 'SNS::Topic', 'DynamoDB::Table'],
  ])('AWS::%s', (type) => expect(statefulTypes.has(`AWS::${type}`)).toBe(true))

  test.each(['SQS::Queue', 'Lambda::Function', 'CloudWatch::Alarm', 'IAM::Role'])('not AWS::%s', (type) =>
    expect(statefulTypes.has(`AWS::${type}`)).toBe(false),
  )
})
