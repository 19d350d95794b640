import type { Objects } from '../../bucket/objects.ts'
import { TowpathError } from '../../errors.ts'
import type { Json } from '../../json.ts'
import { type AccountPlace, iamArn } from '../../platform/access/place.ts'
import { audience, issuer } from '../../platform/access/trust.ts'
import { type BootstrapChange, bootstrapChanges } from '../../platform/bootstrap-changes.ts'
import type { BootstrapStack } from '../../platform/bootstrap-stack.ts'
import { bootstrapChangesText } from '../../render/bootstrap.ts'
import type { StackClient } from '../../stack/client.ts'
import type { Stack } from '../../stack/stacks.ts'
import type { World } from '../world.ts'
import { applyBootstrapStack } from './stack.ts'

/** How long to wait for the stack, in milliseconds. */
const LONGEST_WAIT = 900_000

/** Where bootstrap works: the account that the credentials are of, and its CloudFormation. */
export interface Account {
  readonly place: AccountPlace
  readonly client: StackClient
}

/** Throws 'bad-input' if no region is known. */
export async function openAccount(world: World): Promise<Account> {
  const { region } = world
  if (region === undefined) throw new TowpathError('bad-input', 'no region', { hint: 'give --region or set AWS_REGION' })
  const { account, arn } = await world.identity(region)
  const deadline = { clock: world.clock, until: world.clock.monotonic() + LONGEST_WAIT, signal: world.interrupted }
  const stacks = await world.stacks(region)
  return {
    place: { partition: arn.split(':')[1] || 'aws', account, region },
    client: { stacks, once: stacks, log: world.log, random: (bytes) => world.random(bytes), deadline },
  }
}

/** What became of a bootstrap stack, or would in a dry run. */
export interface BootstrapResult {
  readonly created: boolean
  readonly changes: readonly BootstrapChange[]
}

/**
 * Shows what a bootstrap stack changes. Unless it is a dry run, makes the changes: first the provider that its roles trust, then the stack.
 * @param live the stack as `findBootstrapStack` gave it
 */
export async function deployBootstrapStack(
  world: World,
  { place, client }: Account,
  live: Stack | undefined,
  stack: BootstrapStack,
  dry: boolean,
): Promise<BootstrapResult> {
  await requireFree(world, place.region, live, stack)
  const trusting = Object.keys(stack.roles).length > 0
  const provider = trusting ? await missingProvider(world, place) : []
  const before = live && (JSON.parse(await world.template(place.region, live.id)) as Json)
  const changes = [...provider, ...bootstrapChanges(before, stack.template)]
  if (dry) return { created: false, changes }
  for (const line of bootstrapChangesText(changes)) world.log.info(line)
  if (provider.length > 0) await (await world.identityProviders(place.region)).create(`https://${issuer}`, audience)
  const deployed = await applyBootstrapStack(client, live, stack)
  return { created: deployed || provider.length > 0, changes }
}

/** An account has at most one provider for a URL. One that is there is used and left as it is, whoever made it. */
async function missingProvider(world: World, place: AccountPlace): Promise<BootstrapChange[]> {
  const arn = iamArn(place, `oidc-provider/${issuer}`)
  const found = await (await world.identityProviders(place.region)).find(arn)
  if (found === undefined) return [{ action: 'add', what: `identity provider ${issuer}`, details: [`audience ${audience}`] }]
  if (found.audiences.includes(audience)) return []
  throw new TowpathError(
    'conflict',
    `the account's identity provider ${issuer} takes tokens for ${found.audiences.join(', ') || 'nobody'}, not for ${audience}`,
    {
      hint: `it is not ours to change: aws iam add-client-id-to-open-id-connect-provider --client-id ${audience} --open-id-connect-provider-arn ${arn}`,
    },
  )
}

/** Throws 'conflict' if a bucket that the stack is to make is there already, and not in the stack. */
async function requireFree(world: World, region: string, live: Stack | undefined, { buckets }: BootstrapStack): Promise<void> {
  for (const bucket of buckets) {
    if (live?.outputs.Bucket === bucket || !(await isThere(await world.objects(bucket, region)))) continue
    throw new TowpathError('conflict', `bucket '${bucket}' exists and is not in a stack of ours`, {
      hint: 'choose another name, or use the bucket as it is: towpath needs no bootstrap for it',
    })
  }
}

async function isThere(objects: Objects): Promise<boolean> {
  try {
    await objects.list('platform/')
    return true
  } catch (error) {
    if (!(error instanceof TowpathError)) throw error
    if (error.code === 'not-found') return false
    if (error.code !== 'denied') throw error
    throw new TowpathError('conflict', `bucket '${objects.bucket}' exists, and these credentials may not look into it`, {
      hint: 'choose another name if it is of another account, or allow s3:ListBucket to the role or user that runs this',
      cause: error,
    })
  }
}

/** Throws 'bad-input' for what S3 would not take. */
export function requireBucketName(bucket: string): void {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return
  throw new TowpathError('bad-input', `'${bucket}' is no name for a bucket`, {
    hint: '3 to 63 lower case letters, digits, dots and hyphens',
  })
}
