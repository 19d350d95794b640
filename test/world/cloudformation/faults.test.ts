import { describe, expect, test } from '@jest/globals'
import { drive, thing } from './driver.ts'

describe('faults', () => {
  test('the nth request that fits fails, before it is applied', async () => {
    const { cloud, propose } = drive()
    const changeSet = await propose({})
    cloud.fail({ call: 'executeChangeSet', stack: 's', nth: 2 })
    await cloud.executeChangeSet(changeSet, 'run')
    await expect(cloud.executeChangeSet(changeSet, 'run')).rejects.toMatchObject({ code: 'failed', blame: 'service' })
    await cloud.executeChangeSet(changeSet, 'run')
  })

  test('a request can fail with an error of the test', async () => {
    const { cloud } = drive()
    cloud.fail({ call: 'describe' }, new Error('out of cheese'))
    await expect(cloud.describe('s')).rejects.toThrow('out of cheese')
    expect(await cloud.describe('s')).toBeUndefined()
  })

  test('a request whose reply is lost is applied all the same', async () => {
    const { cloud, clock, propose } = drive()
    const changeSet = await propose({})
    cloud.drop({ call: 'executeChangeSet' })
    await expect(cloud.executeChangeSet(changeSet, 'run')).rejects.toMatchObject({ code: 'failed', blame: 'service' })
    await clock.sleep(60_000)
    expect(await cloud.describe('s')).toMatchObject({ status: 'CREATE_COMPLETE' })
  })

  test('a lost reply to CreateChangeSet is made up for by the same request', async () => {
    const { cloud, request } = drive()
    const wanted = request({})
    cloud.drop({ call: 'createChangeSet' })
    await expect(cloud.createChangeSet(wanted)).rejects.toThrow('could not be reached')
    expect(await cloud.listChangeSets('s')).toEqual([await cloud.createChangeSet(wanted)])
  })

  test('requests are refused for being too many, as often as asked', async () => {
    const { cloud } = drive()
    cloud.throttle({ call: 'events', times: 2 })
    await cloud.createChangeSet(drive().request({}))
    await expect(cloud.events('s')).rejects.toThrow('slow down')
    await expect(cloud.events('s')).rejects.toThrow('slow down')
    expect(await cloud.events('s')).toHaveLength(1)
  })

  test('a request is held back before it is applied, or its reply after', async () => {
    const { cloud, clock, propose } = drive()
    const changeSet = await propose({})
    const before = cloud.hold({ call: 'executeChangeSet' })
    const executing = cloud.executeChangeSet(changeSet, 'run')
    await before.reached
    await clock.advance(60_000)
    expect(cloud.stack('s')?.status).toBe('REVIEW_IN_PROGRESS')
    const after = cloud.hold({ call: 'executeChangeSet' }, 'after')
    before.release()
    await executing
    const again = cloud.executeChangeSet(changeSet, 'run')
    await after.reached
    expect(cloud.stack('s')?.status).toBe('CREATE_IN_PROGRESS')
    after.release()
    await again
  })

  test('meet one client and leave the others alone', async () => {
    const { cloud } = drive()
    cloud.fail({ call: 'describe', caller: 'dead', times: Number.POSITIVE_INFINITY })
    await expect(cloud.as('dead').describe('s')).rejects.toMatchObject({ code: 'failed' })
    expect(await cloud.as('alive').describe('s')).toBeUndefined()
    await expect(cloud.as('dead').describe('s')).rejects.toMatchObject({ code: 'failed' })
  })

  test('a stack is described as before, so many times after an operation began, while its events tell the truth', async () => {
    const { cloud, propose } = drive({ staleReads: 2 })
    cloud.place({ name: 's', template: { Resources: { Thing: thing() } } })
    const before = await cloud.describe('s')
    const changeSet = await propose({ Resources: { Thing: thing({ Size: 2 }) } }, { type: 'UPDATE' })
    await cloud.executeChangeSet(changeSet, 'run')
    expect(await cloud.describe('s')).toEqual(before)
    expect((await cloud.events('s'))[0]).toMatchObject({ status: 'UPDATE_IN_PROGRESS', token: 'run' })
    expect(await cloud.describe(changeSet.stackId)).toEqual(before)
    expect(await cloud.describe('s')).toMatchObject({ status: 'UPDATE_IN_PROGRESS' })
  })
})

describe('a test sees', () => {
  test('every request, by call, stack and caller, at its time', async () => {
    const { cloud, clock, propose } = drive({ latency: ({ call }) => (call === 'deleteStack' ? 250 : 0) })
    const { stackId } = await propose({})
    const sent = clock.monotonic()
    await cloud.as('other').deleteStack(stackId, 'end')
    expect(clock.monotonic() - sent).toBe(250)
    expect(cloud.requests.at(-1)).toEqual({ call: 'deleteStack', stack: 's', caller: 'other', at: sent })
    expect(cloud.count('createChangeSet', 's')).toBe(1)
    expect(cloud.count('createChangeSet', 't')).toBe(0)
    expect(cloud.count('describeChangeSet')).toBeGreaterThan(1)
  })

  test('stacks that it put there, at once and unlogged, and again to update them', async () => {
    const { cloud, clock } = drive()
    const placed = cloud.place({
      name: 's',
      template: { Resources: { Thing: thing() }, Outputs: { A: { Value: 'a' } } },
      tags: { team: 'canal' },
    })
    expect(placed).toMatchObject({ status: 'CREATE_COMPLETE', outputs: { A: 'a' }, tags: { team: 'canal' } })
    const parts = { status: 'UPDATE_ROLLBACK_FAILED', terminationProtection: true } as const
    expect(cloud.place({ name: 's', template: { Resources: { Other: thing() } }, ...parts })).toMatchObject({ id: placed.id, ...parts })
    expect([clock.monotonic(), cloud.requests]).toEqual([0, []])
  })

  test('what was under way stop, when it puts a stack into a status', async () => {
    const { cloud, clock, propose } = drive()
    await cloud.executeChangeSet(await propose({}), 'run')
    cloud.enter('s', 'ROLLBACK_FAILED', 'somebody interfered')
    await clock.sleep(60_000)
    expect(await cloud.describe('s')).toMatchObject({ status: 'ROLLBACK_FAILED', reason: 'somebody interfered' })
  })
})
