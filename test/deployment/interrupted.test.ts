import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/record.ts'
import { TowpathError } from '../../src/errors.ts'
import { tap } from '../world/tap.ts'
import { aPlatform, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const stacks = { first: {}, second: { From: 'first.Name' }, alone: {} }
const changing = new Set(['createChangeSet', 'executeChangeSet', 'deleteStack'])

interface Stopped {
  readonly world: MemoryWorld
  readonly ended: Awaited<ReturnType<MemoryWorld['run']>>
  /** Whether the run came to its k-th call at all. */
  readonly reached: boolean
  readonly milliseconds: number
  /** What it asked of CloudFormation from the interruption on, the k-th call itself included. */
  readonly after: readonly string[]
}

/** Interrupts a deployment as its k-th call is about to be made. */
async function interruptAt(k: number): Promise<Stopped> {
  const world = await readyWorld(aPlatform({ stacks }))
  const controller = new AbortController()
  let since: number | undefined
  let asked = 0
  const client = tap((n) => {
    if (n !== k) return
    since = world.clock.monotonic()
    asked = world.cloud.requests.length
    controller.abort(new TowpathError('interrupted', 'interrupted by SIGINT'))
  })
  const ended = await world.run('deploy', {}, { name: 'first', tap: client, interrupt: controller.signal })
  return {
    world,
    ended,
    reached: since !== undefined,
    milliseconds: since === undefined ? 0 : world.clock.monotonic() - since,
    after: world.cloud.requests.slice(asked).map(({ call }) => call),
  }
}

const record = (world: MemoryWorld): DeploymentRecord | undefined =>
  world.bucket.json('deployments/staging/delivery/00000001.json') as DeploymentRecord | undefined

describe('a deployment interrupted at any call', () => {
  test('closes its record as unknown, gives the lock back, and changes nothing more', async () => {
    let k = 1
    let begun = 0
    for (; k < 400; k++) {
      const { world, ended, reached, milliseconds, after } = await interruptAt(k)
      if (!reached) break
      // After its own record was closed a run may have nothing left to stop.
      const done = ended.error === undefined
      expect({ k, code: ended.error?.code ?? 'done' }).toEqual({ k, code: done ? 'done' : 'interrupted' })
      expect({ k, quick: milliseconds < 2_000 }).toEqual({ k, quick: true })
      expect({ k, locks: world.bucket.keys('locks/') }).toEqual({ k, locks: [] })
      const begunAt = world.bucket.keys('deployments/staging/delivery/00000001/').length > 0
      if (begunAt && !done) {
        begun += 1
        expect({ k, outcome: record(world)?.outcome, said: ended.outputs.outcome }).toEqual({ k, outcome: 'unknown', said: 'unknown' })
      }
      // Only the call that was being made as the signal came.
      expect({ k, changes: after.slice(1).filter((call) => changing.has(call)) }).toEqual({ k, changes: [] })
      const before = world.cloud.requests.length
      await world.clock.advance(600_000)
      expect({
        k,
        after: world.cloud.requests
          .slice(before)
          .map(({ call }) => call)
          .filter((call) => changing.has(call)),
      }).toEqual({ k, after: [] })
      const again = await world.run('deploy', {}, { name: 'second' })
      expect({ k, outcome: again.outputs.outcome, error: again.error?.message }).toEqual({ k, outcome: 'succeeded', error: undefined })
    }
    expect(begun).toBeGreaterThan(20)
    expect(k).toBeLessThan(400)
  }, 120_000)
})
