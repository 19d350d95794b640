import type { Ledger } from '../bucket/ledger.ts'
import type { DeployRequest } from '../deployment/deploy.ts'
import type { DeploymentEnd } from '../deployment/deployed.ts'
import type { DeploymentListener } from '../deployment/log/listener.ts'
import type { DeploymentRecord } from '../deployment/log/record.ts'
import type { Origin } from '../origin.ts'
import type { World } from './world.ts'

/**
 * Does work that writes to a deployment log, and shows it on GitHub meanwhile. The result of the work never depends on GitHub. When all is
 * told, the records that the log lacks segments of are gathered.
 */
export async function showOnGitHub<T>(
  world: World,
  ledger: Ledger,
  own: Origin,
  work: (listener: DeploymentListener) => Promise<T>,
): Promise<T> {
  const { syncGitHub } = await import('../report/github/sync.ts')
  const sync = syncGitHub({ gitHubDeployments: () => world.gitHubDeployments(), ledger, own, clock: world.clock, log: world.log })
  let last: DeploymentRecord | undefined
  const listener: DeploymentListener = {
    ...sync.listener,
    closed(record, stacks) {
      last = record
      sync.listener.closed(record, stacks)
    },
  }
  try {
    return await work(listener)
  } finally {
    await sync.end(world.interrupted)
    if (last) await gather(world, ledger, last)
  }
}

/** Beside the work, like all that is only for reading faster: what cannot be gathered is told, and the next run tries again. */
async function gather({ log, interrupted }: World, ledger: Ledger, last: DeploymentRecord): Promise<void> {
  if (interrupted.aborted) return
  const [{ gatherSegments }, { raceAbort }] = await Promise.all([import('../deployment/log/gather.ts'), import('../abortable.ts')])
  const { deployment, outcome } = last
  try {
    await raceAbort(interrupted, () =>
      gatherSegments(ledger, last, (borders) =>
        log.info(`deployment ${deployment} is recorded: ${outcome}; gathering records ${borders.first} to ${borders.last} of the log`),
      ),
    )
  } catch (error) {
    log.warn(`records of the log could not be gathered: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Deploys, and shows it on GitHub meanwhile. */
export async function deployShown(world: World, request: DeployRequest): Promise<DeploymentEnd> {
  const { deploy } = await import('../deployment/deploy.ts')
  return showOnGitHub(world, request.target.ledger, request.origin, (listener) => deploy({ ...request, listener }))
}
