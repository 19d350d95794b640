import { describe, expect, test } from '@jest/globals'
import { oneLine } from '../../../src/adapters/github/line.ts'

describe('a line for the runner', () => {
  test.each([
    ['::error::x', '\\u003a:error::x'],
    ['  ::error::x', '  \\u003a:error::x'],
    ['a ##[error]b ##[group]', 'a ##\\u005berror]b ##\\u005bgroup]'],
    ['a\r\n::error::b\rc', 'a ::error::b c'],
    ['\u2028::error::x', ' \\u003a:error::x'],
    ['\u001b[31mred', '\\u001b[31mred'],
    ['#\u200b#[error]x', '#\\u200b#[error]x'],
    [':\u200b:error::x', ':\\u200b:error::x'],
  ])('%j is shown as %j', (text, shown) => {
    expect(oneLine(text)).toBe(shown)
  })

  test.each(['web (AWS::S3::Bucket) created', '👩‍👩‍👧 ⚠️', 'a :: b', '# [x]', ': x'])('%s is left as it is', (text) => {
    expect(oneLine(text)).toBe(text)
  })

  test('is JSON with the same meaning, if it was JSON', () => {
    const value = { a: '::error::x ##[group]' }
    expect(JSON.parse(oneLine(JSON.stringify(value)))).toEqual(value)
  })
})
