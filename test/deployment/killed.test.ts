import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import { killedAt } from '../world/intercept.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const stacks = { first: {}, second: { From: 'first.Name' }, alone: {} }
const names = Object.keys(stacks).map((stack) => `delivery-staging-${stack}`)

/** A world whose service was deployed once, and now asks for a change to two of its stacks. */
async function changed(): Promise<MemoryWorld> {
  const world = await readyWorld(aPlatform({ stacks }))
  await world.run('deploy')
  const bigger = { Resources: { Thing: { Properties: { Size: 2 } } } }
  world.write(aService({ overrides: { first: bigger, alone: bigger } }))
  return world
}

/** What must hold after a dead run was cleared up and the deployment went on. */
async function expectWhole(world: MemoryWorld, k: number | string): Promise<void> {
  const at = `killed at call ${k}`
  const records = world.bucket
    .keys('deployments/staging/delivery/')
    .filter((key) => /\/\d{8}\.json$/.test(key))
    .map((key) => world.bucket.json(key) as DeploymentRecord)
  expect({ at, numbers: records.map(({ deployment }) => deployment) }).toEqual({ at, numbers: records.map((_, index) => index + 1) })
  expect({
    at,
    outcomes: records.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'succeeded' && outcome !== 'unknown'),
  }).toEqual({ at, outcomes: [] })
  for (const record of records)
    if (record.outcome === 'unknown')
      expect({ at, abandoned: record.entries.some(({ kind }) => kind === 'abandoned'), closedBy: record.closedBy }).toEqual({
        at,
        abandoned: true,
        closedBy: expect.stringMatching(/^(second|third)$/),
      })
  expect({ at, locks: world.bucket.keys('locks/') }).toEqual({ at, locks: [] })
  const refs = (await Promise.all(names.map((name) => world.cloud.listChangeSets(name)))).flat()
  const described = await Promise.all(refs.map((ref) => world.cloud.describeChangeSet(ref)))
  const left = described.filter((one) => !one?.execution.startsWith('EXECUTE_')).map((one) => one?.name)
  expect({ at, left }).toEqual({ at, left: [] })
  const { outputs } = await world.run('log', { service: 'delivery', verify: true })
  expect({ at, verified: outputs.verified }).toEqual({ at, verified: true })
}

describe.each<[string, () => Promise<MemoryWorld>, 'as planned under the lock' | 'as reviewed']>([
  ['a first deployment', () => readyWorld(aPlatform({ stacks })), 'as planned under the lock'],
  ['a change', changed, 'as planned under the lock'],
  ['a first deployment held to a plan', () => readyWorld(aPlatform({ stacks })), 'as reviewed'],
  ['a change held to a plan', changed, 'as reviewed'],
])('%s', (_, begin, how) => {
  test.each(['before', 'after'] as const)(
    'killed at any call, %s it was applied, is cleared up and gone on with by a plain re-run',
    async (when) => {
      let k = 1
      for (; k < 400; k++) {
        const world = await begin()
        const client = killedAt(k, when)
        const inputs = how === 'as reviewed' ? { plan: (await world.run('plan')).outputs.digest } : {}
        const run = world.run('deploy', inputs, { name: 'first', intercept: client })
        const ended = await Promise.race([run, client.dead])
        // The very same command: a plan that was partly applied already is gone on with.
        const { outputs, error } = await world.run('deploy', inputs, { name: 'second' })
        expect({ k, outcome: outputs.outcome, error: error?.message }).toEqual({ k, outcome: 'succeeded', error: undefined })
        expect({ k, statuses: names.map((name) => world.cloud.stack(name)?.status) }).toEqual({
          k,
          statuses: names.map(() => expect.stringMatching(/^(CREATE|UPDATE)_COMPLETE$/)),
        })
        await expectWhole(world, k)
        if (ended) break
      }
      // The loop ended because a run got through alive, after it was killed at every call there is.
      expect(k).toBeGreaterThan(30)
      expect(k).toBeLessThan(400)
    },
    120_000,
  )
})

describe('two deployments killed one after the other', () => {
  test.each(Array.from({ length: 40 }, (_, index) => index))('are both cleared up by the third (%d)', async (index) => {
    const world = await changed()
    // Spread over the whole of a run, in combinations that a stride decides.
    const [first, second] = [8 + ((index * 17) % 80), 4 + ((index * 29) % 80)]
    const one = killedAt(first, index % 2 === 0 ? 'before' : 'after')
    const two = killedAt(second, index % 3 === 0 ? 'before' : 'after')
    await Promise.race([world.run('deploy', {}, { name: 'first', intercept: one }), one.dead])
    await Promise.race([world.run('deploy', {}, { name: 'second', intercept: two }), two.dead])
    const { outputs, error } = await world.run('deploy', {}, { name: 'third' })
    expect({ outcome: outputs.outcome, error: error?.message }).toEqual({ outcome: 'succeeded', error: undefined })
    await expectWhole(world, `${first}, then ${second}`)
  })
})
