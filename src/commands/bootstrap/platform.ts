import { TowpathError } from '../../errors.ts'
import { publishRole } from '../../platform/access/place.ts'
import { publishTrust, requireRoom } from '../../platform/access/trust.ts'
import { type BootstrapStack, platformStack } from '../../platform/bootstrap-stack.ts'
import type { World } from '../world.ts'
import { type BootstrapResult, deployBootstrapStack, openAccount } from './account.ts'
import { callersOf, type Lists, parseTenant, recall, remembered, trustLimit } from './lists.ts'
import { findBootstrapStack } from './stack.ts'

/** The flags of bootstrap that lists come from, as they were given. */
export type GivenLists = Omit<Lists, 'default-branch'> & { readonly 'default-branch': string | undefined }

export interface PlatformInputs extends GivenLists {
  readonly bucket: string
  readonly 'environment-bucket': string | undefined
  readonly 'trust-characters': string | undefined
  readonly 'dry-run': boolean
}

/** What bootstrap came to. */
export interface Bootstrapped extends BootstrapResult {
  readonly bucket: string
  readonly roles: BootstrapStack['roles']
  readonly boundary: string | null
  readonly descriptor: string | null
  readonly next: readonly string[]
}

/** Makes the platform bucket, with the role that publishes where a repository for it is named, and lets environments in. */
export async function bootstrapPlatform(inputs: PlatformInputs, world: World): Promise<Bootstrapped> {
  refuseFlags(inputs)
  const account = await openAccount(world)
  const { bucket } = inputs
  const empty = platformStack({ ...account.place, bucket, callers: undefined, tenants: [] }, {})
  const live = await findBootstrapStack(account.client, empty, 'choose a bucket name that differs by more than dots and hyphens')
  const lists = recall(live, listsOf(inputs), world.log)
  const callers = callersOf(lists)
  if (callers) requireRoom(publishRole, (some) => publishTrust(account.place, some), callers, trustLimit(inputs['trust-characters']))
  const stack = platformStack({ ...account.place, bucket, callers, tenants: lists.trust.map(parseTenant) }, remembered(lists))
  const deployed = await deployBootstrapStack(world, account, live, stack, inputs['dry-run'])
  return { ...deployed, bucket, roles: stack.roles, boundary: null, descriptor: null, next: [] }
}

export function listsOf(inputs: GivenLists): Lists {
  const { repository, workflows, operator, 'execute-policy': executePolicy, stack, trust, 'default-branch': branch } = inputs
  return {
    repository,
    workflows,
    operator,
    'default-branch': branch === undefined ? [] : [branch],
    'execute-policy': executePolicy,
    stack,
    trust,
  }
}

function refuseFlags(inputs: PlatformInputs): void {
  const given = {
    'environment-bucket': inputs['environment-bucket'],
    operator: inputs.operator[0],
    'execute-policy': inputs['execute-policy'][0],
    stack: inputs.stack[0],
  }
  const [flag] = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (flag !== undefined)
    throw new TowpathError('bad-input', `--${flag} is about an environment`, { hint: 'give --environment too, or leave it out' })
}
