import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import { exitCodes, TowpathError } from '../../src/errors.ts'
import { type Interception, intercept } from '../world/intercept.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const ranOut = () =>
  new TowpathError('no-credentials', 'the credentials of role deploy ran out, and no new ones were given: this job may not act as it', {
    hint: 'GitHub says of this job:\n  sub: x',
  })
/** The calls of CloudFormation: those that the environment's role makes. */
const ofStacks = new Set([
  'describe',
  'createChangeSet',
  'describeChangeSet',
  'listChangeSets',
  'deleteChangeSet',
  'executeChangeSet',
  'events',
])

/** A client that has no credentials from its n-th call on, or only none for CloudFormation. */
function expiring(at: number, what: 'everything' | 'the stacks'): Interception & { readonly met: boolean } {
  const seen = { met: false }
  const client = intercept((n, method) => {
    if (n < at || (what === 'the stacks' && !ofStacks.has(method))) return
    seen.met = true
    throw ranOut()
  })
  return {
    on: client.on,
    calls: 0,
    get met() {
      return seen.met
    },
  }
}

const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })
const record = (world: MemoryWorld, n: number) =>
  world.bucket.json(`deployments/staging/delivery/${String(n).padStart(8, '0')}.json`) as DeploymentRecord | undefined
const begun = (world: MemoryWorld): boolean => world.bucket.keys('deployments/staging/delivery/00000002/').length > 0

async function ready(): Promise<MemoryWorld> {
  const world = await readyWorld(aPlatform(), aService())
  await world.run('deploy')
  world.write(sized(2))
  return world
}

describe.each(['everything', 'the stacks'] as const)('a deployment whose credentials for %s run out and are not renewed', (what) => {
  test('is never green, at whichever call it happens: it is unknown once it began, and the next run ends it well', async () => {
    const seen = new Set<string>()
    for (let at = 1; at < 400; at++) {
      const world = await ready()
      const client = expiring(at, what)
      const { outputs, error } = await world.run('deploy', {}, { intercept: client })
      if (!client.met) break
      const closed = record(world, 2)
      const live = world.cloud.stack('delivery-staging-main')?.status
      // What is green was seen to be live, and its record was closed: only tidying was left.
      if (error === undefined)
        expect([at, outputs.outcome, closed?.outcome, live]).toEqual([at, 'succeeded', 'succeeded', 'UPDATE_COMPLETE'])
      else if (begun(world)) {
        expect([at, error.code, outputs.outcome, exitCodes[error.code]]).toEqual([at, 'unknown', 'unknown', 3])
        if (closed) expect([at, closed.outcome]).toEqual([at, 'unknown'])
        expect(closed?.cause?.reason ?? '').not.toContain('\n')
      } else expect([at, error.code, closed]).toEqual([at, 'no-credentials', undefined])
      seen.add(error === undefined ? 'green' : error.code)
      const again = await world.run('deploy')
      expect([at, again.error, again.outputs.outcome]).toEqual([at, undefined, 'succeeded'])
      expect(world.cloud.resources('delivery-staging-main')).toEqual([
        expect.objectContaining({ properties: expect.objectContaining({ Size: 2 }) }),
      ])
    }
    // Canary: it did happen before, within and after the deployment.
    expect([...seen].sort()).toEqual(what === 'everything' ? ['green', 'no-credentials', 'unknown'] : ['unknown'])
  })
})

test('the outcome unknown says what ran out, and what to do', async () => {
  const world = await ready()
  const dies = intercept((_, method) => {
    if (method === 'executeChangeSet') throw ranOut()
  })
  const { outputs, error } = await world.run('deploy', {}, { intercept: dies })
  expect(outputs.outcome).toBe('unknown')
  expect(error?.message).toContain('the credentials of role deploy ran out')
  expect(error?.hint).toContain('run the same command again')
})
