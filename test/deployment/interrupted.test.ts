import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import { TowpathError } from '../../src/errors.ts'
import { intercept } from '../world/intercept.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const stacks = { first: {}, second: { From: 'first.Name' }, alone: {} }
const changing = new Set(['createChangeSet', 'executeChangeSet', 'deleteStack', 'deleteChangeSet', 'protect'])

async function changed(): Promise<MemoryWorld> {
  const world = await readyWorld(aPlatform({ stacks }))
  await world.run('deploy')
  const bigger = { Resources: { Thing: { Properties: { Size: 2 } } } }
  world.write(aService({ overrides: { first: bigger, alone: bigger } }))
  return world
}

/** A service whose first creation failed, so that the next deployment deletes what is left. */
async function failed(): Promise<MemoryWorld> {
  const world = await readyWorld(aPlatform({ stacks }))
  const undo = world.cloud.failing('Thing', 'the tape ran out')
  await world.run('deploy')
  undo()
  return world
}

interface Stopped {
  readonly ended: Awaited<ReturnType<MemoryWorld['run']>>
  /** Whether the run came to its k-th call at all. */
  readonly reached: boolean
  /** From the interruption to the end of the run. */
  readonly milliseconds: number
  /** What it asked of CloudFormation after the interruption, but for the call under way. */
  readonly after: readonly string[]
}

/** Interrupts a deployment as its k-th call is about to be made, or was just answered. */
async function interruptAt(world: MemoryWorld, k: number, when: 'before' | 'after', inputs: object): Promise<Stopped> {
  const controller = new AbortController()
  let since: number | undefined
  const after: string[] = []
  const interrupt = (n: number): void => {
    if (n !== k) return
    since = world.clock.monotonic()
    controller.abort(new TowpathError('interrupted', 'interrupted by SIGINT'))
  }
  const client = intercept(
    (n, method) => {
      if (since !== undefined) after.push(method)
      if (when === 'before') interrupt(n)
    },
    (n) => {
      if (when === 'after') interrupt(n)
    },
  )
  const ended = await world.run('deploy', { ...inputs }, { name: 'first', intercept: client, interrupt: controller.signal })
  const milliseconds = since === undefined ? 0 : world.clock.monotonic() - since
  await world.clock.advance(600_000)
  return { ended, reached: since !== undefined, milliseconds, after }
}

describe.each([
  ['a first deployment', () => readyWorld(aPlatform({ stacks })), 1, ['before'], 'as planned under the lock'],
  ['a change', changed, 2, ['before', 'after'], 'as planned under the lock'],
  ['a deployment after a failed first creation', failed, 2, ['after'], 'as planned under the lock'],
  ['a change held to a plan', changed, 2, ['after'], 'as reviewed'],
] as const)('%s interrupted at any call', (_, begin, number, moments, how) => {
  const at = String(number).padStart(8, '0')
  test.each<'before' | 'after'>(moments)(
    '(%s it is made) closes its record as unknown, gives the lock back, and changes nothing more',
    async (when) => {
      let k = 1
      let begun = 0
      for (; k < 400; k++) {
        const world = await begin()
        const inputs = how === 'as reviewed' ? { plan: (await world.run('plan')).outputs.digest } : {}
        const { ended, reached, milliseconds, after } = await interruptAt(world, k, when, inputs)
        if (!reached) break
        // After its own record was closed a run may have nothing left to stop.
        const done = ended.error === undefined
        expect({ k, code: ended.error?.code ?? 'done' }).toEqual({ k, code: done ? 'done' : 'interrupted' })
        expect({ k, quick: milliseconds < 2_000 }).toEqual({ k, quick: true })
        expect({ k, locks: world.bucket.keys('locks/') }).toEqual({ k, locks: [] })
        if (world.bucket.keys(`deployments/staging/delivery/${at}/`).length > 0 && !done) {
          begun += 1
          const record = world.bucket.json(`deployments/staging/delivery/${at}.json`) as DeploymentRecord | undefined
          expect({ k, outcome: record?.outcome, said: ended.outputs.outcome }).toEqual({ k, outcome: 'unknown', said: 'unknown' })
          expect({ k, entry: record?.entries.at(-1)?.kind }).toEqual({ k, entry: 'interrupted' })
        }
        expect({ k, after: after.filter((method) => changing.has(method)) }).toEqual({ k, after: [] })
        const again = await world.run('deploy', inputs, { name: 'second' })
        expect({ k, outcome: again.outputs.outcome, error: again.error?.message }).toEqual({ k, outcome: 'succeeded', error: undefined })
        const { outputs } = await world.run('log', { service: 'delivery', verify: true })
        expect({ k, verified: outputs.verified }).toEqual({ k, verified: true })
      }
      expect(begun).toBeGreaterThan(20)
      expect(k).toBeLessThan(400)
    },
  )
})

test('a deployment interrupted while it waits for the lock leaves nothing, and does not wait on', async () => {
  const world = await readyWorld(aPlatform({ stacks }))
  const held = world.bucket.hold({ caller: 'holder', key: 'deployments/staging/delivery/00000001/0002.json' })
  const holder = world.run('deploy', {}, { name: 'holder' })
  await held.reached
  const controller = new AbortController()
  const waiter = world.run('deploy', {}, { name: 'waiter', interrupt: controller.signal })
  await world.clock.advance(20_000)
  controller.abort(new TowpathError('interrupted', 'interrupted by SIGTERM'))
  expect(await waiter).toMatchObject({ outputs: {}, error: { code: 'interrupted' } })
  held.release()
  expect((await holder).outputs).toMatchObject({ outcome: 'succeeded', deployment: 1 })
})

test('a plan that is interrupted leaves no change set, not even one that is still being made', async () => {
  for (let k = 1; k < 100; k++) {
    const world = await changed()
    const controller = new AbortController()
    let since: number | undefined
    const client = intercept((n) => {
      if (n !== k) return
      since = world.clock.monotonic()
      controller.abort(new TowpathError('interrupted', 'interrupted by SIGINT'))
    })
    const { error } = await world.run('plan', {}, { name: 'planner', intercept: client, interrupt: controller.signal })
    const took = world.clock.monotonic() - (since ?? 0)
    if (since === undefined) {
      expect(k).toBeGreaterThan(15)
      return
    }
    expect({ k, quick: took < 2_000 }).toEqual({ k, quick: true })
    const refs = await Promise.all(['first', 'second', 'alone'].map((stack) => world.cloud.listChangeSets(`delivery-staging-${stack}`)))
    const left = refs.flat().filter(({ name }) => name.startsWith('towpath-plan-'))
    const kept = error === undefined ? [] : world.lines.filter((line) => line.includes('could not be deleted'))
    expect({ k, left: left.length }).toEqual({ k, left: kept.length })
  }
})
