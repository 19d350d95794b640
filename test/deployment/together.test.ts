import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/record.ts'
import { tap } from '../world/tap.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

/** A stream of numbers below `limit` that a seed decides. Source: Park and Miller, minimal standard generator. */
function numbers(seed: number): (limit: number) => number {
  let state = (seed % 2_147_483_646) + 1
  return (limit) => {
    state = (state * 48_271) % 2_147_483_647
    return state % limit
  }
}

/** A client whose calls are held up by as long as a seed decides, so that two of them meet in every order. */
function dawdling(world: MemoryWorld, seed: number): ReturnType<typeof tap> {
  const next = numbers(seed)
  return tap(() => world.clock.sleep(next(4) * 400))
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
          world.run('deploy', { service: 'delivery', release }, { name: `run ${index}`, tap: dawdling(world, seed * 2 + index) }),
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
