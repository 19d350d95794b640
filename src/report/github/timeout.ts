import { TowpathError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { type GitHubDeployments, OutOfQuota } from '../../ports/github-deployments.ts'

/** How long one request may take, in milliseconds. */
const TIMEOUT = 5_000

/**
 * The same deployments with limits: a request that takes too long fails, no request is sent while a quota is used up or once the token was
 * refused, and none at all after `stop` is aborted.
 */
export function withTimeout(gitHub: GitHubDeployments, clock: Clock, stop: AbortSignal): GitHubDeployments {
  let refused: TowpathError | undefined
  let until = 0

  async function ask<T>(request: () => Promise<T>): Promise<T> {
    stop.throwIfAborted()
    if (refused !== undefined && clock.monotonic() < until) throw refused
    try {
      return await within(clock, TIMEOUT, request)
    } catch (error) {
      if (error instanceof OutOfQuota) until = clock.monotonic() + error.waitMilliseconds
      else if (error instanceof TowpathError && error.code === 'denied') until = Number.POSITIVE_INFINITY
      else throw error
      refused = error
      throw error
    }
  }
  return {
    create: (deployment) => ask(() => gitHub.create(deployment)),
    update: (id, update) => ask(() => gitHub.update(id, update)),
    list: (subject) => ask(() => gitHub.list(subject)),
    state: (id) => ask(() => gitHub.state(id)),
    remove: (id) => ask(() => gitHub.remove(id)),
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
