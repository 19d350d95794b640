import { describe, expect, test } from '@jest/globals'
import { parseDuration, pollGap, printDuration } from '../../src/ports/clock.ts'

describe('a duration', () => {
  test.each([
    ['90s', 90_000],
    ['90m', 5_400_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['250ms', 250],
    ['0s', 0],
  ])('%s is read', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds)
  })

  test.each(['', '90', 'm', '-5m', '1.5h', '5 m', '5M', '1h-5m', '99999999999999999999d', '٣m'])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  test.each([
    [0, '0 ms'],
    [340.4, '340 ms'],
    [999.6, '1.0 s'],
    [4_230, '4.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1 m 00 s'],
    [185_000, '3 m 05 s'],
    [3_599_600, '1 h 00 m'],
    [7_800_000, '2 h 10 m'],
  ])('of %d ms is printed as people read it', (milliseconds, text) => {
    expect(printDuration(milliseconds)).toBe(text)
  })
})

describe('the gap between two polls', () => {
  test.each([
    [0, 500],
    [10_000, 500],
    [40_000, 2_000],
    [100_000, 5_000],
    [3_600_000, 5_000],
  ])('after %d ms is a twentieth of it, from half a second to five', (elapsed, gap) => {
    expect(pollGap(elapsed)).toBe(gap)
  })
})
