import { describe, expect, test } from '@jest/globals'
import type { StackStatus } from '../../src/stack/stacks.ts'
import { drive, thing } from './cloudformation/driver.ts'
import { NO_UPDATES } from './cloudformation.ts'

describe('a change set', () => {
  test('is pending, then in progress, then complete', async () => {
    const { cloud, clock, request } = drive()
    const ref = await cloud.createChangeSet(request({}))
    const seen: string[] = []
    for (const wait of [0, 500, 2_000]) {
      await clock.sleep(wait)
      const changeSet = await cloud.describeChangeSet(ref)
      seen.push(`${changeSet?.status} ${changeSet?.execution} ${changeSet?.changes.length}`)
    }
    expect(seen).toEqual(['CREATE_PENDING UNAVAILABLE 0', 'CREATE_IN_PROGRESS UNAVAILABLE 0', 'CREATE_COMPLETE AVAILABLE 1'])
  })

  test('cannot be executed or deleted while it is being made', async () => {
    const { cloud, request } = drive()
    const ref = await cloud.createChangeSet(request({}))
    await expect(cloud.executeChangeSet(ref, 'run')).rejects.toThrow('cannot be executed in its current status of [CREATE_PENDING]')
    await expect(cloud.deleteChangeSet(ref)).rejects.toThrow('cannot be deleted in its current status of [CREATE_PENDING]')
  })

  test.each([[undefined], [NO_UPDATES]])('without changes fails with a text of AWS (%#)', async (emptyReason) => {
    const { propose, deploy } = drive(emptyReason === undefined ? {} : { emptyReason })
    await deploy({})
    const changeSet = await propose({ Description: 'another' }, { type: 'UPDATE' })
    const reason = emptyReason ?? "The submitted information didn't contain changes. Submit different information to create a change set."
    expect(changeSet).toMatchObject({ status: 'FAILED', execution: 'UNAVAILABLE', reason, changes: [] })
  })

  test('of an output alone can be executed and has no changes', async () => {
    const { propose, deploy, execute, told } = drive()
    await deploy({})
    const changeSet = await propose({ Outputs: { Id: { Value: { Ref: 'Thing' } } } }, { type: 'UPDATE' })
    expect(changeSet).toMatchObject({ status: 'CREATE_COMPLETE', execution: 'AVAILABLE', changes: [] })
    expect((await execute(changeSet, 'output')).outputs).toEqual({ Id: expect.stringMatching(/^s-Thing-/) })
    expect(told('output')).toEqual(['s UPDATE_IN_PROGRESS', 's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 's UPDATE_COMPLETE'])
  })

  test('makes the others obsolete when it is executed', async () => {
    const { cloud, propose, execute } = drive()
    const one = await propose({})
    const other = await propose({ Resources: { Other: thing() } })
    expect(other.stackId).toBe(one.stackId)
    await execute(one)
    expect(await cloud.describeChangeSet(other)).toMatchObject({ status: 'CREATE_COMPLETE', execution: 'OBSOLETE' })
    await expect(cloud.executeChangeSet(other, 'late')).rejects.toThrow('current execution status of [OBSOLETE]')
  })

  test('makes the others obsolete even while they are being made', async () => {
    const { cloud, clock, propose, request, execute } = drive()
    const one = await propose({})
    const other = await cloud.createChangeSet(request({}))
    await execute(one)
    await clock.sleep(60_000)
    expect(await cloud.describeChangeSet(other)).toMatchObject({ execution: 'OBSOLETE' })
  })

  test('deletes the others when it is executed, where a test asks for that', async () => {
    const { cloud, propose, execute } = drive({ siblings: 'deleted' })
    const one = await propose({})
    const other = await propose({})
    await execute(one)
    expect(await cloud.describeChangeSet(other)).toBeUndefined()
  })

  test('that was executed is described as before, also once its stack is deleted', async () => {
    const { cloud, propose, execute } = drive()
    const changeSet = await propose({})
    await execute(changeSet)
    cloud.vanish('s')
    expect(await cloud.describeChangeSet(changeSet)).toMatchObject({ status: 'CREATE_COMPLETE', execution: 'EXECUTE_COMPLETE' })
  })

  test('is known again by name, token and content; otherwise its name is taken', async () => {
    const { cloud, request } = drive()
    const first = request({})
    const ref = await cloud.createChangeSet(first)
    expect(await cloud.createChangeSet(first)).toEqual(ref)
    await expect(cloud.createChangeSet({ ...first, token: 'other' })).rejects.toThrow('mismatch with existing attribute ClientToken')
    await expect(cloud.createChangeSet({ ...first, tags: { a: 'b' } })).rejects.toThrow('mismatch with existing attribute Template')
    expect(await cloud.listChangeSets('s')).toEqual([ref])
  })

  test('executed again with its token is the same execution, or refused where a test asks for that', async () => {
    for (const repeats of ['accepted', 'refused'] as const) {
      const { cloud, clock, propose, told } = drive({ repeats })
      const changeSet = await propose({})
      await cloud.executeChangeSet(changeSet, 'run')
      const again = cloud.executeChangeSet(changeSet, 'run')
      if (repeats === 'accepted') await again
      else await expect(again).rejects.toThrow('current execution status of [EXECUTE_IN_PROGRESS]')
      await clock.sleep(60_000)
      expect(told('run').filter((line) => line === 's CREATE_IN_PROGRESS')).toHaveLength(1)
    }
  })

  test('a token that another operation of the stack had is refused', async () => {
    const { cloud, propose, execute } = drive()
    await execute(await propose({}), 'run')
    const next = await propose({ Resources: { Thing: thing({ Size: 2 }) } }, { type: 'UPDATE' })
    await expect(cloud.executeChangeSet(next, 'run')).rejects.toThrow('token already exists')
  })

  test('is gone a while after its deletion, where a test asks for that', async () => {
    const { cloud, clock, propose } = drive({ timing: { forgetting: 2_000 } })
    const changeSet = await propose({})
    await cloud.deleteChangeSet(changeSet)
    expect(await cloud.describeChangeSet(changeSet)).toMatchObject({ status: 'DELETE_IN_PROGRESS', execution: 'UNAVAILABLE' })
    await cloud.deleteChangeSet(changeSet)
    await clock.sleep(2_000)
    expect(await cloud.describeChangeSet(changeSet)).toBeUndefined()
  })
})

describe('a stack in each status', () => {
  const takesUpdates: readonly StackStatus[] = [
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'IMPORT_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'IMPORT_ROLLBACK_COMPLETE',
  ]
  const refusesUpdates: readonly StackStatus[] = [
    'REVIEW_IN_PROGRESS',
    'CREATE_IN_PROGRESS',
    'UPDATE_IN_PROGRESS',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'IMPORT_IN_PROGRESS',
    'ROLLBACK_IN_PROGRESS',
    'ROLLBACK_COMPLETE',
    'ROLLBACK_FAILED',
    'UPDATE_ROLLBACK_IN_PROGRESS',
    'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    'UPDATE_ROLLBACK_FAILED',
    'IMPORT_ROLLBACK_IN_PROGRESS',
    'IMPORT_ROLLBACK_FAILED',
    'DELETE_IN_PROGRESS',
    'DELETE_FAILED',
  ]
  const changed = { Resources: { Thing: thing({ Size: 2 }) } }

  test.each(takesUpdates)('%s takes an update', async (status) => {
    const { cloud, deploy } = drive()
    cloud.place({ name: 's', template: { Resources: { Thing: thing() } }, status })
    expect((await deploy(changed)).status).toBe('UPDATE_COMPLETE')
  })

  test.each(refusesUpdates)('%s refuses an UPDATE change set', async (status) => {
    const { cloud, refusal } = drive()
    cloud.place({ name: 's', template: { Resources: { Thing: thing() } }, status })
    expect(await refusal(changed, { type: 'UPDATE' })).toMatch(`is in ${status} state and can not be updated`)
  })

  test.each(refusesUpdates)('%s refuses the execution of one that was made before', async (status) => {
    const { cloud, propose } = drive()
    cloud.place({ name: 's', template: { Resources: { Thing: thing() } } })
    const changeSet = await propose(changed, { type: 'UPDATE' })
    cloud.enter('s', status)
    await expect(cloud.executeChangeSet(changeSet, 'run')).rejects.toThrow(`is in ${status} state and can not be updated`)
  })

  test.each<StackStatus>(['CREATE_FAILED', 'UPDATE_FAILED'])('%s refuses an execution that would roll back', async (status) => {
    const { cloud, propose } = drive()
    cloud.place({ name: 's', template: { Resources: { Thing: thing() } }, status })
    const changeSet = await propose(changed, { type: 'UPDATE' })
    await expect(cloud.executeChangeSet(changeSet, 'run')).rejects.toThrow('disable-rollback')
  })

  test.each([...takesUpdates, ...refusesUpdates].filter((status) => status !== 'REVIEW_IN_PROGRESS'))(
    '%s refuses a CREATE change set',
    async (status) => {
      const { cloud, refusal } = drive()
      cloud.place({ name: 's', template: { Resources: { Thing: thing() } }, status })
      expect(await refusal(changed)).toMatch('already exists and cannot be created again')
    },
  )

  test('DELETE_COMPLETE gives its name to a new stack', async () => {
    const { cloud, deploy } = drive()
    const first = await deploy({})
    cloud.vanish('s')
    const second = await deploy({})
    expect(second.id).not.toBe(first.id)
    expect(await cloud.describe('s')).toEqual(second)
  })
})
