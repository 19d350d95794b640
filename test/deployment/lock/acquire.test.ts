import { describe, expect, test } from '@jest/globals'
import type { Ledger } from '../../../src/bucket/ledger.ts'
import { acquire } from '../../../src/deployment/lock/acquire.ts'
import type { LockDocument } from '../../../src/deployment/lock/document.ts'
import { HEARTBEAT_MILLISECONDS } from '../../../src/deployment/lock/lease.ts'
import { LEASE_MILLISECONDS } from '../../../src/deployment/lock/wait.ts'
import { silent } from '../../../src/log.ts'
import { virtualClock } from '../../world/clock.ts'
import { type FakeObjects, fakeObjects } from '../../world/objects.ts'

const key = 'locks/staging/delivery.json'

function setting(): {
  bucket: FakeObjects
  clock: ReturnType<typeof virtualClock>
  take: (name: string, options?: { wait?: number; skew?: number; lines?: string[] }) => ReturnType<typeof acquire>
} {
  const bucket = fakeObjects()
  const clock = virtualClock({ auto: false })
  return {
    bucket,
    clock,
    take(name, { wait = 1_800_000, skew = 0, lines = [] } = {}) {
      const ledger: Ledger = { objects: bucket.as(name), environment: 'staging', service: 'delivery' }
      const log = { ...silent, info: (text: string) => void lines.push(text), warn: (text: string) => void lines.push(text) }
      return acquire(
        ledger,
        7,
        { holder: name, token: `token of ${name}`, run: `https://example.org/${name}` },
        { clock: skew === 0 ? clock : clock.skewed(skew), log, wait, signal: new AbortController().signal },
      )
    },
  }
}

const holder = (bucket: FakeObjects): string | undefined => (bucket.json(key) as LockDocument | undefined)?.holder

describe('the lock', () => {
  test('of two that want it at once is given to one', async () => {
    const { bucket, clock, take } = setting()
    const got: string[] = []
    const both = ['a', 'b'].map((name) =>
      take(name, { wait: 5_000 }).then(
        () => got.push(name),
        (error: { code: string }) => got.push(error.code),
      ),
    )
    await clock.advance(10_000)
    await Promise.all(both)
    expect(got.sort()).toEqual([holder(bucket), 'locked'].sort())
  })

  test('is waited for, telling for whom, and then taken', async () => {
    const { bucket, clock, take } = setting()
    const first = await take('first')
    const lines: string[] = []
    const second = take('second', { lines })
    await clock.advance(90_000)
    expect({ holder: holder(bucket), lines }).toEqual({
      holder: 'first',
      lines: ['waiting for deployment 7 by first (https://example.org/first)'],
    })
    await first.release()
    await clock.advance(5_000)
    expect((await second).takenFrom).toBeUndefined()
    expect(holder(bucket)).toBe('second')
  })

  test('that is not given back in time ends the wait, naming its holder', async () => {
    const { clock, take } = setting()
    await take('first')
    const second = take('second', { wait: 30_000 })
    const refused = expect(second).rejects.toMatchObject({ code: 'locked', message: expect.stringContaining('deployment 7 by first') })
    await clock.advance(31_000)
    await refused
  })

  test('is kept by its heartbeat, however long it is held', async () => {
    const { bucket, clock, take } = setting()
    await take('first')
    const second = take('second').catch(() => 'refused')
    await clock.advance(20 * LEASE_MILLISECONDS)
    expect(holder(bucket)).toBe('first')
    expect((bucket.json(key) as LockDocument).counter).toBeGreaterThan((19 * LEASE_MILLISECONDS) / HEARTBEAT_MILLISECONDS)
    await clock.advance(3_600_000)
    expect(await second).toBe('refused')
  })

  test.each([
    ['with the same calendar', 0],
    ['whose calendar is an hour ahead', 3_600_000],
    ['whose calendar is a day behind', -86_400_000],
  ])('of a dead holder is taken over after a whole lease, and not before, by a waiter %s', async (_, skew) => {
    const { bucket, clock, take } = setting()
    await take('dead')
    // No heartbeat of it comes through any more.
    bucket.hold({ caller: 'dead', times: Number.POSITIVE_INFINITY })
    const second = take('second', { skew })
    await clock.advance(LEASE_MILLISECONDS - 1_000)
    expect(holder(bucket)).toBe('dead')
    await clock.advance(10_000)
    expect((await second).takenFrom).toMatchObject({ holder: 'dead', epoch: 7 })
    expect(holder(bucket)).toBe('second')
  })

  test('that was taken over is lost to its holder at its next write, and stays with the other', async () => {
    const { bucket, clock, take } = setting()
    const paused = await take('paused')
    const held = bucket.hold({ caller: 'paused', method: 'PUT' })
    await clock.advance(HEARTBEAT_MILLISECONDS)
    await held.reached
    const second = take('second')
    await clock.advance(LEASE_MILLISECONDS + 10_000)
    await second
    held.release()
    await clock.advance(1_000)
    expect(paused.lost.aborted).toBe(true)
    await expect(paused.setEpoch(8)).rejects.toMatchObject({ code: 'locked' })
    await paused.release()
    expect(holder(bucket)).toBe('second')
  })

  test('is confirmed by a fresh read', async () => {
    const { bucket, take } = setting()
    const first = await take('first')
    await first.confirmStillOurs()
    bucket.put(key, JSON.stringify({ schema: 'towpath/lock@1', holder: 'thief', token: 'x', run: null, epoch: 9, counter: 1 }))
    await expect(first.confirmStillOurs()).rejects.toMatchObject({ code: 'locked' })
  })

  test('outlives a heartbeat that could not be written', async () => {
    const { bucket, clock, take } = setting()
    const first = await take('first')
    bucket.fail({ caller: 'first', method: 'PUT' })
    await clock.advance(3 * HEARTBEAT_MILLISECONDS)
    expect(first.lost.aborted).toBe(false)
    expect((bucket.json(key) as LockDocument).counter).toBeGreaterThan(1)
    await first.release()
    expect(bucket.keys(key)).toEqual([])
  })

  test('is known again after the reply to its creation was lost', async () => {
    const { bucket, clock, take } = setting()
    bucket.drop({ caller: 'first', method: 'PUT' })
    const taking = take('first')
    await clock.advance(5_000)
    const first = await taking
    expect(holder(bucket)).toBe('first')
    await first.release()
    expect(bucket.keys('locks/')).toEqual([])
  })

  test.each([1, 2, 5])('outlives %d heartbeats in a row whose replies were lost', async (times) => {
    const { bucket, clock, take } = setting()
    const first = await take('first')
    bucket.drop({ caller: 'first', method: 'PUT', times })
    await clock.advance((times + 2) * HEARTBEAT_MILLISECONDS)
    expect(first.lost.aborted).toBe(false)
    await first.setEpoch(8)
    expect(bucket.json(key)).toMatchObject({ holder: 'first', epoch: 8 })
    await first.release()
    expect(bucket.keys('locks/')).toEqual([])
  })

  test('is known again after the reply to its takeover was lost', async () => {
    const { bucket, clock, take } = setting()
    await take('dead')
    bucket.hold({ caller: 'dead', times: Number.POSITIVE_INFINITY })
    const second = take('second')
    await clock.advance(LEASE_MILLISECONDS - 5_000)
    // Its next PUTs are refused creations; the one that is applied is the takeover.
    bucket.drop({ caller: 'second', method: 'PUT', times: 8 })
    await clock.advance(60_000)
    expect((await second).takenFrom).toMatchObject({ holder: 'dead' })
    expect(holder(bucket)).toBe('second')
  })

  test('of a dead holder is taken over by one of two that wait, and the other goes on waiting', async () => {
    const { bucket, clock, take } = setting()
    await take('dead')
    bucket.hold({ caller: 'dead', times: Number.POSITIVE_INFINITY })
    const lines: string[] = []
    const got: string[] = []
    const both = ['a', 'b'].map(async (name) => {
      const held = await take(name, { lines })
      got.push(name)
      await clock.sleep(30_000)
      await held.release()
    })
    await clock.advance(LEASE_MILLISECONDS + 15_000)
    expect(got).toEqual([holder(bucket)])
    expect(lines).toContain(`waiting for deployment 7 by ${got[0]} (https://example.org/${got[0]})`)
    await clock.advance(60_000)
    await Promise.all(both)
    expect(got.sort()).toEqual(['a', 'b'])
    expect(bucket.keys('locks/')).toEqual([])
  })

  test.each([
    ['is applied', 'drop'],
    ['is not applied', 'fail'],
  ] as const)('is given back although the first deletion %s and not answered', async (_, fault) => {
    const { bucket, take } = setting()
    const first = await take('first')
    bucket[fault]({ caller: 'first', method: 'DELETE' })
    await first.release()
    expect(bucket.keys('locks/')).toEqual([])
  })

  test("is not deleted by who gives back another's", async () => {
    const { bucket, take } = setting()
    const first = await take('first')
    bucket.put(key, JSON.stringify({ schema: 'towpath/lock@1', holder: 'thief', token: 'x', run: null, epoch: 9, counter: 1 }))
    await first.release()
    expect(holder(bucket)).toBe('thief')
  })

  test('is given back at once, though a heartbeat is under way, and stays given back', async () => {
    const { bucket, clock, take } = setting()
    const first = await take('first')
    const held = bucket.hold({ caller: 'first', method: 'PUT' })
    await clock.advance(HEARTBEAT_MILLISECONDS)
    await held.reached
    await first.release()
    expect(bucket.keys('locks/')).toEqual([])
    held.release()
    await clock.advance(60_000)
    expect(bucket.keys('locks/')).toEqual([])
  })
})
