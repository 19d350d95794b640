import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import { numbers } from '../support/numbers.ts'
import { intercept } from '../world/intercept.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

/** A client whose calls are held up by as long as a seed decides, so that two of them meet in every order. */
function dawdling(world: MemoryWorld, seed: number): ReturnType<typeof intercept> {
  const next = numbers(seed)
  return intercept(() => world.clock.sleep(next(4) * 400))
}

describe('two deployments of one service at once', () => {
  test.each(Array.from({ length: 25 }, (_, seed) => seed))(
    'end one after the other, whatever the order of their calls (seed %d)',
    async (seed) => {
      const world = await readyWorld(aPlatform({ stacks: { first: {}, second: { From: 'first.Name' } } }))
      const releases: string[] = []
      for (const size of [1, 2]) {
        world.write(aService({ overrides: { first: { Resources: { Thing: { Properties: { Size: size } } } } } }))
        releases.push(String((await world.run('create-release')).outputs.release))
      }
      const results = await Promise.all(
        releases.map((release, index) =>
          world.run('deploy', { service: 'delivery', release }, { name: `run ${index}`, intercept: dawdling(world, seed * 2 + index) }),
        ),
      )
      expect(results.map(({ outputs, error }) => [outputs.outcome, outputs.changed, error?.message])).toEqual(
        releases.map(() => ['succeeded', true, undefined]),
      )
      const records = [1, 2].flatMap(
        (n) => (world.bucket.json(`deployments/staging/delivery/0000000${n}.json`) as DeploymentRecord | undefined) ?? [],
      )
      expect(records.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded'])
      expect(records.map(({ release }) => release).sort()).toEqual([...releases].sort())
      expect(world.bucket.keys('locks/')).toEqual([])
      expect((await world.run('log', { service: 'delivery', verify: true })).outputs.verified).toBe(true)
      // Never two operations at once on a stack: each ends before the next begins.
      for (const name of ['delivery-staging-first', 'delivery-staging-second']) {
        let open: string | undefined
        for (const { type, status, token } of world.cloud.history(name)) {
          if (type !== 'AWS::CloudFormation::Stack' || status === 'REVIEW_IN_PROGRESS') continue
          expect(open === undefined || open === token).toBe(true)
          open = status.endsWith('_COMPLETE') ? undefined : token
        }
      }
    },
  )
})

describe('two deployments and a rollback of one service at once', () => {
  test.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'leave what the last of them says, and a log that holds (seed %d)',
    async (seed) => {
      const world = await readyWorld(aPlatform({ stacks: { first: {}, second: { From: 'first.Name' } } }))
      const sized = (size: number) => aService({ overrides: { first: { Resources: { Thing: { Properties: { Size: size } } } } } })
      const sizes = new Map<unknown, number>()
      for (const size of [1, 2, 3, 4]) {
        world.write(sized(size))
        const { outputs } = await world.run(size < 3 ? 'deploy' : 'create-release')
        sizes.set(outputs.release, size)
      }
      const [three, four] = [...sizes.keys()].slice(2)
      const as = (name: string, index: number) => ({ name, intercept: dawdling(world, seed * 3 + index) })
      const results = await Promise.all([
        world.run('deploy', { service: 'delivery', release: three }, as('three', 0)),
        world.run('deploy', { service: 'delivery', release: four }, as('four', 1)),
        world.run('rollback', { service: 'delivery' }, as('back', 2)),
      ])
      expect(results.map(({ outputs, error }) => error?.message ?? outputs.outcome)).toEqual(['succeeded', 'succeeded', 'succeeded'])
      const records = [3, 4, 5].map((n) => world.bucket.json(`deployments/staging/delivery/0000000${n}.json`) as DeploymentRecord)
      // Each is chained to the one before, and the rollback goes back from whatever was live as its turn came.
      const order = [1, 2, ...records.map(({ release }) => sizes.get(release))]
      const back = 2 + records.findIndex(({ kind }) => kind === 'rollback')
      expect({ seed, order, back: order[back] }).toEqual({ seed, order, back: order[back - 2] })
      expect(records.map(({ previous }) => sizes.get(previous))).toEqual(order.slice(1, -1))
      expect(world.cloud.resources('delivery-staging-first').find(({ logicalId }) => logicalId === 'Thing')?.properties.Size).toBe(
        order.at(-1),
      )
      expect((await world.run('log', { service: 'delivery', verify: true })).outputs.verified).toBe(true)
      expect(world.bucket.keys('locks/')).toEqual([])
    },
  )
})

test('a deployment that may not wait as long as another takes ends with who holds the lock', async () => {
  const world = await readyWorld()
  const release = world.cloud.park('delivery-staging-main', 'Thing')
  const first = world.run('deploy', {}, { name: 'ada', origin: { run: 'https://example.org/run/1' } })
  await world.clock.advance(5_000)
  const { error } = await world.run('deploy', { wait: 120_000 }, { name: 'bob' })
  expect(error).toMatchObject({
    code: 'locked',
    message: 'another deployment holds the lock: deployment 1 by ada (https://example.org/run/1)',
  })
  release()
  expect((await first).outputs).toMatchObject({ outcome: 'succeeded' })
  expect(world.bucket.keys('deployments/staging/delivery/00000002')).toEqual([])
})
