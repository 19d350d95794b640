import type { Json } from '../json.ts'
import { environmentAccess } from './access/bucket-access.ts'
import { boundary, defaultExecuteAccess, executeGuards } from './access/execute-access.ts'
import { boundaryName, type EnvironmentRole, type Ground, iamArn, roleName } from './access/place.ts'
import { policy, policyJson } from './access/policy.ts'
import { environmentStackName, stackAccess, tagSession } from './access/stack-access.ts'
import { deployTrust, executeTrust, planTrust, type Trusted } from './access/trust.ts'
import { type BootstrapStack, outputs } from './bootstrap-stack.ts'
import { bucketResources, environmentBucketIds } from './bucket-template.ts'
import { roleResource } from './role-resource.ts'

/** What an environment's stack is made of. */
export interface EnvironmentStackFacts extends Ground, Trusted {
  /** Policies by which CloudFormation may make resources; none: the default. */
  readonly executePolicies: readonly string[]
  /** Names of stacks that are called otherwise than Towpath calls them. */
  readonly stacks: readonly string[]
  /** True if the bucket is made here; false where the platform bucket serves. */
  readonly ownBucket: boolean
}

/** The stack of one environment: its bucket and its three roles, with the boundary of what its stacks make. */
export function environmentStack(ground: EnvironmentStackFacts, remembered: Readonly<Record<string, string>>): BootstrapStack {
  const { environment, bucket, ownBucket } = ground
  const names = { deploy: 'DeployRole', execute: 'ExecuteRole', plan: 'PlanRole' } as const
  const arn = (role: EnvironmentRole): string => iamArn(ground, `role/${roleName(environment, role)}`)
  return {
    stack: environmentStackName(environment),
    tag: ['towpath:ground-of', environment],
    buckets: ownBucket ? [bucket] : [],
    roles: { deploy: arn('deploy'), execute: arn('execute'), plan: arn('plan') },
    template: {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: `The environment ${environment} of Towpath: its bucket and its roles.`,
      Resources: {
        ...(ownBucket ? bucketResources(ground, bucket, environmentBucketIds) : {}),
        [names.deploy]: deployRole(ground),
        [names.plan]: planRole(ground),
        [names.execute]: executeRole(ground),
        Boundary: {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: {
            ManagedPolicyName: boundaryName(environment),
            Description: `The most that roles can do which stacks of ${environment} make.`,
            PolicyDocument: policyJson(policy(boundary(ground))),
          },
        },
      },
      Outputs: {
        Bucket: { Value: bucket },
        ...Object.fromEntries(Object.values(names).map((name) => [name, { Value: { 'Fn::GetAtt': [name, 'Arn'] } }])),
        Boundary: { Value: { Ref: 'Boundary' } },
        ...outputs(remembered),
      },
    },
  }
}

function deployRole(ground: EnvironmentStackFacts): Json {
  const name = roleName(ground.environment, 'deploy')
  return roleResource(name, `Applies releases to ${ground.environment}.`, deployTrust(ground, ground.environment, ground), [
    ...stackAccess(ground, 'deploy', ground.stacks),
    ...environmentAccess(ground, 'deploy'),
    tagSession(ground, name),
  ])
}

function planRole(ground: EnvironmentStackFacts): Json {
  const name = roleName(ground.environment, 'plan')
  return roleResource(name, `Makes releases and plans for ${ground.environment}.`, planTrust(ground, ground.environment, ground), [
    ...stackAccess(ground, 'plan', ground.stacks),
    ...environmentAccess(ground, 'plan'),
    tagSession(ground, name),
  ])
}

function executeRole(ground: EnvironmentStackFacts): Json {
  const { environment, executePolicies } = ground
  const granted = executePolicies.length > 0 ? [] : defaultExecuteAccess(ground)
  return roleResource(
    roleName(environment, 'execute'),
    `CloudFormation's own in ${environment}: makes what templates say.`,
    executeTrust(ground),
    [...granted, ...executeGuards(ground)],
    executePolicies,
  )
}
