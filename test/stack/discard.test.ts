import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../src/errors.ts'
import { silent } from '../../src/log.ts'
import type { StackClient } from '../../src/stack/client.ts'
import { eraseChangeSet } from '../../src/stack/discard.ts'
import type { ChangeSetRef } from '../../src/stack/stacks.ts'
import { virtualClock } from '../world/clock.ts'
import { type FakeStacks, fakeStacks } from '../world/cloudformation.ts'

/** A shell with one change set, which is made. */
async function aShell(): Promise<{ readonly cloud: FakeStacks; readonly client: StackClient; readonly ref: ChangeSetRef }> {
  const clock = virtualClock()
  const cloud = fakeStacks({ clock })
  const template = { body: JSON.stringify({ Resources: { Thing: { Type: 'Test::Towpath::Thing' } } }) }
  const request = { stack: 'main', name: 'towpath-1', type: 'CREATE' as const, template, parameters: {}, tags: {}, capabilities: [] }
  const ref = await cloud.createChangeSet({ ...request, token: 'one' })
  await clock.sleep(10_000)
  const deadline = { clock, until: clock.monotonic() + 60_000, signal: new AbortController().signal }
  return { cloud, ref, client: { stacks: cloud, once: cloud, deadline, log: silent, random: () => 'abcd' } }
}

describe('point 15: the shell of a change set', () => {
  test('is deleted with it', async () => {
    const { cloud, client, ref } = await aShell()
    await eraseChangeSet(client, { ref, role: undefined, confirm: async () => {} })
    expect(cloud.count('deleteStack')).toBe(1)
  })

  test('stays where the lock is not ours any more', async () => {
    const { cloud, client, ref } = await aShell()
    const confirm = async (): Promise<void> => {
      throw new TowpathError('locked', 'somebody else has it')
    }
    await expect(eraseChangeSet(client, { ref, role: undefined, confirm })).rejects.toMatchObject({ code: 'locked' })
    expect(cloud.count('deleteStack')).toBe(0)
  })

  test('stays where somebody executed on it between the first look and the second', async () => {
    const { cloud, client, ref } = await aShell()
    const confirm = async (): Promise<void> => cloud.enter('main', 'CREATE_IN_PROGRESS')
    await eraseChangeSet(client, { ref, role: undefined, confirm })
    expect(cloud.count('deleteStack')).toBe(0)
  })
})
