import type { Deployed, Request } from '../deployment/deploy.ts'
import type { Ledger } from '../deployment/history.ts'
import type { Origin } from '../deployment/origin.ts'
import type { Watcher } from '../deployment/watcher.ts'
import type { World } from './world.ts'

/** Does what writes to a log, and shows it on GitHub beside the work: whatever becomes of that, the work comes to the same. */
export async function showOnGitHub<T>(world: World, ledger: Ledger, own: Origin, work: (watch: Watcher) => Promise<T>): Promise<T> {
  const { project } = await import('../report/projection.ts')
  const projection = project({ board: () => world.board(), ledger, own, clock: world.clock, log: world.log })
  try {
    return await work(projection.watcher)
  } finally {
    await projection.end(world.interrupted)
  }
}

/** Runs an apply that GitHub is shown. */
export async function deployShown(world: World, request: Request): Promise<Deployed> {
  const { deploy } = await import('../deployment/deploy.ts')
  return showOnGitHub(world, request.target.ledger, request.origin, (watch) => deploy({ ...request, watch }))
}
