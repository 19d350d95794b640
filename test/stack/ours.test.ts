import { describe, expect, test } from '@jest/globals'
import type { StackClient } from '../../src/stack/client.ts'
import { requireOurs, shownBy } from '../../src/stack/ours.ts'
import type { Stack, StackEvent, Stacks } from '../../src/stack/stacks.ts'
import { virtualClock } from '../world/clock.ts'

const id = 'arn:aws:cloudformation:eu-west-1:000000000000:stack/main/1'
const at = (second: number): string => new Date(Date.UTC(2026, 2, 2, 9, 0, second)).toISOString()

function aStack(changes: Partial<Stack> = {}): Stack {
  return {
    ...{ id, name: 'main', status: 'UPDATE_COMPLETE', created: at(0), updated: at(10) },
    ...{ outputs: {}, parameters: {}, tags: {}, terminationProtection: false },
    ...changes,
  }
}

let serial = 0
const anEvent = (token: string, second: number, changes: Partial<StackEvent> = {}): StackEvent => ({
  ...{ id: `e${++serial}`, time: at(second), logicalId: 'main', physicalId: id },
  ...{ type: 'AWS::CloudFormation::Stack', status: 'UPDATE_COMPLETE', token },
  ...changes,
})

const before = aStack({ updated: at(5) })
const ended = anEvent('ours', 20)

/** Asks about an operation of ours that ended at second 20, in a CloudFormation that says this afterwards. */
function asked(live: Stack, later: readonly StackEvent[] = []): Promise<Stack> {
  const clock = virtualClock()
  const once = { describe: async () => live, events: async () => later } as unknown as Stacks
  const deadline = { clock, until: clock.monotonic() + 3_600_000, signal: new AbortController().signal }
  const client = { once, deadline } as unknown as StackClient
  const end = { status: 'UPDATE_COMPLETE', ours: true, events: [anEvent('ours', 10), ended], newest: ended.id }
  return requireOurs(client, { label: "stack 'main'", changeSet: { stackId: id }, token: 'ours', before }, end)
}

describe('what a description shows of an operation of ours', () => {
  test.each([
    ['ours', 'its status and a time within it', aStack({ updated: at(10) })],
    ['ours', 'the very time of its last event', aStack({ updated: at(20) })],
    ['not yet', 'the time from before', aStack({ updated: at(5) })],
    ['not yet', 'another status, at a time within it', aStack({ status: 'UPDATE_IN_PROGRESS' })],
    ["somebody else's", 'a time after its last event', aStack({ updated: at(21) })],
    ["somebody else's", 'a time after it and another status', aStack({ updated: at(21), status: 'UPDATE_IN_PROGRESS' })],
  ])('%s: %s', (shown, _, live) => {
    expect(shownBy(live, 'UPDATE_COMPLETE', before, at(20))).toBe(shown)
  })
})

describe('point 4: success belongs to our own operation', () => {
  test('a stack that nobody touched since is ours', async () => {
    expect(await asked(aStack())).toMatchObject({ updated: at(10) })
  })

  test.each([
    ['an update that began right after it', aStack({ updated: at(21) }), [anEvent('theirs', 21, { status: 'UPDATE_IN_PROGRESS' })]],
    ['an update whose events lag', aStack({ updated: at(21) }), []],
    ['an update that has the same time', aStack({ updated: at(20) }), [anEvent('theirs', 20)]],
    ['an update of nobody known', aStack({ updated: at(20) }), [anEvent('', 20)]],
    ['a nested stack that somebody else updates', aStack(), [anEvent('theirs', 21, { logicalId: 'Child', physicalId: `${id}-Child` })]],
  ])('%s leaves it unknown', async (_, live, later) => {
    await expect(asked(live, later)).rejects.toMatchObject({
      code: 'unknown',
      message: "stack 'main' was UPDATE_COMPLETE, and somebody else has changed it since",
    })
  })

  test('a stack that was deleted since is not ours any more', async () => {
    await expect(asked(aStack({ status: 'DELETE_COMPLETE' }))).rejects.toMatchObject({ code: 'unknown' })
  })
})
