import type { Objects } from '../bucket/objects.ts'
import type { Claim } from '../deployment/lock-document.ts'
import type { Origin } from '../deployment/origin.ts'
import type { Target } from '../deployment/target.ts'
import { TowpathError } from '../errors.ts'
import { readEnvironment } from '../platform/environment.ts'
import type { World } from './world.ts'

/** Opens an environment for one service: reads where it is, and makes sure that these credentials are of its account. */
export async function openTarget(
  world: World,
  objects: Objects,
  service: string,
  name: string,
  timeoutMilliseconds: number,
): Promise<Target> {
  const environment = await readEnvironment(objects, name)
  const { account, region, bucket } = environment
  const identity = await world.identity(region)
  if (identity.account !== account) {
    throw new TowpathError(
      'bad-input',
      `environment '${name}' is in account ${account}, and these credentials are of account ${identity.account} (${identity.arn})`,
      { hint: 'use credentials of that account' },
    )
  }
  return {
    environment,
    ledger: { objects, environment: name, service },
    blobs: bucket === null || bucket === objects.bucket ? objects : await world.objects(bucket, region),
    stacks: await world.stacks(region),
    unstored: new Map(),
    clock: world.clock,
    log: world.log,
    patience: { clock: world.clock, until: world.clock.monotonic() + timeoutMilliseconds, signal: world.interrupted },
    random: (bytes) => world.random(bytes),
  }
}

/** How a lock names us. */
export function claimOf(world: World, origin: Origin): Claim {
  return { holder: origin.actor ?? 'somebody', token: world.random(16), run: origin.run }
}
