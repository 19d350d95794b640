import type { ResourceChange } from './stacks.ts'

/**
 * Types whose removal or replacement loses data. The list is short on purpose: people soon permit every gate if some stop harmless changes.
 * Source: the stateful types of cfn-lint, less those that hold nothing of their own for long (queues, log groups, volumes of instances).
 */
export const statefulTypes: ReadonlySet<string> = new Set([
  'AWS::Cognito::UserPool',
  'AWS::DocDB::DBCluster',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::EFS::FileSystem',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::KMS::Key',
  'AWS::Kinesis::Stream',
  'AWS::Neptune::DBCluster',
  'AWS::OpenSearchService::Domain',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
])

/** A rule that stops a plan at one resource, and whether somebody permitted it. */
export interface Gate {
  readonly gate: 'stateful'
  /** What to give to --consent: `<stack>.<LogicalId>`. */
  readonly consent: string
  readonly type: string
  readonly reason: string
  readonly consented: boolean
}

/** The gates that a stack's changes meet. */
export function gatesOf(stack: string, changes: readonly ResourceChange[], consents: ReadonlySet<string>): readonly Gate[] {
  return changes.flatMap((change) => {
    const reason = statefulTypes.has(change.type) ? loss(change) : undefined
    const consent = `${stack}.${change.logicalId}`
    return reason === undefined ? [] : [{ gate: 'stateful' as const, consent, type: change.type, reason, consented: consents.has(consent) }]
  })
}

function loss({ action, policyAction, replacement }: ResourceChange): string | undefined {
  if (action === 'Remove' && policyAction !== 'Retain')
    return policyAction === 'Snapshot' ? 'removes it, keeping a snapshot' : 'removes it and its data'
  if (action === 'Modify' && policyAction === 'ReplaceAndDelete') return 'replaces it, deleting the one that holds the data'
  if (action === 'Modify' && replacement === 'True' && policyAction === undefined)
    return 'replaces it, and nothing says that the old one is kept'
  return undefined
}
