import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/record.ts'
import { mortal } from '../world/tap.ts'
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
async function expectWhole(world: MemoryWorld, k: number): Promise<void> {
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
        closedBy: 'second',
      })
  expect({ at, locks: world.bucket.keys('locks/') }).toEqual({ at, locks: [] })
  const left = await Promise.all(names.map(async (name) => (await world.cloud.listChangeSets(name)).length))
  const open = await Promise.all(
    names.map(
      async (name) =>
        (await Promise.all((await world.cloud.listChangeSets(name)).map((ref) => world.cloud.describeChangeSet(ref)))).filter(
          (one) => one?.execution === 'AVAILABLE',
        ).length,
    ),
  )
  expect({ at, open }).toEqual({ at, open: left.map(() => 0) })
  const { outputs } = await world.run('log', { service: 'delivery', verify: true })
  expect({ at, verified: outputs.verified }).toEqual({ at, verified: true })
}

describe.each([
  ['a first deployment', () => readyWorld(aPlatform({ stacks }))],
  ['a change', changed],
])('%s', (_, begin) => {
  test.each(['before', 'after'] as const)(
    'killed at any call, %s it was applied, is cleared up and gone on with by a plain re-run',
    async (when) => {
      let k = 1
      for (; k < 400; k++) {
        const world = await begin()
        const client = mortal(k, when)
        const run = world.run('deploy', {}, { name: 'first', tap: client })
        const ended = await Promise.race([run, client.dead])
        const { outputs, error } = await world.run('deploy', {}, { name: 'second' })
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
