import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import { intercept } from '../world/intercept.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const stacks = { first: {}, second: { From: 'first.Name' }, alone: {} }
const changing = new Set(['createChangeSet', 'executeChangeSet', 'deleteStack', 'deleteChangeSet', 'protect'])
const sized = (size: number) => {
  const bigger = { Resources: { Thing: { Properties: { Size: size } } } }
  return aService({ overrides: { first: bigger, alone: bigger } })
}

/** A client that stands still from its k-th call on, every call with it, until it is let go. */
function pausing(k: number) {
  let reached: () => void = () => {}
  let letGo: () => void = () => {}
  let still = true
  const stands = new Promise<void>((resolve) => {
    reached = resolve
  })
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const later: string[] = []
  const client = intercept(async (n, method) => {
    if (!still) later.push(method)
    if (n < k) return
    reached()
    await gate
  })
  return {
    client,
    stands,
    /** What it asked for after it was let go. */
    later,
    release() {
      still = false
      letGo()
    },
  }
}

const sizes = (world: MemoryWorld): readonly unknown[] =>
  ['first', 'alone'].map(
    (stack) => world.cloud.resources(`delivery-staging-${stack}`).find(({ logicalId }) => logicalId === 'Thing')?.properties.Size,
  )

describe('a holder paused past its lease, at any call', () => {
  test('finds at its next write that it was taken over, and changes nothing more', async () => {
    let k = 4
    let taken = 0
    for (; k < 400; k++) {
      const world = await readyWorld(aPlatform({ stacks }))
      await world.run('deploy')
      world.write(sized(2))
      const release = String((await world.run('create-release')).outputs.release)
      world.write(sized(3))
      const paused = pausing(k)
      const run = world.run('deploy', { service: 'delivery', release }, { name: 'paused', intercept: paused.client })
      if ((await Promise.race([run, paused.stands])) !== undefined) break
      const second = await world.run('deploy', {}, { name: 'second' })
      expect({ k, outcome: second.outputs.outcome, error: second.error?.message }).toEqual({ k, outcome: 'succeeded', error: undefined })
      const keys = world.bucket.keys('deployments/').length
      const locked = world.bucket.keys('locks/').length
      paused.release()
      const { error, outputs } = await run
      // Where it had not begun yet, it is a deployment like any other, and goes on after the second one.
      if (error === undefined && (outputs.deployment as number) > (second.outputs.deployment as number)) continue
      if (error === undefined) {
        // Its record was closed already: only the end of it was left to do.
        expect({ k, deployment: outputs.deployment }).toEqual({ k, deployment: 2 })
      } else {
        taken += 1
        const begun = second.outputs.deployment === 3
        expect({ k, code: error.code, outcome: outputs.outcome }).toEqual({ k, code: 'locked', outcome: begun ? 'unknown' : undefined })
        expect({ k, later: paused.later.filter((method) => changing.has(method)) }).toEqual({ k, later: [] })
        // No more than the call that was under way as it was stopped.
        expect({ k, written: world.bucket.keys('deployments/').length - keys <= 1 }).toEqual({ k, written: true })
      }
      expect({ k, sizes: sizes(world) }).toEqual({ k, sizes: [3, 3] })
      expect({ k, locked, locks: world.bucket.keys('locks/') }).toEqual({ k, locked: 0, locks: [] })
      const verified = await world.run('log', { service: 'delivery', verify: true })
      expect({ k, verified: verified.outputs.verified, error: verified.error?.message }).toEqual({ k, verified: true, error: undefined })
      const third = await world.run('deploy', {}, { name: 'third' })
      expect({ k, changed: third.outputs.changed, error: third.error?.message }).toEqual({ k, changed: false, error: undefined })
    }
    expect(k).toBeLessThan(400)
    expect(taken).toBeGreaterThan(40)
  })
})

test('a holder that was only slow, and writes while it is being taken over, does not stop who takes over', async () => {
  const world = await readyWorld(aPlatform({ stacks }))
  // The next name of the log is taken just as `abandoned` is about to be written under it.
  const paused = pausing(30)
  const run = world.run('deploy', {}, { name: 'slow', intercept: paused.client })
  await paused.stands
  // Calls of other stacks that were made before it are still on their way: they arrive first.
  await world.clock.advance(1_000)
  const begun = world.bucket.keys('deployments/staging/delivery/00000001/').length
  const next = `deployments/staging/delivery/00000001/${String(begun + 1).padStart(4, '0')}.json`
  world.bucket.meanwhile({ caller: 'second', key: next, method: 'PUT' }, () =>
    world.bucket.put(
      next,
      JSON.stringify({
        deployment: 1,
        entries: [{ kind: 'interrupted', reason: 'slow', time: 'x' }],
        previous: null,
        schema: 'towpath/entries@1',
        sequence: begun + 1,
        writer: 'slow',
      }),
    ),
  )
  const second = await world.run('deploy', {}, { name: 'second' })
  expect({ outcome: second.outputs.outcome, error: second.error?.message }).toEqual({ outcome: 'succeeded', error: undefined })
  expect(
    (world.bucket.json('deployments/staging/delivery/00000001.json') as DeploymentRecord).entries.map(({ kind }) => kind).slice(-2),
  ).toEqual(['interrupted', 'abandoned'])
  paused.release()
  expect((await run).error).toMatchObject({ code: 'locked' })
})

test('who was stopped while it took over does not abandon the deployment of its successor', async () => {
  const world = await readyWorld(aPlatform({ stacks }))
  const entry = 'deployments/staging/delivery/00000001/0001.json'
  const looking = world.bucket.hold({ caller: 'paused', method: 'GET', key: entry })
  const beating = world.bucket.hold({ caller: 'paused', method: 'PUT', key: 'locks/staging/delivery.json', nth: 2, times: 100 })
  const paused = world.run('deploy', {}, { name: 'paused' })
  await looking.reached
  const release = world.cloud.park('delivery-staging-alone', 'Thing')
  const second = world.run('deploy', {}, { name: 'second' })
  await world.clock.advance(120_000)
  expect(world.bucket.keys(entry)).toHaveLength(1)
  looking.release()
  expect((await paused).error).toMatchObject({ code: 'locked' })
  beating.release()
  release()
  expect((await second).outputs).toMatchObject({ outcome: 'succeeded', deployment: 1 })
  expect(
    (world.bucket.json('deployments/staging/delivery/00000001.json') as DeploymentRecord).entries.map(({ kind }) => kind),
  ).not.toContain('abandoned')
})

test('who lost the lock does not delete what a failed creation left', async () => {
  const world = await readyWorld(aPlatform({ stacks: { main: {} } }))
  const undo = world.cloud.failing('Thing', 'no')
  await world.run('deploy')
  undo()
  const lock = 'locks/staging/delivery.json'
  world.bucket.meanwhile({ caller: 'first', method: 'PUT', key: 'deployments/staging/delivery/00000002/0002.json' }, () =>
    world.bucket.put(lock, JSON.stringify({ schema: 'towpath/lock@1', holder: 'thief', token: 'x', run: null, epoch: 3, counter: 1 })),
  )
  expect((await world.run('deploy', {}, { name: 'first' })).error).toMatchObject({ code: 'locked' })
  expect(world.cloud.count('deleteStack')).toBe(0)
  expect(world.bucket.json(lock)).toMatchObject({ holder: 'thief' })
})
