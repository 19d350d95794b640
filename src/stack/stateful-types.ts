/**
 * Types whose removal or replacement loses data, or an address that others keep. Sources, beside each group: the stateful types of cfn-lint
 * (rule I3011, which asks for a policy on them) and of AWS CDK's guard against replacing stateful resources; for addresses, the user guide of
 * the service named.
 */
const groups: readonly (readonly string[])[] = [
  // cfn-lint I3011.
  [
    'AWS::Backup::BackupVault',
    'AWS::Cognito::UserPool',
    'AWS::DocDB::DBCluster',
    'AWS::DynamoDB::GlobalTable',
    'AWS::DynamoDB::Table',
    'AWS::EC2::Volume',
    'AWS::EFS::FileSystem',
    'AWS::EMR::Cluster',
    'AWS::ElastiCache::CacheCluster',
    'AWS::ElastiCache::ReplicationGroup',
    'AWS::Elasticsearch::Domain',
    'AWS::FSx::FileSystem',
    'AWS::KMS::Key',
    'AWS::Kinesis::Stream',
    'AWS::Neptune::DBCluster',
    'AWS::Neptune::DBInstance',
    'AWS::OpenSearchService::Domain',
    'AWS::RDS::DBCluster',
    'AWS::RDS::DBInstance',
    'AWS::Redshift::Cluster',
    'AWS::S3::Bucket',
    'AWS::SDB::Domain',
    'AWS::SecretsManager::Secret',
  ],
  // The user guide of each: deleting it deletes what is stored in it.
  [
    'AWS::Cassandra::Keyspace',
    'AWS::Cassandra::Table',
    'AWS::DSQL::Cluster',
    'AWS::DocDB::GlobalCluster',
    'AWS::DocDBElastic::Cluster',
    'AWS::ECR::PublicRepository',
    'AWS::ECR::Repository',
    'AWS::ElastiCache::GlobalReplicationGroup',
    'AWS::ElastiCache::ServerlessCache',
    'AWS::FSx::Volume',
    'AWS::KMS::ReplicaKey',
    'AWS::MSK::Cluster',
    'AWS::MSK::ServerlessCluster',
    'AWS::MemoryDB::Cluster',
    'AWS::MemoryDB::MultiRegionCluster',
    'AWS::Neptune::GlobalCluster',
    'AWS::OpenSearchServerless::Collection',
    'AWS::QLDB::Ledger',
    'AWS::RDS::GlobalCluster',
    'AWS::RedshiftServerless::Namespace',
    'AWS::S3Express::DirectoryBucket',
    'AWS::S3Tables::Table',
    'AWS::S3Tables::TableBucket',
    'AWS::SSM::Parameter',
    'AWS::Timestream::Database',
    'AWS::Timestream::InfluxDBInstance',
    'AWS::Timestream::Table',
  ],
  // Addresses that others keep. Route 53: a new zone has other name servers. SNS: a new topic has no subscribers of its own accord.
  ['AWS::Route53::HostedZone', 'AWS::SNS::Topic'],
  // A nested stack holds what its resources hold.
  ['AWS::CloudFormation::Stack'],
]

export const statefulTypes: ReadonlySet<string> = new Set(groups.flat())
