import { TowpathError } from '../../errors.ts'
import { type AccountPlace, boundaryName, iamArn, roleName } from '../../platform/access/place.ts'
import { bucketStackName, environmentStackName } from '../../platform/access/stack-access.ts'
import { environmentTrusts, requireRoom } from '../../platform/access/trust.ts'
import type { BootstrapStack } from '../../platform/bootstrap-stack.ts'
import { environmentStack } from '../../platform/environment-stack.ts'
import { isStackName } from '../../service/names.ts'
import type { Stack } from '../../stack/stacks.ts'
import type { World } from '../world.ts'
import { type Account, deployBootstrapStack, openAccount, requireBucketName } from './account.ts'
import { callersOf, type Lists, recall, remembered, trustLimit } from './lists.ts'
import { type Bootstrapped, listsOf, type PlatformInputs } from './platform.ts'
import { findBootstrapStack } from './stack.ts'

/** IAM takes 64 characters for a role's name, and 'towpath-…-execute' is the longest of ours. */
const LONGEST_NAME = 48

interface EnvironmentInputs extends PlatformInputs {
  readonly environment: string
}

/** Makes an environment's bucket, where it needs one of its own, its roles, and the provider that they trust. */
export async function bootstrapEnvironment(inputs: EnvironmentInputs, world: World): Promise<Bootstrapped> {
  const { environment, bucket: platformBucket } = inputs
  requireEnvironmentName(environment)
  if (inputs.trust.length > 0)
    throw new TowpathError('bad-input', '--trust is about the platform bucket', {
      hint: 'leave --environment out, with credentials of the account of the platform bucket',
    })
  const account = await openAccount(world)
  const name: Pick<BootstrapStack, 'stack' | 'tag'> = { stack: environmentStackName(environment), tag: ['towpath:ground-of', environment] }
  const live = await findBootstrapStack(
    account.client,
    name,
    "that platform bucket has the name of this environment's stack: give the environment another name",
  )
  const lists = recall(live, listsOf(inputs), world.log)
  const callers = callersOf(lists)
  const operators = operatorsOf(lists, account.place)
  if (callers === undefined)
    world.log.warn(`no workflow may take the roles of '${environment}' yet: name those that may with --repository and --workflows`)
  for (const [role, trust] of Object.entries(environmentTrusts(account.place, environment, operators)))
    if (callers) requireRoom(roleName(environment, role as 'deploy' | 'plan'), trust, callers, trustLimit(inputs['trust-characters']))
  const executePolicies = policiesOf(lists, world)
  const serves = await isHere(account, platformBucket)
  const bucket = inputs['environment-bucket'] ?? live?.outputs.Bucket ?? (serves ? platformBucket : `${platformBucket}-${environment}`)
  requireBucketName(bucket)
  const ownBucket = bucket !== platformBucket
  const facts = {
    ...account.place,
    environment,
    platformBucket,
    bucket,
    callers,
    operators,
    executePolicies,
    stacks: lists.stack,
    ownBucket,
  }
  const stack = environmentStack(facts, remembered(lists))
  const deployed = await deployBootstrapStack(world, account, live, stack, inputs['dry-run'])
  return {
    ...deployed,
    bucket,
    roles: stack.roles,
    boundary: iamArn(account.place, `policy/${boundaryName(environment)}`),
    descriptor: descriptorLines(account.place, environment, ownBucket ? bucket : undefined, platformRoles(stack.roles, operators)),
    next: [
      ...(executePolicies.length > 0 ? [] : boundaryLines(account.place, environment)),
      ...(serves ? [] : tenantLines(account.place, platformBucket, environment)),
    ],
  }
}

function requireEnvironmentName(environment: string): void {
  if (isStackName(environment) && environment.length <= LONGEST_NAME) return
  throw new TowpathError('bad-input', `'${environment}' is no name for an environment`, {
    hint: `lower case letters and digits, beginning with a letter, at most ${LONGEST_NAME}: as platform.yml declares it`,
  })
}

/** What CloudFormation may do is the platform team's choice, but a policy that allows nearly everything is told. */
function policiesOf({ 'execute-policy': policies }: Lists, { log }: World): readonly string[] {
  for (const arn of policies) {
    if (!/^arn:[\w-]+:iam::(aws|\d{12}):policy\/\S+$/.test(arn))
      throw new TowpathError('bad-input', `'${arn}' is no ARN of a policy`, {
        hint: 'such as arn:aws:iam::222222222222:policy/acme-stacks',
      })
    if (/policy\/(AdministratorAccess|PowerUserAccess|IAMFullAccess)$/.test(arn))
      log.warn(`${arn}: whoever can deploy can then do what it allows, by a template`)
  }
  return policies
}

/** True if the platform bucket was made in this account and region, so that it serves the environment too. */
async function isHere({ client }: Account, bucket: string): Promise<boolean> {
  const stack: Stack | undefined = await client.stacks.describe(bucketStackName(bucket))
  return stack?.tags['towpath:bucket'] === bucket
}

/** The roles and users of the environment's own account that may act by hand. */
function operatorsOf({ operator: arns }: Lists, { account }: AccountPlace): readonly string[] {
  for (const arn of arns)
    if (!/^arn:[\w-]+:iam::\d{12}:(role|user)\/[\w+=,.@/-]+$/.test(arn) || arn.split(':')[4] !== account)
      throw new TowpathError('bad-input', `'${arn}' is no ARN of a role or user in account ${account}`, {
        hint: `such as arn:aws:iam::${account}:role/operators; of a session, give the role's own ARN`,
      })
  return arns
}

/**
 * The roles that go into platform.yml. Workflows take `plan` and `deploy` by their names. In platform.yml the two bind people too, so they are
 * only there if people may take them.
 */
function platformRoles({ execute = '', ...others }: BootstrapStack['roles'], operators: readonly string[]): BootstrapStack['roles'] {
  return operators.length > 0 ? { ...others, execute } : { execute }
}

function descriptorLines(
  { account, region }: AccountPlace,
  environment: string,
  bucket: string | undefined,
  roles: BootstrapStack['roles'],
): string {
  return [
    `  ${environment}:`,
    `    account: "${account}"`,
    `    region: ${region}`,
    ...(bucket === undefined ? [] : [`    bucket: ${bucket}`]),
    '    roles:',
    ...Object.entries(roles).map(([name, arn]) => `      ${name}: ${arn}`),
  ].join('\n')
}

function boundaryLines(place: AccountPlace, environment: string): string[] {
  return [
    'a role that a stack makes there must have this permissions boundary (in the starter platform: parameters: { function: { PermissionsBoundary: … } }):',
    `  ${iamArn(place, `policy/${boundaryName(environment)}`)}`,
  ]
}

function tenantLines({ account }: AccountPlace, bucket: string, environment: string): string[] {
  return [
    'let its roles reach the platform bucket, with credentials of the account of that bucket and every other environment beside it:',
    `  towpath bootstrap --bucket ${bucket} --trust ${environment}=${account}`,
  ]
}
