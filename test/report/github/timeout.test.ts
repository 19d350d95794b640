import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../../src/errors.ts'
import { type GitHubDeployments, OutOfQuota } from '../../../src/ports/github-deployments.ts'
import { withTimeout } from '../../../src/report/github/timeout.ts'
import { virtualClock } from '../../world/clock.ts'

/** A GitHub that answers every question in the same way, and counts them. */
function gitHubThat(answer: () => Promise<never>): GitHubDeployments & { readonly asked: number } {
  let asked = 0
  const ask = (): Promise<never> => {
    asked += 1
    return answer()
  }
  return {
    ...{ create: ask, update: ask, list: ask, state: ask, remove: ask },
    get asked() {
      return asked
    },
  }
}

const subject = { kind: 'deploy', service: 'delivery', environment: 'staging' } as const
const going = new AbortController().signal

describe('deployments on GitHub within a time limit', () => {
  test('is not asked again while a quota is used up, and then is', async () => {
    const clock = virtualClock({ auto: false })
    const gitHub = gitHubThat(() => Promise.reject(new OutOfQuota('used up', 60_000)))
    const within = withTimeout(gitHub, clock, going)
    for (let n = 0; n < 3; n++) await expect(within.state(1)).rejects.toThrow('used up')
    expect(gitHub.asked).toBe(1)
    await clock.advance(60_000)
    await expect(within.list(subject)).rejects.toThrow('used up')
    expect(gitHub.asked).toBe(2)
  })

  test('is never asked again where the token may not', async () => {
    const gitHub = gitHubThat(() => Promise.reject(new TowpathError('denied', 'not you')))
    const within = withTimeout(gitHub, virtualClock(), going)
    for (let n = 0; n < 3; n++) await expect(within.remove(1)).rejects.toThrow('not you')
    expect(gitHub.asked).toBe(1)
  })

  test('is asked again after any other failure', async () => {
    const gitHub = gitHubThat(() => Promise.reject(new TowpathError('failed', 'no answer', { transient: true })))
    const within = withTimeout(gitHub, virtualClock(), going)
    for (let n = 0; n < 3; n++) await expect(within.state(1)).rejects.toThrow('no answer')
    expect(gitHub.asked).toBe(3)
  })

  test('is given up after five seconds, and leaves nobody asleep', async () => {
    const clock = virtualClock()
    const within = withTimeout(
      gitHubThat(() => new Promise<never>(() => {})),
      clock,
      going,
    )
    await expect(within.state(1)).rejects.toMatchObject({ message: 'GitHub did not answer within 5 s', transient: true })
    expect({ at: clock.monotonic(), sleeping: clock.sleeping }).toEqual({ at: 5_000, sleeping: 0 })
  })

  test('is not asked at all once it is over', async () => {
    const gitHub = gitHubThat(() => Promise.reject(new Error('asked')))
    await expect(withTimeout(gitHub, virtualClock(), AbortSignal.abort(new Error('over'))).state(1)).rejects.toThrow('over')
    expect(gitHub.asked).toBe(0)
  })
})
