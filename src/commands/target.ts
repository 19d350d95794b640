import type { Objects } from '../bucket/objects.ts'
import type { Claim } from '../deployment/lock/document.ts'
import { guarded } from '../deployment/log/damage.ts'
import type { Target } from '../deployment/target/target.ts'
import { rememberedTemplates } from '../deployment/target/templates.ts'
import { TowpathError } from '../errors.ts'
import type { Origin } from '../origin.ts'
import { readEnvironment } from '../platform/environment.ts'
import type { Purpose } from '../platform/platform.ts'
import type { EnvironmentEntry } from '../platform/release.ts'
import { isActingAs } from '../role.ts'
import type { Cloud, World } from './world.ts'

/** What somebody opens an environment for: each has a role of its own, where the environment has roles. */
export type Intent = Exclude<Purpose, 'execute'>

interface Opening {
  readonly service: string
  readonly environment: string
  readonly intent: Intent
  /** In milliseconds. */
  readonly timeout: number
  /** What was consented to; left out by who only looks, and is told of a log that is damaged. */
  readonly consents?: ReadonlySet<string> | undefined
}

/**
 * Opens an environment for one service: reads where it is, becomes the role that the environment has for this, unless that is who we are
 * already, and makes sure that the credentials are of its account. The platform bucket is reached as before, all else as that role.
 */
export async function openTarget(
  world: World,
  objects: Objects,
  { service, environment: name, intent, timeout, consents }: Opening,
): Promise<Target> {
  const entry = await readEnvironment(objects, name)
  const { bucket, region, roles = {} } = entry
  const cloud = await become(world, entry, roles[intent])
  return {
    environment: name,
    entry,
    ledger: guarded({ objects, environment: name, service }, world.log, consents),
    blobs: bucket === null || bucket === objects.bucket ? objects : await cloud.objects(bucket, region),
    stacks: await cloud.stacks(region),
    passes: intent === 'deploy' ? roles.execute : undefined,
    unstored: new Map(),
    templates: rememberedTemplates(),
    clock: world.clock,
    log: world.log,
    deadline: { clock: world.clock, until: world.clock.monotonic() + timeout, signal: world.interrupted },
    random: (bytes) => world.random(bytes),
  }
}

/** The cloud as it is seen in the environment's account: by the role, if there is one. */
async function become(world: World, { environment, account, region }: EnvironmentEntry, role: string | undefined): Promise<Cloud> {
  const caller = await world.identity(region)
  const cloud = role === undefined || isActingAs(caller.arn, role) ? world : world.as(role, region)
  const identity = cloud === world ? caller : await cloud.identity(region)
  if (identity.account === account) return cloud
  throw new TowpathError(
    'bad-input',
    `environment '${environment}' is in account ${account}, and these credentials are of account ${identity.account} (${identity.arn})`,
    { hint: 'use credentials of that account, or give the environment roles in platform.yml' },
  )
}

/** How a lock names us. */
export function claimOf(world: World, origin: Origin): Claim {
  return { holder: origin.actor ?? 'somebody', token: world.random(16), run: origin.run }
}
