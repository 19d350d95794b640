import { parseRepository, parseWorkflows } from '../../../src/platform/access/callers.ts'
import type { Callers } from '../../../src/platform/access/trust.ts'
import { type BootstrapStack, platformStack } from '../../../src/platform/bootstrap-stack.ts'
import { environmentStack } from '../../../src/platform/environment-stack.ts'

export const platformBucket = 'acme-platform'
export const account = '000000000000'
const place = { partition: 'aws', account, region: 'eu-west-1' }

export const callers: Callers = {
  repositories: [parseRepository('acme/greeter=1002@77')],
  workflows: [parseWorkflows(`towpath-dev/towpath@${'a'.repeat(40)}`)],
  branch: 'main',
}

/** The foundation of an environment, by default with a bucket of its own, in the account of the world in memory. */
export function anEnvironment({
  environment = 'staging',
  bucket = 'acme-staging',
  stacks = [],
  executePolicies = [],
  of = account,
}: {
  environment?: string
  bucket?: string
  stacks?: readonly string[]
  executePolicies?: readonly string[]
  of?: string
} = {}): BootstrapStack {
  const ground = { ...place, account: of, environment, platformBucket, bucket, callers, operators: [], executePolicies, stacks }
  return environmentStack({ ...ground, ownBucket: bucket !== platformBucket }, {})
}

/** The foundation of the platform bucket, with environments of other accounts. */
export function aPlatformGround(...tenants: readonly { readonly environment: string; readonly account: string }[]): BootstrapStack {
  return platformStack({ ...place, bucket: platformBucket, callers, tenants }, {})
}
