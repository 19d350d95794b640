import { describe, expect, test } from '@jest/globals'
import { isTransient, TowpathError } from '../../src/errors.ts'
import { causeOf, rootCause } from '../../src/stack/cause.ts'
import type { StackEvent, StackStatus } from '../../src/stack/stacks.ts'
import { isSettled, isSuccess, nextStep, wayOut } from '../../src/stack/state.ts'
import { verdictOf } from '../../src/stack/verdict.ts'

describe('what may be done with a stack', () => {
  /** Source: facts of the CloudFormation API reference, StackStatus. */
  const expected: Readonly<Record<StackStatus, string>> = {
    REVIEW_IN_PROGRESS: 'create',
    CREATE_COMPLETE: 'update',
    UPDATE_COMPLETE: 'update',
    IMPORT_COMPLETE: 'update',
    UPDATE_ROLLBACK_COMPLETE: 'update',
    IMPORT_ROLLBACK_COMPLETE: 'update',
    ROLLBACK_COMPLETE: 'recreate',
    DELETE_COMPLETE: 'create',
    CREATE_IN_PROGRESS: 'wait',
    ROLLBACK_IN_PROGRESS: 'wait',
    DELETE_IN_PROGRESS: 'wait',
    UPDATE_IN_PROGRESS: 'wait',
    UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
    UPDATE_ROLLBACK_IN_PROGRESS: 'wait',
    UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
    IMPORT_IN_PROGRESS: 'wait',
    IMPORT_ROLLBACK_IN_PROGRESS: 'wait',
    CREATE_FAILED: 'refuse',
    ROLLBACK_FAILED: 'refuse',
    DELETE_FAILED: 'refuse',
    UPDATE_FAILED: 'refuse',
    UPDATE_ROLLBACK_FAILED: 'refuse',
    IMPORT_ROLLBACK_FAILED: 'refuse',
  }

  test.each(Object.entries(expected))('in %s: %s', (status, step) => {
    expect(nextStep[status as StackStatus]).toBe(step)
  })

  test('only the end of a failed first creation leads to a deletion', () => {
    expect(Object.keys(nextStep).filter((status) => nextStep[status as StackStatus] === 'recreate')).toEqual(['ROLLBACK_COMPLETE'])
  })

  test('every status that is refused says what a person does about it', () => {
    const refused = Object.keys(nextStep).filter((status) => nextStep[status as StackStatus] === 'refuse')
    expect(Object.keys(wayOut).sort()).toEqual(refused.sort())
  })

  test('every status of an operation under way is one to wait for, and a shell is not', () => {
    for (const status of Object.keys(nextStep))
      expect({ status, settled: isSettled(status) }).toEqual({ status, settled: nextStep[status as StackStatus] !== 'wait' })
  })

  test.each([
    ['CREATE_COMPLETE', true],
    ['UPDATE_COMPLETE', true],
    ['UPDATE_ROLLBACK_COMPLETE', false],
    ['ROLLBACK_COMPLETE', false],
    ['DELETE_COMPLETE', false],
  ])('an operation that ended in %s did what was asked: %s', (status, success) => {
    expect(isSuccess(status)).toBe(success)
  })
})

describe('what a change set turned out to be', () => {
  test.each([
    ['CREATE_PENDING', 'UNAVAILABLE', undefined, 'pending'],
    ['CREATE_IN_PROGRESS', 'UNAVAILABLE', undefined, 'pending'],
    ['CREATE_COMPLETE', 'UNAVAILABLE', undefined, 'pending'],
    ['CREATE_COMPLETE', 'AVAILABLE', undefined, 'executable'],
    ['CREATE_COMPLETE', 'OBSOLETE', undefined, 'obsolete'],
    ['CREATE_COMPLETE', 'EXECUTE_COMPLETE', undefined, 'failed'],
    [
      'FAILED',
      'UNAVAILABLE',
      "The submitted information didn't contain changes. Submit different information to create a change set.",
      'empty',
    ],
    ['FAILED', 'UNAVAILABLE', 'No updates are to be performed.', 'empty'],
    ['FAILED', 'UNAVAILABLE', 'Template error: instance of Fn::GetAtt references undefined resource X', 'failed'],
    ['FAILED', 'UNAVAILABLE', undefined, 'failed'],
    ['DELETE_IN_PROGRESS', 'UNAVAILABLE', undefined, 'failed'],
  ])('%s, %s, %s: %s', (status, execution, reason, verdict) => {
    expect(verdictOf({ status, execution, ...(reason === undefined ? {} : { reason }) })).toBe(verdict)
  })
})

describe('the cause of a failure', () => {
  const event = (logicalId: string, status: string, reason?: string): StackEvent => ({
    id: `${logicalId}${status}`,
    time: '2026-03-02T09:00:00.000Z',
    logicalId,
    type: 'Test::Towpath::Thing',
    status,
    ...(reason === undefined ? {} : { reason }),
  })

  test('is the resource that failed first, not those that were cancelled with it', () => {
    const events = [
      event('A', 'CREATE_IN_PROGRESS'),
      event('B', 'CREATE_FAILED', 'Resource creation cancelled'),
      event('A', 'CREATE_FAILED', 'no such image'),
      event('stack', 'ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [A, B].'),
    ]
    expect(causeOf(events)).toEqual({ resource: 'A', type: 'Test::Towpath::Thing', reason: 'no such image' })
  })

  test('is the earliest of several', () => {
    expect(causeOf([event('A', 'UPDATE_FAILED', 'first'), event('B', 'UPDATE_FAILED', 'second')])?.resource).toBe('A')
  })

  test("is the stack's own reason where no resource failed", () => {
    expect(causeOf([event('stack', 'UPDATE_ROLLBACK_IN_PROGRESS', 'Alarm acme went off')])).toMatchObject({
      resource: 'stack',
      reason: 'Alarm acme went off',
    })
  })

  test('says so where the service gave no reason', () => {
    expect(causeOf([event('A', 'CREATE_FAILED')])).toMatchObject({ resource: 'A', reason: 'the service gave no reason' })
  })

  test('is nothing where nothing failed', () => {
    expect(causeOf([event('A', 'CREATE_COMPLETE')])).toBeUndefined()
  })

  test.each([
    'Resource creation cancelled',
    'Resource update cancelled',
    'The following resource(s) failed to create: [A]. Rollback requested by user.',
    'Rollback requested by user.',
    'User Initiated',
  ])('is never "%s" where another resource has a reason of its own', (echo) => {
    expect(causeOf([event('B', 'CREATE_FAILED', echo), event('A', 'CREATE_FAILED', 'no such image')])).toMatchObject({ resource: 'A' })
    // Canary: where nothing else is said, the echo is better than silence.
    expect(causeOf([event('B', 'CREATE_FAILED', echo)])).toMatchObject({ resource: 'B', reason: echo })
  })

  describe('in a nested stack', () => {
    const stack = (name: string, id: string, status: string, reason: string, time = '2026-03-02T09:00:00.000Z'): StackEvent => ({
      ...event(name, status, reason),
      type: 'AWS::CloudFormation::Stack',
      physicalId: `arn:aws:cloudformation:eu-west-1:1:stack/${id}/1`,
      time,
    })
    const outer = [
      stack('main', 'main', 'UPDATE_IN_PROGRESS', 'User Initiated'),
      stack('Child', 'main-Child', 'CREATE_FAILED', 'Embedded stack main-Child was not successfully created'),
    ]
    const id = outer[0]?.physicalId ?? ''
    const inside = [
      stack('main-Child', 'main-Child', 'CREATE_IN_PROGRESS', ''),
      { ...event('Old', 'CREATE_FAILED', 'long ago'), time: '2025-01-01T00:00:00.000Z' },
      event('Other', 'CREATE_FAILED', 'Resource creation cancelled'),
      event('Table', 'CREATE_FAILED', 'no such key'),
    ]

    test('is what the nested stack says of the same time, with the way there', async () => {
      const asked: string[] = []
      const stacks = {
        events: async (of: string) => {
          asked.push(of)
          return of.includes('main-Child') ? inside.toReversed() : []
        },
      }
      expect(await rootCause(stacks, id, outer)).toEqual({ resource: 'Child.Table', type: 'Test::Towpath::Thing', reason: 'no such key' })
      expect(asked).toEqual([outer[1]?.physicalId])
    })

    test('is what the outer stack says where the nested one cannot be read, or says nothing', async () => {
      for (const events of [async () => Promise.reject(new Error('denied')), async () => []])
        expect(await rootCause({ events }, id, outer)).toMatchObject({ resource: 'Child' })
    })

    test("is not sought in the stack itself, whose own event is one of a stack's too", async () => {
      const events = async () => Promise.reject(new Error('asked'))
      expect(await rootCause({ events }, id, [stack('main', 'main', 'UPDATE_FAILED', 'Alarm went off')])).toMatchObject({
        reason: 'Alarm went off',
      })
    })
  })
})

describe('an error', () => {
  test.each([
    [new TowpathError('failed', 'x', { transient: true }), true],
    [new TowpathError('failed', 'x', { blame: 'service' }), false],
    [new Error('x'), false],
    [undefined, false],
  ])('%s may go away by itself: %s', (error, transient) => {
    expect(isTransient(error)).toBe(transient)
  })
})
