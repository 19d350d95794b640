import { type Ground, iamArn, roleName, stackArn } from './place.ts'
import { allow, deny, type Statement } from './policy.ts'

/** What a plan asks of CloudFormation. A change set changes nothing until it is executed. */
const plans = [
  'cloudformation:DescribeStacks',
  'cloudformation:CreateChangeSet',
  'cloudformation:DescribeChangeSet',
  'cloudformation:ListChangeSets',
  'cloudformation:DeleteChangeSet',
  'cloudformation:GetTemplate',
]

/** What applying asks beyond it. */
const applies = ['cloudformation:ExecuteChangeSet', 'cloudformation:DescribeStackEvents', 'cloudformation:DeleteStack']

/**
 * The stacks of an environment, by their names: `<service>-<environment>-<stack>`, and those that carry another name.
 * @param others Names of stacks that services or the platform call otherwise in their descriptors.
 */
export function stackAccess(ground: Ground, role: 'plan' | 'deploy', others: readonly string[]): readonly Statement[] {
  const { partition, region } = ground
  const stacks = [`*-${ground.environment}-*`, ...others].map((name) => stackArn(ground, name))
  return [
    allow('Stacks', role === 'plan' ? plans : [...plans, ...applies], stacks),
    allow('Transforms', ['cloudformation:CreateChangeSet'], [`arn:${partition}:cloudformation:${region}:aws:transform/*`]),
    ...(role === 'deploy' ? [passExecute(ground)] : []),
    deny('Foundations', ['cloudformation:*'], foundations(ground)),
  ]
}

/**
 * The deploying role gives CloudFormation the executing one, that one alone, and to nobody else. The planning role gives none: a change set
 * without a role is made for the stack's own. Source: CloudFormation API reference, CreateChangeSet, RoleARN.
 */
function passExecute(ground: Ground): Statement {
  const execute = iamArn(ground, `role/${roleName(ground.environment, 'execute')}`)
  return allow('PassExecute', ['iam:PassRole'], [execute], { StringEquals: { 'iam:PassedToService': 'cloudformation.amazonaws.com' } })
}

/** A role takes itself again to carry session tags. */
export function tagSession(place: Pick<Ground, 'partition' | 'account'>, role: string): Statement {
  return allow('TagSession', ['sts:AssumeRole', 'sts:TagSession'], [iamArn(place, `role/${role}`)])
}

/** The stacks that bootstrap makes: whoever deploys must not reach the ground under it. */
export function foundations(ground: Ground): readonly string[] {
  return [stackArn(ground, environmentStackName('*')), stackArn(ground, bucketStackName(ground.platformBucket))]
}

/** The name of the stack that holds a platform bucket. Stack names have no dots. */
export function bucketStackName(bucket: string): string {
  return `towpath-${bucket.replaceAll('.', '-')}`.slice(0, 128)
}

/** The name of the stack that holds an environment's bucket and roles. */
export function environmentStackName(environment: string): string {
  return `towpath-environment-${environment}`
}
