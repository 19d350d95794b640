import { describe, expect, test } from '@jest/globals'
import { allow, deny, policy } from '../../src/platform/access/policy.ts'
import { judge, like } from './iam.ts'

const arn = 'arn:aws:s3:::acme/locks/staging/a.json'
const ask = { action: 's3:GetObject', resource: arn }

describe('a policy', () => {
  test('that says nothing denies', () => expect(judge([policy([])], ask)).toBe('denied'))

  test('allows what it names, in whatever case the action is written', () => {
    expect(judge([policy([allow('A', ['S3:getobject'], [arn])])], ask)).toBe('allowed')
  })

  test('allows nothing beside it', () => {
    const only = [policy([allow('A', ['s3:GetObject'], ['arn:aws:s3:::acme/locks/staging/*'])])]
    expect(judge(only, { ...ask, resource: 'arn:aws:s3:::acme/locks/production/a.json' })).toBe('denied')
    expect(judge(only, { ...ask, action: 's3:PutObject' })).toBe('denied')
  })

  test('that denies wins over one that allows, wherever it stands', () => {
    const both = [policy([deny('D', ['s3:*'], ['*'])]), policy([allow('A', ['*'], ['*'])])]
    expect(judge(both, ask)).toBe('explicitly denied')
  })

  test.each([
    [{ StringEquals: { k: ['a', 'b'] } }, 'b', 'allowed'],
    [{ StringEquals: { k: 'a*' } }, 'ab', 'denied'],
    [{ StringLike: { k: 'a*' } }, 'ab', 'allowed'],
    [{ ArnEquals: { K: 'arn:aws:iam::1:role/x' } }, 'arn:aws:iam::1:role/x', 'allowed'],
    [{ ArnLike: { k: 'arn:*:role/y' } }, 'arn:aws:iam::1:role/x', 'denied'],
    [{ Bool: { k: 'false' } }, 'false', 'allowed'],
    [{ Null: { k: 'true' } }, undefined, 'allowed'],
    [{ Null: { k: 'false' } }, undefined, 'denied'],
    [{ StringEquals: { k: 'a' } }, undefined, 'denied'],
  ] as const)('with %j judges %j: %s', (condition, k, verdict) => {
    expect(judge([policy([allow('A', ['*'], ['*'], condition)])], { ...ask, keys: { k } })).toBe(verdict)
  })

  test('needs every key of a condition', () => {
    const both = policy([allow('A', ['*'], ['*'], { StringEquals: { a: '1', b: '2' } })])
    expect(judge([both], { ...ask, keys: { a: '1', b: '2' } })).toBe('allowed')
    expect(judge([both], { ...ask, keys: { a: '1' } })).toBe('denied')
  })

  test('with an operator or an element that is not known is not guessed at', () => {
    expect(() => judge([policy([allow('A', ['*'], ['*'], { NumericLessThan: { k: '1' } })])], { ...ask, keys: { k: '0' } })).toThrow(
      'NumericLessThan',
    )
    const strange = { ...allow('A', ['*'], ['*']), NotAction: ['s3:*'] }
    expect(() => judge([policy([strange])], ask)).toThrow('NotAction')
  })
})

describe('a principal', () => {
  const trusting = (Principal: '*' | Record<string, string>) => [policy([{ ...allow('A', ['*'], ['*']), Principal }])]
  const role = { kind: 'AWS', name: 'arn:aws:iam::111111111111:role/x' } as const

  test('is the one named, or anybody of an account whose root is named', () => {
    expect(judge(trusting({ AWS: role.name }), ask, role)).toBe('allowed')
    expect(judge(trusting({ AWS: 'arn:aws:iam::111111111111:root' }), ask, role)).toBe('allowed')
    expect(judge(trusting('*'), ask, role)).toBe('allowed')
  })

  test('is nobody else', () => {
    expect(judge(trusting({ AWS: 'arn:aws:iam::222222222222:root' }), ask, role)).toBe('denied')
    expect(judge(trusting({ Service: role.name }), ask, role)).toBe('denied')
    expect(judge(trusting({ AWS: role.name }), ask)).toBe('denied')
  })
})

test('a star stands for slashes too, a question mark for one character, a dot for itself', () => {
  expect(like('a/b/c', 'a/*')).toBe(true)
  expect(like('a/b', 'a?b')).toBe(true)
  expect(like('axb', 'a.b')).toBe(false)
  expect(like('xa', 'a')).toBe(false)
})
