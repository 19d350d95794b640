import { describe, expect, test } from '@jest/globals'
import { type Outage, ofCreation, outages } from '../../world/github/outages.ts'
import { stateOf } from '../../world/github/repository.ts'
import type { MemoryWorld } from '../../world/towpath.ts'
import { deployed, gitHubWorld, numberOf, onGitHub, shownOnGitHub } from './support.ts'

const told = ['1 deploy:delivery inactive', '2 deploy:delivery inactive', '3 deploy:delivery success']

/** Two deployments that GitHub knows of: the third is the one that meets the fault. */
async function twice(): Promise<MemoryWorld> {
  const world = await gitHubWorld()
  await deployed(world, 1)
  await deployed(world, 2)
  world.github.requests.length = 0
  world.lines.length = 0
  return world
}

interface Came {
  readonly outcome: unknown
  readonly error: string | undefined
  readonly milliseconds: number
  readonly requests: number
  readonly warnings: readonly string[]
}

async function third(world: MemoryWorld): Promise<Came> {
  const since = world.clock.monotonic()
  const { outputs, error } = await deployed(world, 3)
  return {
    outcome: outputs.outcome,
    error: error?.message,
    milliseconds: world.clock.monotonic() - since,
    requests: world.github.requests.length,
    warnings: world.lines.filter((line) => line.startsWith('warning:')),
  }
}

describe.each(outages)('GitHub %s', (outage: Outage) => {
  test('at any one request costs a deployment neither its outcome nor more than five seconds, and the next run mends what is missing', async () => {
    const usual = await third(await twice())
    let k = 1
    for (; k < 40; k++) {
      const world = await twice()
      world.github.falls(outage, (n) => n === k)
      const { outcome, error, milliseconds, requests, warnings } = await third(world)
      if (requests < k) break
      expect({ k, outcome, error }).toEqual({ k, outcome: 'succeeded', error: undefined })
      expect({ k, delay: milliseconds - usual.milliseconds <= 5_000 }).toEqual({ k, delay: true })
      expect({ k, warnings: warnings.length <= 1 }).toEqual({ k, warnings: true })
      world.github.well()
      await world.clock.advance(3_600_000)
      const { outputs } = await world.run('deploy', {}, onGitHub(world, 3))
      expect({ k, changed: outputs.changed, shown: shownOnGitHub(world).toSorted() }).toEqual({ k, changed: false, shown: told })
    }
    expect(k).toBeGreaterThan(7)
    expect(k).toBeLessThan(40)
  })

  test('from any request on is the same', async () => {
    const usual = await third(await twice())
    for (let k = 1; k <= usual.requests; k++) {
      const world = await twice()
      world.github.falls(outage, (n) => n >= k)
      const { outcome, error, milliseconds, requests, warnings } = await third(world)
      expect({ k, outcome, error }).toEqual({ k, outcome: 'succeeded', error: undefined })
      expect({ k, delay: milliseconds - usual.milliseconds <= 5_000 }).toEqual({ k, delay: true })
      // After the announcement there is none any more that could be refused.
      const refused = !ofCreation.has(outage) || k <= 4
      expect({ k, warnings: warnings.length, requests: requests <= 20 }).toEqual({ k, warnings: refused ? 1 : 0, requests: true })
      world.github.well()
      await world.clock.advance(3_600_000)
      const { outputs } = await world.run('deploy', {}, onGitHub(world, 3))
      expect({ k, changed: outputs.changed, shown: shownOnGitHub(world).toSorted() }).toEqual({ k, changed: false, shown: told })
    }
  })
})

test('a run with nothing to do is delayed by five seconds at most, and warns of nothing, while GitHub hangs', async () => {
  const world = await twice()
  const since = world.clock.monotonic()
  await deployed(world, 2)
  const usual = world.clock.monotonic() - since
  world.github.falls('hanging')
  world.lines.length = 0
  await deployed(world, 2)
  expect(world.clock.monotonic() - since - 2 * usual).toBeLessThanOrEqual(5_000)
  expect(world.lines).toEqual([
    'what GitHub shows of earlier deployments could not be checked: GitHub did not answer in time; the next run looks again',
  ])
})

test('a deployment that GitHub hears nothing of says why, and not only that it took too long', async () => {
  const world = await twice()
  world.github.falls('unreachable')
  await third(world)
  expect(world.lines.filter((line) => line.includes('GitHub'))).toEqual([
    'warning: GitHub was not told all of this deployment: GitHub gave no answer when it was to list deployments: getaddrinfo ENOTFOUND api.github.test; the log has it, and the next run tells GitHub',
  ])
})

test('whatever happened at once and for long, every deployment of the last few is shown once, and only one of them as live', async () => {
  const world = await gitHubWorld()
  for (let n = 1; n <= 8; n++) {
    const outage = outages[(n * 5) % outages.length]
    if (outage) world.github.falls(outage, (at) => at % (1 + (n % 3)) === 0)
    expect((await deployed(world, n)).outputs).toMatchObject({ outcome: 'succeeded', deployment: n })
    await world.clock.advance(120_000)
  }
  world.github.well()
  for (let again = 0; again < 2; again++) await world.run('deploy', {}, onGitHub(world, 8))
  const shown = world.github.deployments.map(numberOf)
  expect(shown).toEqual([...new Set(shown)])
  expect(shown).toEqual(expect.arrayContaining([4, 5, 6, 7, 8]))
  expect(world.github.deployments.filter((one) => stateOf(one) === 'success').map(numberOf)).toEqual([8])
  expect(world.github.deployments.map(stateOf).filter((state) => state !== 'success' && state !== 'inactive')).toEqual([])
})
