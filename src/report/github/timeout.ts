import { TowpathError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { type GitHubDeployments, OutOfQuota } from '../../ports/github-deployments.ts'

/** How long one request may take, in milliseconds. */
const PATIENCE = 5_000

/**
 * The same board within bounds: a request that takes too long is given up, nothing is asked where a quota was used up or the token may not,
 * and nothing more is asked at all once `stop` is aborted.
 */
export function withTimeout(board: GitHubDeployments, clock: Clock, stop: AbortSignal): GitHubDeployments {
  let refused: TowpathError | undefined
  let until = 0

  async function ask<T>(request: () => Promise<T>): Promise<T> {
    stop.throwIfAborted()
    if (refused !== undefined && clock.monotonic() < until) throw refused
    try {
      return await within(clock, PATIENCE, request)
    } catch (error) {
      if (error instanceof OutOfQuota) until = clock.monotonic() + error.waitMilliseconds
      else if (error instanceof TowpathError && error.code === 'denied') until = Number.POSITIVE_INFINITY
      else throw error
      refused = error
      throw error
    }
  }
  return {
    create: (notice) => ask(() => board.create(notice)),
    update: (id, news) => ask(() => board.update(id, news)),
    list: (subject) => ask(() => board.list(subject)),
    state: (id) => ask(() => board.state(id)),
    remove: (id) => ask(() => board.remove(id)),
  }
}

async function within<T>(clock: Clock, milliseconds: number, work: () => Promise<T>): Promise<T> {
  const done = new AbortController()
  const late = clock.sleep(milliseconds, done.signal).then((): never => {
    throw new TowpathError('failed', `GitHub did not answer within ${milliseconds / 1_000} s`, { blame: 'service', transient: true })
  })
  late.catch(() => {})
  const working = work()
  working.catch(() => {})
  try {
    return await Promise.race([working, late])
  } finally {
    done.abort()
  }
}
