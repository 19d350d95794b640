import type { Objects } from '../bucket/objects.ts'
import type { Claim } from '../deployment/lock/document.ts'
import { guarded } from '../deployment/log/damage.ts'
import type { Target } from '../deployment/target/target.ts'
import { TowpathError } from '../errors.ts'
import type { Origin } from '../origin.ts'
import { readEnvironment } from '../platform/environment.ts'
import type { Purpose } from '../platform/platform.ts'
import type { EnvironmentEntry } from '../platform/release.ts'
import { isActingAs } from '../role.ts'
import type { Cloud, World } from './world.ts'

/** The purpose for which an environment is opened. Each has a role of its own if the environment has roles. */
export type Intent = Exclude<Purpose, 'execute'>

interface Opening {
  readonly service: string
  readonly environment: string
  readonly intent: Intent
  /** In milliseconds. */
  readonly timeout: number
  /** What was consented to; left out by who only looks, and is told of a log that is damaged. */
  readonly consents?: ReadonlySet<string> | undefined
  /** Looks at every stack by a change set. */
  readonly forced?: boolean
}

/**
 * Opens an environment for one service: reads its account and region, assumes its role for the intent unless we act as that role already,
 * and makes sure that the credentials belong to its account. The platform bucket is reached as before, everything else as that role.
 */
export async function openTarget(
  world: World,
  objects: Objects,
  { service, environment: name, intent, timeout, consents, forced = false }: Opening,
): Promise<Target> {
  const entry = await readEnvironment(objects, name)
  const { bucket, region, roles = {} } = entry
  const cloud = await become(world, entry, roles[intent])
  // Late: what reads templates is a large part of the program, and an input that is refused needs none of it.
  const { rememberedTemplates } = await import('../deployment/target/templates.ts')
  const stacks = await cloud.stacks(region)
  return {
    environment: name,
    entry,
    ledger: guarded({ objects, environment: name, service }, world.log, consents),
    blobs: bucket === null || bucket === objects.bucket ? objects : await cloud.objects(bucket, region),
    stacks,
    once: stacks,
    passes: intent === 'deploy' ? roles.execute : undefined,
    composed: new Map(),
    forced,
    templates: rememberedTemplates(),
    code: { rollouts: () => cloud.rollouts(region), files: world.files, archiver: world.archiver },
    clock: world.clock,
    log: world.log,
    deadline: { clock: world.clock, until: world.clock.monotonic() + timeout, signal: world.interrupted },
    random: (bytes) => world.random(bytes),
  }
}

/** AWS in the environment's account, as the role if there is one. */
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

/** The claim with which we ask for a lock. */
export function claimOf(world: World, origin: Origin): Claim {
  return { holder: origin.actor ?? 'somebody', token: world.random(16), run: origin.run }
}
