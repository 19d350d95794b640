import { keyPatterns } from '../../bucket/keys.ts'
import { boundaryName, bucketArn, type Ground, iamArn, objectArns, stackArn } from './place.ts'
import { allow, deny, type Statement } from './policy.ts'
import { foundations } from './stack-access.ts'

/** The services whose resources CloudFormation may make where the platform team says nothing else: those of the starter platform. */
const services = ['lambda', 'sqs', 'sns', 'dynamodb', 'logs', 'cloudwatch', 'events', 'codedeploy']

/** A network, and nothing that runs in it. */
const network = [
  'ec2:Describe*',
  'ec2:CreateTags',
  'ec2:DeleteTags',
  ...['Vpc', 'Subnet', 'RouteTable', 'Route', 'InternetGateway', 'NatGateway', 'SecurityGroup'].flatMap((what) => [
    `ec2:Create${what}`,
    `ec2:Delete${what}`,
  ]),
  'ec2:ModifyVpcAttribute',
  'ec2:ModifySubnetAttribute',
  'ec2:ReplaceRoute',
  'ec2:AssociateRouteTable',
  'ec2:DisassociateRouteTable',
  'ec2:ReplaceRouteTableAssociation',
  'ec2:AttachInternetGateway',
  'ec2:DetachInternetGateway',
  'ec2:AllocateAddress',
  'ec2:ReleaseAddress',
  'ec2:DisassociateAddress',
  'ec2:CreateVpcEndpoint',
  'ec2:ModifyVpcEndpoint',
  'ec2:DeleteVpcEndpoints',
  'ec2:AuthorizeSecurityGroup*',
  'ec2:RevokeSecurityGroup*',
  'ec2:ModifySecurityGroupRules',
  'ec2:UpdateSecurityGroupRuleDescriptions*',
]

/** What gives a role rights: allowed only while the role is bounded. */
const granting = ['CreateRole', 'PutRolePolicy', 'AttachRolePolicy', 'PutRolePermissionsBoundary'].map((name) => `iam:${name}`)

/** What does not. Reading is needed by CloudFormation itself, which looks at what is there. */
const handling = [
  ...['GetRole', 'GetRolePolicy', 'ListRolePolicies', 'ListAttachedRolePolicies', 'ListRoleTags', 'ListInstanceProfilesForRole'],
  ...['DeleteRole', 'DeleteRolePolicy', 'DetachRolePolicy', 'UpdateRole', 'UpdateRoleDescription', 'UpdateAssumeRolePolicy'],
  ...['TagRole', 'UntagRole'],
].map((name) => `iam:${name}`)

/** What CloudFormation may make by default. The platform team replaces it by policies of its own (`--execute-policy`). */
export function defaultExecuteAccess(ground: Ground): readonly Statement[] {
  const here = { StringEquals: { 'aws:RequestedRegion': ground.region } }
  const roles = [iamArn(ground, 'role/*')]
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': iamArn(ground, `policy/${boundaryName(ground.environment)}`) } }
  return [
    allow(
      'Services',
      services.map((service) => `${service}:*`),
      ['*'],
      here,
    ),
    allow('Network', network, ['*'], here),
    allow('Parameters', ['ssm:GetParameters'], ['*'], here),
    allow('BoundedRoles', granting, roles, bounded),
    allow('Roles', handling, roles),
    allow('PassToFunctions', ['iam:PassRole'], roles, { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }),
    allow('PassToCodeDeploy', ['iam:PassRole'], roles, { StringEquals: { 'iam:PassedToService': 'codedeploy.amazonaws.com' } }),
    allow('ServiceRoles', ['iam:CreateServiceLinkedRole'], [iamArn(ground, 'role/aws-service-role/*')]),
    allow('NestedStacks', nesting, [stackArn(ground, `*-${ground.environment}-*`)]),
  ]
}

const nesting = ['CreateStack', 'UpdateStack', 'DeleteStack', 'DescribeStacks', 'DescribeStackEvents'].map(
  (name) => `cloudformation:${name}`,
)

/** What CloudFormation needs under any policy (the code it hands to Lambda, templates by URL), and may do under none. */
export function executeGuards(ground: Ground): readonly Statement[] {
  return [
    allow('Blobs', ['s3:GetObject'], objectArns(ground, ground.bucket, [keyPatterns.blobs])),
    deny('OwnGround', ['iam:*'], ownGround(ground)),
    deny('Foundations', ['cloudformation:*'], foundations(ground)),
    deny('Buckets', bucketChanges, bucketsAndObjects(ground)),
  ]
}

/**
 * The most that a role can do which a stack makes: what services do while they run, and nothing that would give them more than that. It
 * allows nothing by itself.
 */
export function boundary(ground: Ground): readonly Statement[] {
  return [
    allow('Anything', ['*'], ['*']),
    deny('Rights', ['iam:*', 'organizations:*', 'account:*', 'cloudformation:*'], ['*']),
    deny('OwnGround', ['sts:AssumeRole'], ownGround(ground)),
    deny('Buckets', bucketChanges, bucketsAndObjects(ground)),
  ]
}

const bucketChanges = ['s3:Put*', 's3:Delete*', 's3:Create*', 's3:Restore*', 's3:Replicate*', 's3:Bypass*', 's3:Abort*', 's3:Update*']

/** Towpath's roles and policies, and the provider that they trust. */
function ownGround(ground: Ground): readonly string[] {
  return [iamArn(ground, 'role/towpath-*'), iamArn(ground, 'policy/towpath-*'), iamArn(ground, 'oidc-provider/*')]
}

function bucketsAndObjects(ground: Ground): readonly string[] {
  return [...new Set([ground.platformBucket, ground.bucket])].flatMap((bucket) => [
    bucketArn(ground, bucket),
    `${bucketArn(ground, bucket)}/*`,
  ])
}
