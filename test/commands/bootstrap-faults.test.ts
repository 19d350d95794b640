import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../src/errors.ts'
import type { ChangeSetRef } from '../../src/stack/stacks.ts'
import { anAccount } from './account.ts'

type Cloud = ReturnType<typeof anAccount>['cloud']

const name = 'towpath-acme-towpath'

/** The event with which CloudFormation begins to create a stack, or to update one. */
const begun = (cloud: Cloud, status: string): number =>
  cloud.history(name).filter((event) => event.type === 'AWS::CloudFormation::Stack' && event.status === status).length

/** Somebody else changes the stack, by a template with one more resource. */
function changedByAnother(cloud: Cloud): void {
  const template = JSON.parse(cloud.templateOf(name))
  const times = cloud.history(name).length
  const Resources = { ...template.Resources, Other: { Type: 'Test::Towpath::Thing', Properties: { times } } }
  cloud.place({ name, template: { ...template, Resources }, tags: cloud.stack(name)?.tags ?? {} })
}

/** The names of change sets of ours that are there now and were not before. */
function madeSince(before: readonly ChangeSetRef[], now: readonly ChangeSetRef[]): readonly string[] {
  const fresh = now.filter(({ id }) => !before.some((one) => one.id === id))
  return fresh.map(({ name }) => name).filter((made) => made.startsWith('towpath-'))
}

describe('what may go wrong while bootstrap makes a stack', () => {
  test('a lost reply to ExecuteChangeSet does not create it twice, and is followed to its end', async () => {
    const { cloud, run } = anAccount()
    cloud.drop({ call: 'executeChangeSet' })
    expect(await run()).toMatchObject({ created: true })
    expect(cloud.stack(name)).toMatchObject({ status: 'CREATE_COMPLETE', terminationProtection: true })
    expect(begun(cloud, 'CREATE_IN_PROGRESS')).toBe(1)
  })

  test('a service that does not answer any more leaves what was begun unknown, not failed', async () => {
    const { cloud, run } = anAccount()
    // Events and description: either alone would tell the end.
    cloud.fail({ call: 'events', stack: name, nth: 2, times: Number.POSITIVE_INFINITY })
    cloud.fail({ call: 'describe', stack: name, nth: 2, times: Number.POSITIVE_INFINITY })
    await expect(run()).rejects.toMatchObject({ code: 'unknown' })
    expect(cloud.stack(name)).toMatchObject({ status: expect.stringContaining('CREATE_') })
  })

  test.each<[string, Parameters<Cloud['fail']>[0], string]>([
    ['credentials that expire while it is followed', { call: 'events', nth: 2, times: Number.POSITIVE_INFINITY }, 'CREATE_IN_PROGRESS'],
    ['an execution that is never answered', { call: 'executeChangeSet', times: Number.POSITIVE_INFINITY }, 'REVIEW_IN_PROGRESS'],
  ])('%s: what may be under way is unknown, whatever the error is', async (what, where, status) => {
    const { cloud, run } = anAccount()
    cloud.fail(where, what.startsWith('credentials') ? new TowpathError('no-credentials', 'expired') : undefined)
    await expect(run()).rejects.toMatchObject({ code: 'unknown', hint: expect.stringContaining('run the same command again') })
    expect(cloud.stack(name)).toMatchObject({ status })
  })

  test('an execution that is refused was not begun, and keeps its own code', async () => {
    const { cloud, clock, run } = anAccount()
    cloud.fail({ call: 'executeChangeSet' }, new TowpathError('denied', 'not you'))
    await expect(run()).rejects.toMatchObject({ code: 'denied' })
    await clock.advance(60_000)
    expect(cloud.stack(name)).toBeUndefined()
  })

  test("a change set that became obsolete by another's while it was made is made anew, once, and is not left behind", async () => {
    const { cloud, clock, run } = anAccount()
    await run()
    const before = await cloud.listChangeSets(name)
    const held = cloud.hold({ call: 'describeChangeSet' })
    const changing = run({ trust: ['production=222222222222'] })
    await held.reached
    await clock.advance(10_000)
    changedByAnother(cloud)
    held.release()
    expect(await changing).toMatchObject({ created: true })
    expect(madeSince(before, await cloud.listChangeSets(name))).toEqual([expect.stringMatching(/^towpath-bootstrap-/)])
    expect(cloud.count('createChangeSet')).toBe(3)
  })

  test("a change set that became obsolete by another's before it was executed is made anew, once", async () => {
    const { cloud, run, lines } = anAccount()
    await run()
    const before = await cloud.listChangeSets(name)
    const held = cloud.hold({ call: 'executeChangeSet' })
    const changing = run({ trust: ['production=222222222222'] })
    await held.reached
    changedByAnother(cloud)
    held.release()
    expect(await changing).toMatchObject({ created: true })
    expect(lines.join('\n')).toContain(`somebody else changed stack ${name}, so the change set is made anew`)
    expect(madeSince(before, await cloud.listChangeSets(name))).toHaveLength(1)
    expect(cloud.stack(name)).toMatchObject({ status: 'UPDATE_COMPLETE', tags: { 'towpath:bucket': 'acme-towpath' } })
  })

  test.each([
    ['while it was made', 'describeChangeSet'],
    ['before it was executed', 'executeChangeSet'],
  ] as const)('what somebody else allowed %s is not taken away unseen: bootstrap asks to be run again', async (_, call) => {
    const { cloud, clock, run } = anAccount()
    await run()
    const held = cloud.hold({ call })
    const changing = run({ trust: ['production=222222222222'] })
    await held.reached
    await clock.advance(10_000)
    const template = JSON.parse(cloud.templateOf(name))
    const Outputs = { ...template.Outputs, Trust: { Value: 'staging=333333333333' } }
    cloud.place({ name, template: { ...template, Outputs }, tags: cloud.stack(name)?.tags ?? {} })
    held.release()
    await expect(changing).rejects.toMatchObject({ code: 'conflict', hint: expect.stringContaining('run bootstrap again') })
    expect(cloud.stack(name)?.outputs).toMatchObject({ Trust: 'staging=333333333333' })
  })

  test('a change set that becomes obsolete again and again ends in a failure that says so', async () => {
    const { cloud, clock, run } = anAccount()
    await run()
    const before = await cloud.listChangeSets(name)
    const spoil = async (): Promise<void> => {
      const held = cloud.hold({ call: 'describeChangeSet' })
      await held.reached
      await clock.advance(10_000)
      changedByAnother(cloud)
      held.release()
    }
    const spoiled = spoil().then(spoil)
    await expect(run({ trust: ['production=222222222222'] })).rejects.toMatchObject({
      code: 'failed',
      message: `the change set of stack ${name} could not be made: it is CREATE_COMPLETE, OBSOLETE`,
    })
    await spoiled
    expect(madeSince(before, await cloud.listChangeSets(name))).toEqual([])
  })

  test('a change set that could not be made leaves nothing behind, not even the shell of a stack', async () => {
    const { cloud, clock, run } = anAccount()
    const held = cloud.hold({ call: 'describeChangeSet' })
    const creating = run()
    await held.reached
    cloud.fail({ call: 'describeChangeSet', times: 1 }, new TowpathError('denied', 'not any more'))
    held.release()
    await expect(creating).rejects.toMatchObject({ code: 'denied' })
    await clock.advance(60_000)
    expect(cloud.stack(name)).toBeUndefined()
  })
})
