import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { nodeClock } from '../../../src/adapters/node/clock.ts'

beforeEach(() => {
  jest.useFakeTimers({ now: new Date('2026-01-02T03:04:05Z') })
})
afterEach(() => {
  jest.useRealTimers()
})

const day = 86_400_000

test('it tells the time, and a clock that only goes forward', async () => {
  const clock = nodeClock()
  expect(clock.now()).toEqual(new Date('2026-01-02T03:04:05Z'))
  const before = clock.monotonic()
  await jest.advanceTimersByTimeAsync(250)
  expect(clock.monotonic() - before).toBe(250)
})

test.each([0, 1, 5_000, 60 * day, 2 ** 31 - 1, 2 * (2 ** 31 - 1)])('a sleep of %d ms ends after just that', async (milliseconds) => {
  let awake = false
  const sleep = nodeClock()
    .sleep(milliseconds)
    .then(() => {
      awake = true
    })
  if (milliseconds > 0) {
    await jest.advanceTimersByTimeAsync(milliseconds - 1)
    expect(awake).toBe(false)
  }
  await jest.advanceTimersByTimeAsync(1)
  await sleep
  expect(jest.getTimerCount()).toBe(0)
})

test('an abort ends a sleep at once, with its reason, and leaves no timer', async () => {
  const stop = new AbortController()
  const sleep = nodeClock().sleep(day, stop.signal)
  const reason = new Error('asked to stop')
  stop.abort(reason)
  await expect(sleep).rejects.toBe(reason)
  expect(jest.getTimerCount()).toBe(0)
})

test('a signal that is aborted already allows no sleep', async () => {
  const reason = new Error('asked to stop')
  await expect(nodeClock().sleep(0, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(jest.getTimerCount()).toBe(0)
})

test('a sleep that ended leaves nothing on the signal', async () => {
  const { signal } = new AbortController()
  const removed = jest.spyOn(signal, 'removeEventListener')
  const sleep = nodeClock().sleep(10, signal)
  await jest.advanceTimersByTimeAsync(10)
  await sleep
  expect(removed).toHaveBeenCalledTimes(1)
})
