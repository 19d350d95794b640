import { describe, expect, test } from '@jest/globals'
import { drive, thing } from './driver.ts'

describe('a deletion', () => {
  test('takes resources away in reverse order, each after those that need it, and keeps what is retained', async () => {
    const { cloud, clock, deploy, told } = drive()
    const kept = thing({ Name: 'kept' }, { DeletionPolicy: 'Retain' })
    const stack = await deploy({
      Resources: { Base: thing(), User: thing({ Of: { Ref: 'Base' } }), Kept: kept },
      Outputs: { A: { Value: 'a' } },
    })
    await cloud.deleteStack(stack.id, 'end')
    expect(await cloud.describe('s')).toMatchObject({ status: 'DELETE_IN_PROGRESS' })
    await cloud.deleteStack(stack.id, 'end-again')
    await clock.sleep(60_000)
    expect(await cloud.describe('s')).toBeUndefined()
    expect(await cloud.describe(stack.id)).toMatchObject({ status: 'DELETE_COMPLETE', outputs: {} })
    expect(cloud.existing('Test::Towpath::Thing')).toEqual(['kept'])
    const events = await cloud.events(stack.id)
    const own = events.filter(({ token }) => token === 'end').map(({ logicalId, status }) => `${logicalId} ${status}`)
    expect(own.toReversed()).toEqual([
      ...['s DELETE_IN_PROGRESS', 'User DELETE_IN_PROGRESS', 'Kept DELETE_SKIPPED', 'User DELETE_COMPLETE'],
      ...['Base DELETE_IN_PROGRESS', 'Base DELETE_COMPLETE', 's DELETE_COMPLETE'],
    ])
    expect(() => told('end')).toThrow("knows no stack 's'")
  })

  test('that fails says what is stuck, has done the rest, and can be tried again', async () => {
    const { cloud, clock, deploy } = drive()
    const { id } = await deploy({
      Resources: { Bucket: thing(), Reader: thing({ Of: { Ref: 'Bucket' } }), Base: thing(), Full: thing({ Of: { Ref: 'Base' } }) },
    })
    const mend = cloud.failing('Full', 'it is not empty', { when: ['delete'] })
    await cloud.deleteStack(id, 'end')
    await clock.sleep(60_000)
    expect(await cloud.describe(id)).toMatchObject({ status: 'DELETE_FAILED', reason: expect.stringContaining('failed to delete: [Full]') })
    expect(cloud.resources('s').map(({ logicalId }) => logicalId)).toEqual(['Base', 'Full'])
    mend()
    await cloud.deleteStack(id, 'end-again')
    await clock.sleep(60_000)
    expect(await cloud.describe(id)).toMatchObject({ status: 'DELETE_COMPLETE' })
  })

  test('is refused under termination protection, and while something else is under way', async () => {
    const { cloud, deploy } = drive()
    const { id } = await deploy({})
    await cloud.protect(id)
    await expect(cloud.deleteStack(id, 'end')).rejects.toThrow('cannot be deleted while TerminationProtection is enabled')
    cloud.guard('s', false)
    cloud.enter('s', 'UPDATE_IN_PROGRESS')
    await expect(cloud.deleteStack(id, 'end')).rejects.toThrow('cannot be deleted while in status UPDATE_IN_PROGRESS')
  })

  test('of the shell of a CREATE change set takes nothing but the shell', async () => {
    const { cloud, clock, propose } = drive()
    const { stackId } = await propose({})
    await cloud.deleteStack(stackId, 'end')
    await clock.sleep(60_000)
    expect(await cloud.describe(stackId)).toMatchObject({ status: 'DELETE_COMPLETE' })
    expect(await cloud.describe('s')).toBeUndefined()
  })

  test('of what is not there is no error', async () => {
    const { cloud } = drive()
    await cloud.deleteStack('nobody', 'end')
  })
})
