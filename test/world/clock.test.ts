import { readFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import { virtualClock } from './clock.ts'

describe('a virtual clock', () => {
  test('passes time by itself once everybody is asleep', async () => {
    const clock = virtualClock({ now: '2026-01-01T00:00:00.000Z' })
    await clock.sleep(90 * 60_000)
    expect(clock.monotonic()).toBe(90 * 60_000)
    expect(clock.now().toISOString()).toBe('2026-01-01T01:30:00.000Z')
  })

  test('wakes sleepers by their time, and those of one time in the order in which they went to sleep', async () => {
    const clock = virtualClock()
    const woken: string[] = []
    const sleeper = (name: string, milliseconds: number) => clock.sleep(milliseconds).then(() => woken.push(`${name} ${clock.monotonic()}`))
    await Promise.all([sleeper('late', 300), sleeper('first', 100), sleeper('second', 100), sleeper('middle', 200)])
    expect(woken).toEqual(['first 100', 'second 100', 'middle 200', 'late 300'])
  })

  test('lets what a sleeper starts come first, before it wakes the next', async () => {
    const clock = virtualClock()
    const seen: string[] = []
    const chatty = async () => {
      await clock.sleep(100)
      for (let turn = 0; turn < 50; turn++) await Promise.resolve()
      await clock.sleep(10)
      seen.push(`chatty ${clock.monotonic()}`)
    }
    const quiet = async () => {
      await clock.sleep(120)
      seen.push(`quiet ${clock.monotonic()}`)
    }
    await Promise.all([quiet(), chatty()])
    expect(seen).toEqual(['chatty 110', 'quiet 120'])
  })

  test('stands still while a file is read', async () => {
    const clock = virtualClock()
    const timer = clock.sleep(1_000)
    await readFile(new URL(import.meta.url))
    expect(clock.monotonic()).toBe(0)
    await timer
    expect(clock.monotonic()).toBe(1_000)
  })

  test('gives up a sleep as soon as its signal is aborted, with the reason', async () => {
    const clock = virtualClock()
    const stop = new AbortController()
    const asleep = clock.sleep(1_000, stop.signal)
    stop.abort(new Error('somebody pressed Ctrl-C'))
    await expect(asleep).rejects.toThrow('somebody pressed Ctrl-C')
    await expect(clock.sleep(1_000, stop.signal)).rejects.toThrow('somebody pressed Ctrl-C')
    expect(clock.sleeping).toBe(0)
    expect(clock.monotonic()).toBe(0)
  })

  test('moves by hand alone if asked to, waking whoever is due on the way', async () => {
    const clock = virtualClock({ auto: false })
    const ticks: number[] = []
    const ticking = (async () => {
      while (ticks.length < 3) {
        await clock.sleep(10_000)
        ticks.push(clock.monotonic())
      }
    })()
    await clock.advance(25_000)
    expect(ticks).toEqual([10_000, 20_000])
    expect(clock.monotonic()).toBe(25_000)
    await clock.advance(5_000)
    await ticking
    expect(ticks).toEqual([10_000, 20_000, 30_000])
  })

  test('can be moved by hand while it also runs by itself', async () => {
    const clock = virtualClock()
    const asleep = clock.sleep(60_000)
    await clock.advance(1_000)
    expect(clock.monotonic()).toBe(1_000)
    await asleep
    expect(clock.monotonic()).toBe(60_000)
  })

  test('keeps its stopwatch apart from the calendar', async () => {
    const clock = virtualClock({ now: '2026-01-01T00:00:00.000Z' })
    const ahead = clock.skewed(3_600_000)
    await clock.advance(5_000)
    clock.setNow('2030-06-01T12:00:00.000Z')
    expect(clock.monotonic()).toBe(5_000)
    expect(clock.now().toISOString()).toBe('2030-06-01T12:00:00.000Z')
    expect(ahead.now().toISOString()).toBe('2030-06-01T13:00:00.000Z')
    expect(ahead.monotonic()).toBe(5_000)
  })

  test('fails a wait that never ends instead of turning for ever', async () => {
    const clock = virtualClock({ limit: 60_000 })
    const forever = async () => {
      for (;;) await clock.sleep(1_000)
    }
    await expect(forever()).rejects.toThrow('virtual time ran past')
  })
})
