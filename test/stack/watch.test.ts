import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../src/errors.ts'
import { pollGap } from '../../src/ports/clock.ts'
import type { StackEvent, Stacks } from '../../src/stack/stacks.ts'
import { type Deadline, follow, poll } from '../../src/stack/watch.ts'
import { virtualClock } from '../world/clock.ts'

const id = 'arn:aws:cloudformation:eu-west-1:000000000000:stack/main/1'

function patience(
  milliseconds = 3_600_000,
  signal = new AbortController().signal,
): Deadline & { readonly clock: ReturnType<typeof virtualClock> } {
  const clock = virtualClock()
  return { clock, until: clock.monotonic() + milliseconds, signal }
}

describe('the gap between two polls', () => {
  test.each([
    [0, 500],
    [9_999, 500],
    [20_000, 1_000],
    [60_000, 3_000],
    [100_000, 5_000],
    [3_600_000, 5_000],
  ])('after %d ms is %d ms', (elapsed, gap) => {
    expect(pollGap(elapsed)).toBe(gap)
  })
})

describe('a wait', () => {
  test('asks at those gaps, and no more', async () => {
    const waiting = patience()
    const asked: number[] = []
    await poll('it', waiting, async () => {
      asked.push(waiting.clock.monotonic())
      return waiting.clock.monotonic() >= 60_000 ? true : undefined
    })
    const gaps = asked.slice(1).map((time, index) => time - (asked[index] ?? 0))
    expect(gaps.map((gap) => Math.round(gap))).toEqual(gaps.map((_, index) => Math.round(pollGap(asked[index] ?? 0))))
    expect(asked.length).toBeLessThan(60)
  })

  test('whose patience ends is unknown, never a failure', async () => {
    await expect(poll('the operation', patience(10_000), async () => undefined)).rejects.toMatchObject({
      code: 'unknown',
      message: 'the operation was not over in time',
    })
  })

  test('ends at once when it is called off', async () => {
    const controller = new AbortController()
    const waiting = poll('it', patience(60_000, controller.signal), async () => undefined)
    controller.abort(new TowpathError('interrupted', 'stop'))
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' })
  })
})

describe('following an operation', () => {
  let serial = 0
  const event = (token: string, status: string, of = 'main'): StackEvent => ({
    id: `e${++serial}`,
    time: '2026-03-02T09:00:00.000Z',
    logicalId: of,
    ...(of === 'main' ? { physicalId: id } : {}),
    type: of === 'main' ? 'AWS::CloudFormation::Stack' : 'Test::Towpath::Thing',
    status,
    token,
  })

  /** CloudFormation that gives the events of each round (oldest first), newest first and only those after `until`. */
  function eventful(rounds: readonly (readonly StackEvent[])[]): Pick<Stacks, 'events'> {
    let asked = 0
    return {
      async events(_, until) {
        const all = rounds.slice(0, ++asked).flat()
        return all.slice(all.findIndex((one) => one.id === until) + 1).reverse()
      },
    }
  }

  const followed = (rounds: readonly (readonly StackEvent[])[], told: string[], seen?: string) =>
    follow(eventful(rounds) as Stacks, id, 'ours', seen, patience(), (one) => told.push(`${one.status} ${one.logicalId}`))

  test('passes over the terminal status that an earlier operation left', async () => {
    const earlier = [event('theirs', 'UPDATE_IN_PROGRESS'), event('theirs', 'UPDATE_COMPLETE')]
    const told: string[] = []
    const { status } = await followed(
      [
        earlier,
        [event('ours', 'UPDATE_IN_PROGRESS')],
        [event('ours', 'UPDATE_ROLLBACK_IN_PROGRESS'), event('ours', 'UPDATE_ROLLBACK_COMPLETE')],
      ],
      told,
    )
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(told).toEqual(['UPDATE_IN_PROGRESS main', 'UPDATE_ROLLBACK_IN_PROGRESS main', 'UPDATE_ROLLBACK_COMPLETE main'])
  })

  test('tells each event once, in the order of the service, though they share a millisecond', async () => {
    const told: string[] = []
    const first = event('ours', 'UPDATE_IN_PROGRESS')
    await followed(
      [
        [first, event('ours', 'UPDATE_IN_PROGRESS', 'B')],
        [event('ours', 'UPDATE_COMPLETE', 'B'), event('ours', 'UPDATE_IN_PROGRESS', 'A')],
        [event('ours', 'UPDATE_COMPLETE', 'A'), event('ours', 'UPDATE_COMPLETE')],
      ],
      told,
    )
    expect(told).toEqual([
      'UPDATE_IN_PROGRESS main',
      'UPDATE_IN_PROGRESS B',
      'UPDATE_COMPLETE B',
      'UPDATE_IN_PROGRESS A',
      'UPDATE_COMPLETE A',
      'UPDATE_COMPLETE main',
    ])
  })

  test('is not ended by the clean-up that comes before the end', async () => {
    const told: string[] = []
    const { status } = await followed([[event('ours', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')], [event('ours', 'UPDATE_COMPLETE')]], told)
    expect({ status, count: told.length }).toEqual({ status: 'UPDATE_COMPLETE', count: 2 })
  })

  test('is not ended by a nested stack of the same template', async () => {
    const nested: StackEvent = {
      ...event('ours', 'CREATE_COMPLETE'),
      logicalId: 'Child',
      physicalId: 'arn:aws:cloudformation:eu-west-1:000000000000:stack/main-Child/2',
    }
    const told: string[] = []
    const { status } = await followed([[nested], [event('ours', 'CREATE_COMPLETE')]], told)
    expect({ status, count: told.length }).toEqual({ status: 'CREATE_COMPLETE', count: 2 })
  })

  test('ends when another operation took the stack away from ours, and says that it was not ours', async () => {
    const told: string[] = []
    const { status, ours } = await followed(
      [[event('ours', 'CREATE_IN_PROGRESS')], [event('theirs', 'DELETE_IN_PROGRESS'), event('theirs', 'DELETE_COMPLETE')]],
      told,
    )
    expect({ status, ours, told }).toEqual({ status: 'DELETE_COMPLETE', ours: false, told: ['CREATE_IN_PROGRESS main'] })
  })

  test('is asked again where the service does not answer, and is unknown once the patience ends', async () => {
    const silent = new TowpathError('failed', 'no answer', { blame: 'service', transient: true })
    let asked = 0
    const { status } = await follow(
      {
        async events() {
          if (++asked < 30) throw silent
          return [event('ours', 'CREATE_COMPLETE')]
        },
      } as unknown as Stacks,
      id,
      'ours',
      undefined,
      patience(),
      () => {},
    )
    expect(status).toBe('CREATE_COMPLETE')
    await expect(poll('it', patience(10_000), async () => Promise.reject(silent))).rejects.toMatchObject({
      code: 'unknown',
      message: 'it was not over in time (no answer)',
    })
    await expect(poll('it', patience(), async () => Promise.reject(new TowpathError('denied', 'no')))).rejects.toMatchObject({
      code: 'denied',
    })
  })
})
