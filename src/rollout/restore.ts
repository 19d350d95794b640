import { isTransient } from '../errors.ts'
import { follow } from './follow.ts'
import type { CodeRequest, Restored } from './request.ts'
import type { Rollout } from './rollouts.ts'
import { verdictOf } from './status.ts'

/** How long CodeDeploy may take to tell of a rollback that it begins, in milliseconds. */
const TOLD_WITHIN = 15_000
const GAP = 1_000

/**
 * Follows the automatic rollback of a deployment that failed, by its id, to its end. Null if there is none: the deployment has none to
 * expect, or CodeDeploy says that there is nothing to go back to, or it does not tell of one in time.
 */
export async function restored(request: CodeRequest, failed: Rollout): Promise<Restored | null> {
  const { rollouts, deadline, log, hooks } = request
  if (!failed.rollsBack && failed.rollback === undefined) return null
  const id = failed.rollback ?? (await told(request, failed.id))
  if (id === undefined) return null
  log.info(`CodeDeploy rolls deployment ${failed.id} back with deployment ${id}`)
  const { rollout, hosts } = await follow(rollouts, id, deadline, hooks.progress)
  const isBack = verdictOf(rollout.status, hosts, rollout.counts) === 'succeeded'
  return { id, outcome: isBack ? 'succeeded' : 'failed', revision: rollout.revision }
}

/** It may show a little later than the failure. */
async function told({ rollouts, deadline }: CodeRequest, id: string): Promise<string | undefined> {
  const { clock, signal, until } = deadline
  for (const end = Math.min(until, clock.monotonic() + TOLD_WITHIN); clock.monotonic() < end; ) {
    await clock.sleep(Math.min(GAP, end - clock.monotonic()), signal)
    const now = await rollouts.describe(id).catch((error: unknown) => {
      if (!isTransient(error)) throw error
    })
    if (now?.rollback !== undefined) return now.rollback
    if (now?.rollbackMessage !== undefined) return undefined
  }
  return undefined
}
