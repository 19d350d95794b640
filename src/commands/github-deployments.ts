import type { Ledger } from '../bucket/ledger.ts'
import type { Deployed, DeployRequest } from '../deployment/deploy.ts'
import type { DeploymentListener } from '../deployment/log/listener.ts'
import type { Origin } from '../origin.ts'
import type { World } from './world.ts'

/** Does what writes to a log, and shows it on GitHub beside the work: whatever becomes of that, the work comes to the same. */
export async function showOnGitHub<T>(
  world: World,
  ledger: Ledger,
  own: Origin,
  work: (watch: DeploymentListener) => Promise<T>,
): Promise<T> {
  const { syncGitHub } = await import('../report/github/sync.ts')
  const projection = syncGitHub({ board: () => world.board(), ledger, own, clock: world.clock, log: world.log })
  try {
    return await work(projection.watcher)
  } finally {
    await projection.end(world.interrupted)
  }
}

/** Runs an apply that GitHub is shown. */
export async function deployShown(world: World, request: DeployRequest): Promise<Deployed> {
  const { deploy } = await import('../deployment/deploy.ts')
  return showOnGitHub(world, request.target.ledger, request.origin, (watch) => deploy({ ...request, watch }))
}
