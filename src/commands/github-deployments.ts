import type { Ledger } from '../bucket/ledger.ts'
import type { DeploymentEnd, DeployRequest } from '../deployment/deploy.ts'
import type { DeploymentListener } from '../deployment/log/listener.ts'
import type { Origin } from '../origin.ts'
import type { World } from './world.ts'

/** Does work that writes to a deployment log, and shows it on GitHub meanwhile. The result of the work never depends on GitHub. */
export async function showOnGitHub<T>(
  world: World,
  ledger: Ledger,
  own: Origin,
  work: (listener: DeploymentListener) => Promise<T>,
): Promise<T> {
  const { syncGitHub } = await import('../report/github/sync.ts')
  const sync = syncGitHub({ gitHubDeployments: () => world.gitHubDeployments(), ledger, own, clock: world.clock, log: world.log })
  try {
    return await work(sync.listener)
  } finally {
    await sync.end(world.interrupted)
  }
}

/** Deploys, and shows it on GitHub meanwhile. */
export async function deployShown(world: World, request: DeployRequest): Promise<DeploymentEnd> {
  const { deploy } = await import('../deployment/deploy.ts')
  return showOnGitHub(world, request.target.ledger, request.origin, (listener) => deploy({ ...request, listener }))
}
