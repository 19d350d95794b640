import { describe, expect, test } from '@jest/globals'
import { asTowpathError, type ErrorCode, exitCodes, type Problem, refuse, TowpathError } from '../src/errors.ts'

const problem = (line: number, message = 'wrong', hint?: string): Problem => ({
  file: '/service/service.yml',
  line,
  column: 3,
  message,
  ...(hint === undefined ? {} : { hint }),
})

describe('an error', () => {
  test.each<[ErrorCode, number]>([
    ['failed', 1],
    ['bad-input', 2],
    ['not-found', 2],
    ['unsupported', 2],
    ['conflict', 2],
    ['no-credentials', 2],
    ['denied', 2],
    ['unknown', 3],
    ['gated', 4],
    ['locked', 5],
    ['drifted', 6],
    ['bug', 70],
    ['interrupted', 130],
  ])('%s ends with exit code %d', (code, expected) => {
    expect(exitCodes[code]).toBe(expected)
  })

  test("that is a bug is ours, any other the user's unless it says so", () => {
    expect(new TowpathError('bug', 'x').blame).toBe('bug')
    expect(new TowpathError('failed', 'x').blame).toBe('user')
    expect(new TowpathError('failed', 'x', { blame: 'service' }).blame).toBe('service')
  })
})

describe('an error with other details', () => {
  const error = new TowpathError('denied', 'no', {
    blame: 'service',
    transient: true,
    hint: 'ask',
    at: { file: 'a.yml', line: 1 },
    problems: [problem(1)],
    outputs: { a: 1 },
  })
  const fieldsOf = ({ code, message, blame, transient, hint, at, problems, outputs }: TowpathError) => ({
    ...{ code, message, blame, transient, hint, at, problems, outputs },
  })

  test('keeps everything that is not given, and its origin', () => {
    expect(fieldsOf(error.with({}))).toEqual(fieldsOf(error))
    expect(error.with({}).cause).toBe(error)
    expect(fieldsOf(error.with({ outputs: { b: 2 } }))).toEqual({ ...fieldsOf(error), outputs: { b: 2 } })
    expect(new TowpathError('failed', 'x').with({}).hint).toBeUndefined()
  })

  test('is made of anything that is thrown: of another kind it is a bug', () => {
    expect(asTowpathError(error, 'it')).toBe(error)
    const thrown = new TypeError('x is not a function')
    expect(asTowpathError(thrown, 'the test', 'report it')).toMatchObject({
      code: 'bug',
      message: 'the test failed in a way it should not: x is not a function',
      hint: 'report it',
      cause: thrown,
    })
    expect(asTowpathError('oh', 'it').message).toBe('it failed in a way it should not: oh')
  })
})

describe('a refusal', () => {
  test('of one problem is that problem, with its place and its hint', () => {
    expect(refuse('the service', [problem(4, 'no stack', 'add it')])).toMatchObject({
      code: 'bad-input',
      message: 'no stack',
      hint: 'add it',
      at: { file: '/service/service.yml', line: 4, column: 3 },
    })
  })

  test('of several counts them, lists them all, and points at the first', () => {
    const refused = refuse('the service', [problem(4), problem(9)])
    expect(refused).toMatchObject({ message: 'the service has 2 problems', hint: undefined, at: { line: 4 } })
    expect(refused.problems).toHaveLength(2)
  })

  test('without a problem is a bug of ours', () => {
    expect(refuse('the service', []).code).toBe('bug')
  })
})
