import { describe, expect, test } from '@jest/globals'
import { drive, thing } from './driver.ts'

const queue = (name?: string, more = {}) => ({
  Type: 'AWS::SQS::Queue',
  Properties: { ...(name === undefined ? {} : { QueueName: name }), ...more },
})

describe('a creation', () => {
  test('makes resources in the order of their needs, side by side where there is none, under the token', async () => {
    const { cloud, deploy, told } = drive()
    const resources = { Last: thing({ Of: { Ref: 'First' } }), First: thing(), Beside: thing(), After: thing({}, { DependsOn: 'Beside' }) }
    await deploy({ Resources: resources })
    expect(told('run-c1')).toEqual([
      's CREATE_IN_PROGRESS',
      ...['First CREATE_IN_PROGRESS', 'First CREATE_IN_PROGRESS', 'Beside CREATE_IN_PROGRESS', 'Beside CREATE_IN_PROGRESS'],
      ...['First CREATE_COMPLETE', 'Beside CREATE_COMPLETE'],
      ...['Last CREATE_IN_PROGRESS', 'Last CREATE_IN_PROGRESS', 'After CREATE_IN_PROGRESS', 'After CREATE_IN_PROGRESS'],
      ...['Last CREATE_COMPLETE', 'After CREATE_COMPLETE', 's CREATE_COMPLETE'],
    ])
    const [review, ...rest] = cloud.history('s')
    expect(review).toMatchObject({ status: 'REVIEW_IN_PROGRESS', reason: 'User Initiated' })
    expect(review).not.toHaveProperty('token')
    const begun = rest.filter(({ status, logicalId }) => logicalId === 'First' && status === 'CREATE_IN_PROGRESS')
    expect(begun.map(({ physicalId, reason }) => [physicalId, reason])).toEqual([
      [undefined, undefined],
      [expect.stringMatching(/^s-First-/), 'Resource creation Initiated'],
    ])
    expect(new Set(rest.map(({ time }) => time)).size).toBeLessThan(rest.length)
    expect(new Set(rest.map(({ id }) => id)).size).toBe(rest.length)
  })

  test('shows a shell first: no tags, no parameters, no outputs, never updated', async () => {
    const { cloud, propose, execute } = drive()
    const parts = { tags: { team: 'canal' }, parameters: { Name: { value: 'x' } } }
    const changeSet = await propose({ Parameters: { Name: { Type: 'String' } } }, parts)
    const shell = await cloud.describe('s')
    expect(shell).toMatchObject({ status: 'REVIEW_IN_PROGRESS', tags: {}, parameters: {}, outputs: {} })
    expect(shell).not.toHaveProperty('updated')
    expect(await execute(changeSet)).toMatchObject({
      tags: { team: 'canal' },
      parameters: { Name: 'x' },
      updated: '2026-03-02T09:00:02.000Z',
    })
  })

  test('that fails is rolled back; what was under way is cancelled, what was made is deleted', async () => {
    const { cloud, deploy, told } = drive()
    const bad = thing({ Fail: 'no such subnet' })
    const stack = await deploy({
      Resources: { Good: thing({ Seconds: 1 }), Bad: bad, Slow: thing({ Seconds: 600 }), Never: thing({}, { DependsOn: 'Bad' }) },
    })
    expect(stack.status).toBe('ROLLBACK_COMPLETE')
    expect(told('run-c1').slice(7)).toEqual([
      ...['Good CREATE_COMPLETE', 'Bad CREATE_FAILED', 'Slow CREATE_FAILED', 's ROLLBACK_IN_PROGRESS'],
      ...['Good DELETE_IN_PROGRESS', 'Good DELETE_COMPLETE', 's ROLLBACK_COMPLETE'],
    ])
    const reasons = cloud.history('s').filter(({ status }) => /FAILED|ROLLBACK_IN/.test(status))
    expect(reasons.map(({ reason }) => reason)).toEqual([
      'no such subnet',
      'Resource creation cancelled',
      'The following resource(s) failed to create: [Bad]. Rollback requested by user.',
    ])
    expect(cloud.existing('Test::Towpath::Thing')).toEqual([])
  })

  test('that fails keeps what its template retains, and deletes what it retains except on creation', async () => {
    const { cloud, deploy } = drive()
    const kept = thing({ Name: 'kept', Seconds: 1 }, { DeletionPolicy: 'Retain' })
    const dropped = thing({ Name: 'dropped', Seconds: 1 }, { DeletionPolicy: 'RetainExceptOnCreate' })
    await deploy({ Resources: { Kept: kept, Dropped: dropped, Bad: thing({ Fail: 'no' }) } })
    expect(cloud.existing('Test::Towpath::Thing')).toEqual(['kept'])
    expect(cloud.history('s').some(({ logicalId, status }) => logicalId === 'Kept' && status === 'DELETE_SKIPPED')).toBe(true)
  })

  test('that cannot be taken back ends as ROLLBACK_FAILED', async () => {
    const { cloud, deploy } = drive()
    cloud.failing('Good', 'the bucket is not empty', { when: ['delete'] })
    const stack = await deploy({ Resources: { Good: thing({ Seconds: 1 }), Bad: thing({ Fail: 'no' }) } })
    expect(stack).toMatchObject({ status: 'ROLLBACK_FAILED', reason: expect.stringContaining('failed to delete: [Good]') })
  })

  test('fails where a name is taken, by another stack or by what somebody kept', async () => {
    const { cloud, deploy } = drive()
    const other = cloud.place({ name: 'other', template: { Resources: { Kept: thing({ Name: 'kept' }, { DeletionPolicy: 'Retain' }) } } })
    await deploy({ Resources: { Thing: thing({ Name: 'kept' }) } })
    expect(cloud.history('s').find(({ status }) => status === 'CREATE_FAILED')?.reason).toBe(`kept already exists in stack ${other.id}`)
    cloud.vanish('other')
    await deploy({ Resources: { Thing: thing({ Name: 'kept' }) } }, { stack: 't' })
    expect(cloud.history('t').find(({ status }) => status === 'CREATE_FAILED')?.reason).toBe('kept already exists')
  })

  test('waits for a resource that is held', async () => {
    const { cloud, clock, propose } = drive()
    const release = cloud.park('s', 'Thing')
    const changeSet = await propose({})
    await cloud.executeChangeSet(changeSet, 'run')
    await clock.sleep(3_600_000)
    expect(await cloud.describe('s')).toMatchObject({ status: 'CREATE_IN_PROGRESS' })
    release()
    expect(await cloud.describe('s')).toMatchObject({ status: 'CREATE_COMPLETE' })
  })
})

describe('an update', () => {
  test('touches only what changes', async () => {
    const { deploy, told } = drive()
    await deploy({ Resources: { One: thing({ Size: 1 }), Two: thing({ Size: 1 }) } })
    await deploy({ Resources: { One: thing({ Size: 1 }), Two: thing({ Size: 2 }) } })
    expect(told('run-c2')).toEqual([
      ...['s UPDATE_IN_PROGRESS', 'Two UPDATE_IN_PROGRESS', 'Two UPDATE_COMPLETE'],
      ...['s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 's UPDATE_COMPLETE'],
    ])
  })

  test('adds, replaces and removes; old things go only once the new ones are there', async () => {
    const { cloud, deploy, told } = drive()
    const reader = thing({ Of: { 'Fn::GetAtt': ['Queue', 'Arn'] } })
    const before = await deploy({
      Resources: { Queue: queue('a'), Reader: reader, Gone: thing() },
      Outputs: { Url: { Value: { Ref: 'Queue' } } },
    })
    const after = await deploy({
      Resources: { Queue: queue('b'), Reader: reader, New: thing() },
      Outputs: { Url: { Value: { Ref: 'Queue' } } },
    })
    expect([before.outputs.Url, after.outputs.Url].map((url) => url?.slice(-2))).toEqual(['/a', '/b'])
    expect(told('run-c2')).toEqual([
      's UPDATE_IN_PROGRESS',
      ...['Queue UPDATE_IN_PROGRESS', 'Queue UPDATE_IN_PROGRESS', 'New CREATE_IN_PROGRESS', 'New CREATE_IN_PROGRESS'],
      ...['Queue UPDATE_COMPLETE', 'New CREATE_COMPLETE', 'Reader UPDATE_IN_PROGRESS', 'Reader UPDATE_COMPLETE'],
      's UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      ...['Queue DELETE_IN_PROGRESS', 'Queue DELETE_COMPLETE', 'Gone DELETE_IN_PROGRESS', 'Gone DELETE_COMPLETE'],
      's UPDATE_COMPLETE',
    ])
    expect(cloud.existing('AWS::SQS::Queue')).toEqual([after.outputs.Url])
    const replacing = cloud.history('s').find(({ reason }) => reason?.startsWith('Requested update requires'))
    expect(replacing).toMatchObject({ logicalId: 'Queue', physicalId: before.outputs.Url })
  })

  test('that fails puts everything back, template, parameters and tags included, and deletes what it made', async () => {
    const { cloud, deploy, told } = drive()
    const template = { Parameters: { Size: { Type: 'Number' } }, Outputs: { Url: { Value: { Ref: 'Queue' } } } }
    const good = { Queue: queue('a'), Thing: thing({ Size: { Ref: 'Size' } }) }
    const before = await deploy({ ...template, Resources: good }, { parameters: { Size: { value: '1' } }, tags: { team: 'canal' } })
    const bad = { Queue: queue('b'), Thing: thing({ Size: { Ref: 'Size' } }), New: thing(), Bad: thing({ Fail: 'quota', Seconds: 60 }) }
    const after = await deploy({ ...template, Resources: bad }, { parameters: { Size: { value: '2' } }, tags: { team: 'quay' } })
    expect(after).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      outputs: before.outputs,
      parameters: { Size: '1' },
      tags: { team: 'canal' },
    })
    expect(cloud.existing('AWS::SQS::Queue')).toEqual([before.outputs.Url])
    expect(cloud.resources('s').map(({ logicalId }) => logicalId)).toEqual(['Queue', 'Thing'])
    expect(told('run-c2').slice(-12)).toEqual([
      ...['Bad CREATE_FAILED', 's UPDATE_ROLLBACK_IN_PROGRESS'],
      ...['Thing UPDATE_IN_PROGRESS', 'Queue UPDATE_IN_PROGRESS', 'Thing UPDATE_COMPLETE', 'Queue UPDATE_COMPLETE'],
      's UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      ...['New DELETE_IN_PROGRESS', 'Queue DELETE_IN_PROGRESS', 'New DELETE_COMPLETE', 'Queue DELETE_COMPLETE'],
      's UPDATE_ROLLBACK_COMPLETE',
    ])
    expect((await deploy({ ...template, Resources: good }, { parameters: { Size: { value: '3' } } })).status).toBe('UPDATE_COMPLETE')
  })

  test('that cannot be taken back ends as UPDATE_ROLLBACK_FAILED, naming what is stuck', async () => {
    const { cloud, deploy } = drive()
    await deploy({ Resources: { One: thing(), Two: thing() } })
    cloud.failing('One', 'the role was deleted', { when: ['rollback'] })
    const stack = await deploy({ Resources: { One: thing({ Size: 2 }), Two: thing({ Fail: 'no', Seconds: 60 }) } })
    expect(stack).toMatchObject({ status: 'UPDATE_ROLLBACK_FAILED', reason: expect.stringContaining('failed to update: [One]') })
  })

  test('completes although something old could not be deleted', async () => {
    const { cloud, deploy, told } = drive()
    await deploy({ Resources: { Thing: thing(), Gone: thing({ Name: 'gone' }) } })
    cloud.failing('Gone', 'it is not empty', { when: ['delete'] })
    expect((await deploy({})).status).toBe('UPDATE_COMPLETE')
    expect(told('run-c2')).toContain('Gone DELETE_FAILED')
    expect(cloud.existing('Test::Towpath::Thing')).toContain('gone')
  })

  test('keeps what the policies retain, when it is removed and when it is replaced', async () => {
    const { cloud, deploy, told } = drive()
    const removed = thing({ Name: 'removed' }, { DeletionPolicy: 'Retain' })
    const named = (name: string) => thing({ Name: name }, { UpdateReplacePolicy: 'Retain' })
    await deploy({ Resources: { Removed: removed, Renamed: named('old') } })
    await deploy({ Resources: { Renamed: named('new') } })
    expect(cloud.existing('Test::Towpath::Thing')).toEqual(['removed', 'old', 'new'])
    expect(told('run-c2').filter((line) => line.endsWith('DELETE_SKIPPED'))).toEqual(['Renamed DELETE_SKIPPED', 'Removed DELETE_SKIPPED'])
  })

  test('cannot replace a thing by one of the same name', async () => {
    const { cloud, deploy } = drive()
    await deploy({ Resources: { Thing: thing({ Name: 'own', Shape: 'round' }) } })
    expect((await deploy({ Resources: { Thing: thing({ Name: 'own', Shape: 'square' }) } })).status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(cloud.history('s').find(({ status }) => status === 'UPDATE_FAILED')?.reason).toMatch(
      /custom-named resource requires replacing\. Rename own/,
    )
  })

  test('of stack tags reaches everything that can be tagged', async () => {
    const { deploy, told } = drive()
    const resources = { Resources: { Queue: queue(), Policy: { Type: 'AWS::SQS::QueuePolicy' } } }
    await deploy(resources, { tags: { team: 'canal' } })
    expect((await deploy(resources, { tags: { team: 'quay' } })).tags).toEqual({ team: 'quay' })
    expect(told('run-c2').filter((line) => line.endsWith('UPDATE_COMPLETE'))).toEqual(['Queue UPDATE_COMPLETE', 's UPDATE_COMPLETE'])
  })

  test('tells its time when it begins; a change set that is not executed tells none', async () => {
    const { clock, cloud, deploy, propose, execute } = drive()
    const first = await deploy({})
    await clock.sleep(60_000)
    const changeSet = await propose({ Resources: { Thing: thing({ Size: 2 }) } }, { type: 'UPDATE' })
    expect(await cloud.describe('s')).toEqual(first)
    const begun = clock.now().toISOString()
    expect((await execute(changeSet)).updated).toBe(begun)
  })
})
