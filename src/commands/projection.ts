import { type Deployed, deploy, type Request } from '../deployment/deploy.ts'
import { project } from '../report/projection.ts'
import type { World } from './world.ts'

/** Runs an apply, and shows it on GitHub beside the work: whatever becomes of that, the apply comes to the same. */
export async function deployShown(world: World, request: Request): Promise<Deployed> {
  const { target, origin } = request
  const projection = project({ board: () => world.board(), ledger: target.ledger, own: origin, clock: world.clock, log: world.log })
  try {
    return await deploy({ ...request, watch: projection.watcher })
  } finally {
    await projection.end(world.interrupted)
  }
}
