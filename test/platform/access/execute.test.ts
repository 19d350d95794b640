import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { executeTrust } from '../../../src/platform/access/trust.ts'
import { type Ask, judge } from '../../world/iam.ts'
import { account, anEnvironment, platformBucket } from './grounds.ts'
import { policiesIn } from './requests.ts'

const role = policiesIn(anEnvironment(), 'towpath-staging-execute')
const boundary = policiesIn(anEnvironment(), 'towpath-staging-boundary')
const here = { 'aws:RequestedRegion': 'eu-west-1' }
const iam = (resource: string) => `arn:aws:iam::${account}:${resource}`
const bounded = { ...here, 'iam:PermissionsBoundary': iam('policy/towpath-staging-boundary') }

/**
 * What CloudFormation asks to make each type of the starter platform and its examples, and to take it away again. Source: the handlers'
 * permissions in CloudFormation's public schemas of these types.
 */
const handlers: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'],
  'AWS::DynamoDB::Table': ['dynamodb:CreateTable', 'dynamodb:DescribeTable', 'dynamodb:UpdateTable', 'dynamodb:DeleteTable'],
  'AWS::EC2::EIP': ['ec2:AllocateAddress', 'ec2:ReleaseAddress', 'ec2:DescribeAddresses', 'ec2:CreateTags'],
  'AWS::EC2::InternetGateway': ['ec2:CreateInternetGateway', 'ec2:DeleteInternetGateway', 'ec2:CreateTags', 'ec2:DescribeInternetGateways'],
  'AWS::EC2::NatGateway': ['ec2:CreateNatGateway', 'ec2:DeleteNatGateway', 'ec2:DescribeNatGateways', 'ec2:CreateTags'],
  'AWS::EC2::Route': ['ec2:CreateRoute', 'ec2:ReplaceRoute', 'ec2:DeleteRoute', 'ec2:DescribeRouteTables'],
  'AWS::EC2::RouteTable': ['ec2:CreateRouteTable', 'ec2:DeleteRouteTable', 'ec2:CreateTags', 'ec2:DescribeRouteTables'],
  'AWS::EC2::SecurityGroup': [
    'ec2:CreateSecurityGroup',
    'ec2:DeleteSecurityGroup',
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:RevokeSecurityGroupEgress',
  ],
  'AWS::EC2::Subnet': ['ec2:CreateSubnet', 'ec2:ModifySubnetAttribute', 'ec2:DeleteSubnet', 'ec2:DescribeSubnets'],
  'AWS::EC2::SubnetRouteTableAssociation': ['ec2:AssociateRouteTable', 'ec2:DisassociateRouteTable', 'ec2:ReplaceRouteTableAssociation'],
  'AWS::EC2::VPC': ['ec2:CreateVpc', 'ec2:ModifyVpcAttribute', 'ec2:DeleteVpc', 'ec2:DescribeVpcs', 'ec2:DescribeAvailabilityZones'],
  'AWS::EC2::VPCEndpoint': ['ec2:CreateVpcEndpoint', 'ec2:ModifyVpcEndpoint', 'ec2:DeleteVpcEndpoints', 'ec2:DescribeVpcEndpoints'],
  'AWS::EC2::VPCGatewayAttachment': ['ec2:AttachInternetGateway', 'ec2:DetachInternetGateway', 'ec2:DescribeInternetGateways'],
  // CloudFormation's own: no call is made for it.
  'AWS::CloudFormation::WaitConditionHandle': [],
  'AWS::CodeDeploy::Application': ['codedeploy:CreateApplication', 'codedeploy:UpdateApplication', 'codedeploy:DeleteApplication'],
  'AWS::CodeDeploy::DeploymentGroup': [
    'codedeploy:CreateDeploymentGroup',
    'codedeploy:UpdateDeploymentGroup',
    'codedeploy:DeleteDeploymentGroup',
    'codedeploy:GetDeploymentGroup',
  ],
  'AWS::IAM::Policy': ['iam:PutRolePolicy', 'iam:GetRolePolicy', 'iam:DeleteRolePolicy'],
  'AWS::IAM::Role': [
    'iam:CreateRole',
    'iam:PutRolePolicy',
    'iam:AttachRolePolicy',
    'iam:GetRole',
    'iam:DeleteRolePolicy',
    'iam:DeleteRole',
    'iam:TagRole',
  ],
  'AWS::Lambda::EventSourceMapping': ['lambda:CreateEventSourceMapping', 'lambda:GetEventSourceMapping', 'lambda:DeleteEventSourceMapping'],
  'AWS::Lambda::Function': [
    'lambda:CreateFunction',
    'lambda:UpdateFunctionCode',
    'lambda:GetFunction',
    'lambda:DeleteFunction',
    'lambda:TagResource',
  ],
  'AWS::Lambda::Permission': ['lambda:AddPermission', 'lambda:RemovePermission', 'lambda:GetPolicy'],
  'AWS::Logs::LogGroup': ['logs:CreateLogGroup', 'logs:PutRetentionPolicy', 'logs:DeleteLogGroup', 'logs:DescribeLogGroups'],
  'AWS::Logs::MetricFilter': ['logs:PutMetricFilter', 'logs:DescribeMetricFilters', 'logs:DeleteMetricFilter'],
  'AWS::SNS::Subscription': ['sns:Subscribe', 'sns:Unsubscribe'],
  'AWS::SNS::Topic': ['sns:CreateTopic', 'sns:SetTopicAttributes', 'sns:DeleteTopic'],
  'AWS::SQS::Queue': ['sqs:CreateQueue', 'sqs:SetQueueAttributes', 'sqs:DeleteQueue', 'sqs:GetQueueAttributes'],
  'AWS::SQS::QueuePolicy': ['sqs:SetQueueAttributes'],
}

/** Every resource type that the starter platform and the examples name. */
async function typesUsed(): Promise<readonly string[]> {
  const root = resolve(import.meta.dirname, '../../..')
  const folders = [
    'platform/cloudFormation',
    ...['greeter', 'counter'].flatMap((name) => ['additions', 'overrides'].map((kind) => `examples/${name}/cloudFormation/${kind}`)),
  ]
  const texts = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(root, folder))
      return Promise.all(names.map((name) => readFile(join(root, folder, name), 'utf8')))
    }),
  )
  return [...new Set(texts.flat().flatMap((text) => text.match(/\bAWS::\w+::\w+(?=\s*$)/gm) ?? []))]
    .filter((type) => !type.startsWith('AWS::SSM'))
    .sort()
}

describe('the role that CloudFormation takes', () => {
  test('may make all that the starter platform and its examples hold', async () => {
    const types = await typesUsed()
    expect(types).toContain('AWS::Lambda::Function')
    const refused = types.flatMap((type) => {
      const actions = handlers[type]
      if (!actions) throw new Error(`what ${type} asks is not known here: add it`)
      return actions.filter((action) => judge(role, { action, resource: iamOr(action), keys: bounded }) !== 'allowed')
    })
    expect(refused).toEqual([])
  })

  const iamOr = (action: string): string => (action.startsWith('iam:') ? iam('role/greeter-staging-function-Role-1') : '*')

  test('hands roles to CodeDeploy', () => {
    const keys = { 'iam:PassedToService': 'codedeploy.amazonaws.com' }
    expect(judge(role, { action: 'iam:PassRole', resource: iam('role/x'), keys })).toBe('allowed')
  })

  test('hands roles to functions, and reads the code that they are made of', () => {
    expect(judge(role, { action: 'iam:PassRole', resource: iam('role/x'), keys: { 'iam:PassedToService': 'lambda.amazonaws.com' } })).toBe(
      'allowed',
    )
    expect(judge(role, { action: 's3:GetObject', resource: 'arn:aws:s3:::acme-staging/blobs/sha256/abc' })).toBe('allowed')
  })

  const grants = ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:PutRolePermissionsBoundary']
  test.each<[string, Ask]>([
    ...grants.map((action): [string, Ask] => [`${action} without a boundary`, { action, resource: iam('role/x'), keys: here }]),
    ...grants.map((action): [string, Ask] => [
      `${action} under another boundary`,
      { action, resource: iam('role/x'), keys: { ...here, 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/AdministratorAccess' } },
    ]),
    ['take a boundary off', { action: 'iam:DeleteRolePermissionsBoundary', resource: iam('role/x'), keys: bounded }],
    ['touch our roles', { action: 'iam:UpdateAssumeRolePolicy', resource: iam('role/towpath-staging-deploy') }],
    [
      'hand our roles on',
      { action: 'iam:PassRole', resource: iam('role/towpath-staging-execute'), keys: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    ],
    ['widen the boundary', { action: 'iam:CreatePolicyVersion', resource: iam('policy/towpath-staging-boundary') }],
    [
      'change the provider',
      { action: 'iam:UpdateOpenIDConnectProviderThumbprint', resource: iam('oidc-provider/token.actions.githubusercontent.com') },
    ],
    ['make users', { action: 'iam:CreateUser', resource: iam('user/x') }],
    ['hand roles to machines', { action: 'iam:PassRole', resource: iam('role/x'), keys: { 'iam:PassedToService': 'ec2.amazonaws.com' } }],
    ['start machines', { action: 'ec2:RunInstances', resource: '*', keys: here }],
    ['work in another region', { action: 'sqs:CreateQueue', resource: '*', keys: { 'aws:RequestedRegion': 'us-east-1' } }],
    [
      'change the ground',
      { action: 'cloudformation:UpdateStack', resource: `arn:aws:cloudformation:eu-west-1:${account}:stack/towpath-environment-staging/1` },
    ],
    ['write to our buckets', { action: 's3:PutObject', resource: `arn:aws:s3:::${platformBucket}/services/a/owner.json` }],
    ['open our buckets', { action: 's3:PutBucketPolicy', resource: 'arn:aws:s3:::acme-staging' }],
  ])('may not: %s', (_, ask) => expect(judge(role, ask)).not.toBe('allowed'))

  test('keeps its guards under policies of the platform team, and loses the default', () => {
    const other = policiesIn(anEnvironment({ executePolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] }), 'towpath-staging-execute')
    expect(judge(other, { action: 'sqs:CreateQueue', resource: '*', keys: here })).toBe('denied')
    expect(judge(other, { action: 'iam:PutRolePolicy', resource: iam('role/towpath-publish') })).toBe('explicitly denied')
    expect(judge(other, { action: 's3:DeleteObject', resource: `arn:aws:s3:::${platformBucket}/x` })).toBe('explicitly denied')
  })

  test('is taken by CloudFormation for stacks of this account, and by nobody else', () => {
    const trust = [executeTrust({ partition: 'aws', account, region: 'eu-west-1' })]
    const ask = (source: string, name = 'cloudformation.amazonaws.com') =>
      judge(trust, { action: 'sts:AssumeRole', resource: '*', keys: { 'aws:SourceAccount': source } }, { kind: 'Service', name })
    expect(ask(account)).toBe('allowed')
    expect(ask('222222222222')).toBe('denied')
    expect(ask(account, 'lambda.amazonaws.com')).toBe('denied')
  })
})

describe('the boundary of what stacks make', () => {
  test('lets services work', () => {
    for (const action of [
      'sqs:SendMessage',
      'dynamodb:PutItem',
      'logs:PutLogEvents',
      's3:GetObject',
      'ec2:CreateNetworkInterface',
      'kms:Decrypt',
    ])
      expect(judge(boundary, { action, resource: '*' })).toBe('allowed')
  })

  test.each<[string, Ask]>([
    ['make rights', { action: 'iam:CreateRole', resource: '*' }],
    ['hand roles on', { action: 'iam:PassRole', resource: '*' }],
    ['work through stacks, which have a role of their own', { action: 'cloudformation:UpdateStack', resource: '*' }],
    ['take our roles', { action: 'sts:AssumeRole', resource: iam('role/towpath-staging-deploy') }],
    ['leave the organisation', { action: 'organizations:LeaveOrganization', resource: '*' }],
    ['write to our buckets', { action: 's3:PutObject', resource: `arn:aws:s3:::${platformBucket}/services/a/owner.json` }],
  ])('lets nobody %s', (_, ask) => expect(judge(boundary, ask)).toBe('explicitly denied'))
})

/** Source: IAM user guide, IAM and STS quotas. */
test('no role takes more than IAM takes', () => {
  for (const name of ['deploy', 'plan', 'execute']) {
    const size = policiesIn(anEnvironment({ bucket: `${'b'.repeat(63)}` }), `towpath-staging-${name}`).map(
      (document) => JSON.stringify(document).length,
    )
    expect(size.reduce((sum, one) => sum + one, 0)).toBeLessThan(10_240)
  }
  expect(JSON.stringify(boundary[0]).length).toBeLessThan(6_144)
})
