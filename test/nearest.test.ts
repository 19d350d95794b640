import { describe, expect, test } from '@jest/globals'
import { nearest, suggest } from '../src/nearest.ts'

describe('the nearest name', () => {
  test.each([
    ['InstanceGruop', ['InstanceGroup', 'InstanceType'], 'InstanceGroup'],
    ['STAGING', ['staging', 'production'], 'staging'],
    ['prodution', ['staging', 'production'], 'production'],
    ['stabel', ['stable', 'next'], 'stable'],
    ['y', ['x'], 'x'],
  ])('to %s is found', (wrong, known, expected) => {
    expect(nearest(wrong, known)).toBe(expected)
  })

  test.each([
    ['qa', ['eu']],
    ['qa', ['staging', 'production']],
    ['database', ['network']],
    ['anything', []],
  ])('to %s is not made up', (wrong, known) => {
    expect(nearest(wrong, known)).toBeUndefined()
  })
})

describe('a suggestion', () => {
  test.each([
    ['stagin', ['staging'], "did you mean 'staging'?"],
    ['qa', ['staging', 'production'], "there are 'production', 'staging'"],
    ['qa', ['staging'], "there is 'staging'"],
    ['qa', [], 'there is none'],
  ])('for %s names what there is', (wrong, known, expected) => {
    expect(suggest(wrong, known)).toBe(expected)
  })

  test('names at most twelve, and counts the rest', () => {
    const known = Array.from({ length: 20 }, (_, index) => `stack-number-${String(index).padStart(2, '0')}`)
    expect(suggest('zzz', known)).toMatch(/'stack-number-11' and 8 more$/)
  })
})
