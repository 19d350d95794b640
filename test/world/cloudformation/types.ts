import { createHash } from 'node:crypto'
import type { Json } from '../../../src/json.ts'
import type { Members } from './model.ts'

type Recreation = 'Always' | 'Conditionally'

/** What the fake knows of a resource type. */
interface Kind {
  /** The property that names the physical resource. Changing it always replaces. */
  readonly name?: string
  /** Other properties whose change replaces. */
  readonly recreation?: Readonly<Record<string, Recreation>>
  /** The attributes of Fn::GetAtt; any is accepted where none are listed. */
  readonly attributes?: readonly string[]
  /** What `Ref` gives, where it is not the name. */
  readonly id?: (name: string, place: Place) => string
  readonly arn?: (name: string, place: Place) => string
}

export interface Place {
  readonly region: string
  readonly account: string
}

const arn =
  (service: string, before = '') =>
  (name: string, place: Place) =>
    `arn:aws:${service}:${place.region}:${place.account}:${before}${name}`
const globally = (service: string, before: string) => (name: string, place: Place) =>
  `arn:aws:${service}::${place.account}:${before}${name}`

/** Source: resource and property reference of CloudFormation, "Update requires" and "Return values", for the types our templates use. */
const kinds: Readonly<Record<string, Kind>> = {
  'AWS::S3::Bucket': {
    name: 'BucketName',
    attributes: ['Arn', 'DomainName', 'DualStackDomainName', 'RegionalDomainName', 'WebsiteURL'],
    arn: (name) => `arn:aws:s3:::${name}`,
  },
  'AWS::DynamoDB::Table': {
    name: 'TableName',
    recreation: { KeySchema: 'Always', LocalSecondaryIndexes: 'Always', AttributeDefinitions: 'Conditionally' },
    attributes: ['Arn', 'StreamArn'],
    arn: arn('dynamodb', 'table/'),
  },
  'AWS::SQS::Queue': {
    name: 'QueueName',
    recreation: { FifoQueue: 'Always' },
    attributes: ['Arn', 'QueueName', 'QueueUrl'],
    id: (name, { region, account }) => `https://sqs.${region}.amazonaws.com/${account}/${name}`,
    arn: arn('sqs'),
  },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    recreation: { FifoTopic: 'Always' },
    attributes: ['TopicArn', 'TopicName'],
    id: arn('sns'),
    arn: arn('sns'),
  },
  'AWS::Lambda::Function': {
    name: 'FunctionName',
    recreation: { PackageType: 'Always' },
    attributes: ['Arn', 'SnapStartResponse.ApplyOn', 'SnapStartResponse.OptimizationStatus'],
    arn: arn('lambda', 'function:'),
  },
  'AWS::RDS::DBInstance': {
    name: 'DBInstanceIdentifier',
    recreation: {
      Engine: 'Conditionally',
      DBName: 'Always',
      MasterUsername: 'Always',
      StorageEncrypted: 'Always',
      DBSubnetGroupName: 'Always',
    },
    arn: arn('rds', 'db:'),
  },
  'AWS::RDS::DBCluster': {
    name: 'DBClusterIdentifier',
    recreation: { Engine: 'Always', DatabaseName: 'Always', StorageEncrypted: 'Always' },
    arn: arn('rds', 'cluster:'),
  },
  'AWS::IAM::Role': { name: 'RoleName', recreation: { Path: 'Always' }, attributes: ['Arn', 'RoleId'], arn: globally('iam', 'role/') },
  'AWS::IAM::User': { name: 'UserName', arn: globally('iam', 'user/') },
  'AWS::IAM::Group': { name: 'GroupName', arn: globally('iam', 'group/') },
  'AWS::IAM::ManagedPolicy': { name: 'ManagedPolicyName', id: globally('iam', 'policy/'), arn: globally('iam', 'policy/') },
  'AWS::IAM::InstanceProfile': { name: 'InstanceProfileName', arn: globally('iam', 'instance-profile/') },
  'AWS::Logs::LogGroup': { name: 'LogGroupName', arn: arn('logs', 'log-group:') },
  'AWS::SSM::Parameter': { name: 'Name', recreation: { DataType: 'Always' }, attributes: ['Type', 'Value'] },
  'AWS::EC2::SecurityGroup': {
    name: 'GroupName',
    recreation: { GroupDescription: 'Always', VpcId: 'Always' },
    attributes: ['GroupId', 'VpcId', 'Id'],
  },
  'AWS::EC2::Instance': { recreation: { ImageId: 'Always', SubnetId: 'Always', InstanceType: 'Conditionally' } },
  'AWS::CloudFormation::WaitConditionHandle': {},
  /** For tests that want nothing of a real type: `Name` names, `Shape` replaces, `Mode` may. */
  'Test::Towpath::Thing': { name: 'Name', recreation: { Shape: 'Always', Mode: 'Conditionally' }, arn: arn('test', 'thing/') },
}

const kindOf = (type: string): Kind => kinds[type] ?? {}

/** What a change of a property does to the physical resource. */
export function recreationOf(type: string, property: string): 'Always' | 'Conditionally' | 'Never' {
  const kind = kindOf(type)
  return kind.name === property ? 'Always' : (kind.recreation?.[property] ?? 'Never')
}

/** The name that a template gives a resource, if it does. */
export function givenName(type: string, properties: Members): string | undefined {
  const { name } = kindOf(type)
  const given = name === undefined ? undefined : properties[name]
  return typeof given === 'string' ? given : undefined
}

/** The physical id of a new resource: its given name, or one made of the stack, the logical id and a number nobody else has. */
export function physicalIdOf(type: string, logicalId: string, properties: Members, stack: string, number: number, place: Place): string {
  const random = createHash('sha256').update(`${stack}/${logicalId}/${number}`).digest('hex').slice(0, 12)
  const name = givenName(type, properties) ?? `${stack}-${logicalId}-${random}`
  const written = type === 'AWS::S3::Bucket' ? name.toLowerCase() : name
  return kindOf(type).id?.(written, place) ?? written
}

/** An attribute of a resource: invented, the same as long as the resource is the same; undefined if the type has no such attribute. */
export function attributeOf(type: string, physicalId: string, attribute: string, place: Place): string | undefined {
  const kind = kindOf(type)
  if (kind.attributes && !kind.attributes.includes(attribute)) return undefined
  const name = physicalId.slice(physicalId.search(/[^:/]+$/))
  if (attribute === 'QueueUrl') return physicalId
  if (attribute === 'QueueName' || attribute === 'TopicName') return name
  if (attribute !== 'Arn' && attribute !== 'TopicArn') return `${attribute}-of-${name}`
  return (kind.arn ?? arn('invented', `${type.replaceAll('::', '-')}/`))(name, place)
}

/** Why the resource's own service refuses its properties, for the few values that tests use to make a real resource fail. */
export function unacceptable(type: string, properties: Members): string | undefined {
  const seconds = properties.VisibilityTimeout
  if (type !== 'AWS::SQS::Queue' || seconds === undefined || (Number(seconds) >= 0 && Number(seconds) <= 43_200)) return undefined
  return `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and 43200, if provided.`
}

/** Types that can be kept as a snapshot. Source: CloudFormation user guide, DeletionPolicy attribute. */
export function snapshotted(type: string): boolean {
  return /^AWS::(EC2::Volume|ElastiCache::(CacheCluster|ReplicationGroup)|(RDS|DocDB|Neptune)::DB(Cluster|Instance)|Redshift::Cluster)$/.test(
    type,
  )
}

/** What happens to a resource that goes, where the template says nothing. Source: same page: RDS is kept as a snapshot by default. */
export function standardDeletionPolicy(type: string, properties: Members): string {
  const snapshot = type === 'AWS::RDS::DBCluster' || (type === 'AWS::RDS::DBInstance' && properties.DBClusterIdentifier === undefined)
  return snapshot ? 'Snapshot' : 'Delete'
}

/** Whether stack tags reach resources of a type. A rule of thumb: things do, relations and policies do not. */
export function taggable(type: string): boolean {
  return !/(Policy|Permission|Attachment|Association|Subscription|Handle|WaitCondition|Route|RecordSet|Alias)$/.test(type)
}

const iam = /^AWS::IAM::(AccessKey|Group|InstanceProfile|ManagedPolicy|Policy|Role|User|UserToGroupAddition)$/

/** The capability that a resource asks for, if any. Source: CloudFormation API reference, CreateChangeSet, Capabilities. */
export function capabilityOf(
  type: string,
  properties: Readonly<Record<string, Json>>,
): 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM' | undefined {
  if (!iam.test(type)) return undefined
  const { name } = kindOf(type)
  return name !== undefined && Object.hasOwn(properties, name) ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'
}
