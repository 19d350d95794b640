import type { GroupName, Rollout, Rollouts } from './rollouts.ts'
import { tokenIn } from './token.ts'

/** How many deployments of a group are looked through: ours is the last but for what came of it, or after it. */
const LOOKED_AT = 10

/**
 * The deployment that a request with this token began; undefined if there is none. It is how a lost reply, and what a run that died left
 * behind, are found.
 */
export async function findByToken(rollouts: Rollouts, name: GroupName, token: string): Promise<Rollout | undefined> {
  for (const id of (await rollouts.list(name, 'all')).slice(0, LOOKED_AT)) {
    const rollout = await rollouts.describe(id)
    if (rollout && tokenIn(rollout.description) === token) return rollout
  }
  return undefined
}

/** The deployment that holds a group, if one does. Launches by Auto Scaling hold none. */
export async function holderOf(rollouts: Rollouts, name: GroupName): Promise<Rollout | undefined> {
  for (const id of await rollouts.list(name, 'active')) {
    const rollout = await rollouts.describe(id)
    if (rollout && !rollout.creator.startsWith('autoscaling')) return rollout
  }
  return undefined
}

/** Whose a deployment is, as people are told. */
export function whose({ id, creator, description, rollbackOf }: Rollout): string {
  const by = rollbackOf === undefined ? `by ${creator}` : `which rolls ${rollbackOf} back`
  return `deployment ${id} (${by}${description === '' ? '' : `, '${description}'`})`
}
