import { describe, expect, test } from '@jest/globals'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const name = 'delivery-staging-main'
const bigger = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })

async function deployedOnce(): Promise<MemoryWorld> {
  const world = await readyWorld()
  await world.run('deploy')
  world.write(bigger(2))
  return world
}

describe('what may go wrong on the way', () => {
  test('a lost reply to ExecuteChangeSet does not deploy twice, and is followed to its end', async () => {
    const world = await deployedOnce()
    world.cloud.drop({ call: 'executeChangeSet' })
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    const updates = world.cloud
      .history(name)
      .filter(({ type, status }) => type === 'AWS::CloudFormation::Stack' && status === 'UPDATE_IN_PROGRESS')
    expect(updates).toHaveLength(1)
  })

  test('throttling while it waits does not end a deployment', async () => {
    const world = await deployedOnce()
    world.cloud.throttle({ call: 'events', stack: name, nth: 2, times: 3 })
    world.cloud.throttle({ call: 'describeChangeSet', times: 2 })
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('a service that does not answer any more leaves what was begun unknown', async () => {
    const world = await deployedOnce()
    world.cloud.fail({ call: 'events', stack: name, nth: 2, times: Number.POSITIVE_INFINITY })
    world.cloud.fail({ call: 'describe', stack: name, nth: 4, times: Number.POSITIVE_INFINITY })
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'unknown', changed: true })
  })

  test('a terminal status that is read stale after the change set was executed is not taken for ours', async () => {
    const world = await deployedOnce()
    world.cloud.failing('Thing', 'too big', { when: ['update'] })
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'failed', cause: { resource: 'Thing', reason: expect.stringContaining('too big') } })
  })

  test('a wait that ends first is unknown, exit code 3, and a re-run waits for what goes on', async () => {
    const world = await deployedOnce()
    const release = world.cloud.park(name, 'Thing')
    const { outputs, error } = await world.run('deploy', { timeout: 60_000 })
    expect(error).toMatchObject({ code: 'unknown' })
    expect(outputs).toMatchObject({ outcome: 'unknown', changed: true, stacks: [{ outcome: 'unknown' }] })
    expect(world.bucket.json('deployments/staging/delivery/00000002.json')).toMatchObject({ outcome: 'unknown' })
    expect(world.bucket.keys('locks/')).toEqual([])
    expect(world.lines.join('\n')).toContain("stack 'main' goes on in CloudFormation without us")
    const again = world.run('deploy')
    release()
    expect((await again).outputs).toMatchObject({ outcome: 'succeeded', deployment: 3 })
  })

  test('a stack that somebody else changes is waited for', async () => {
    const world = await readyWorld(aPlatform({ templates: { main: aTemplate({ properties: { Seconds: 120 } }) } }))
    await world.run('deploy')
    world.write(bigger(2))
    const release = world.cloud.park(name, 'Thing')
    await world.run('deploy', { timeout: 30_000 })
    world.write(bigger(3))
    const waiting = world.run('deploy')
    release()
    expect((await waiting).outputs).toMatchObject({ outcome: 'succeeded' })
    expect(world.lines.join('\n')).toContain(`waiting for stack ${name}, which is UPDATE_IN_PROGRESS`)
  })

  test.each([
    'ROLLBACK_FAILED',
    'UPDATE_ROLLBACK_FAILED',
    'CREATE_FAILED',
    'UPDATE_FAILED',
    'DELETE_FAILED',
    'IMPORT_ROLLBACK_FAILED',
  ] as const)('a stack in %s is refused with the way out, and never deleted', async (status) => {
    const world = await deployedOnce()
    world.cloud.enter(name, status)
    const { error } = await world.run('deploy')
    expect(error).toMatchObject({
      code: 'failed',
      message: expect.stringContaining(status),
      hint: expect.stringContaining('CloudFormation'),
    })
    expect(world.cloud.count('deleteStack')).toBe(0)
  })

  test('a stack in ROLLBACK_COMPLETE that is protected is not deleted', async () => {
    const world = await readyWorld()
    world.cloud.failing('Thing', 'no')
    await world.run('deploy')
    world.cloud.guard(name)
    const { error } = await world.run('deploy')
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('termination protection') })
    expect(world.cloud.count('deleteStack')).toBe(0)
  })

  test('a stack that worked once is not deleted, whatever its status says', async () => {
    const world = await deployedOnce()
    world.cloud.enter(name, 'ROLLBACK_COMPLETE')
    const { error } = await world.run('deploy')
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('was live once') })
    expect(world.cloud.count('deleteStack')).toBe(0)
  })

  test('an empty shell of ours is made into the stack', async () => {
    const world = await readyWorld()
    const ref = await world.cloud.createChangeSet({
      stack: name,
      name: 'towpath-1-abandoned',
      type: 'CREATE',
      template: { body: JSON.stringify(aTemplate()) },
      parameters: {},
      tags: {},
      capabilities: [],
      token: 'x1',
    })
    expect(world.cloud.stack(name)).toMatchObject({ id: ref.stackId, status: 'REVIEW_IN_PROGRESS' })
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
  })

  test("somebody else's empty shell is left alone", async () => {
    const world = await readyWorld()
    await world.cloud.createChangeSet({
      stack: name,
      name: 'theirs',
      type: 'CREATE',
      template: { body: JSON.stringify(aTemplate()) },
      parameters: {},
      tags: {},
      capabilities: [],
      token: 'x1',
    })
    expect((await world.run('deploy')).error).toMatchObject({ code: 'gated' })
    expect(world.cloud.stack(name)).toMatchObject({ status: 'REVIEW_IN_PROGRESS' })
  })

  test('no value of a parameter is written anywhere in the bucket but in the release that gives it', async () => {
    const marker = 'a-very-particular-value'
    const world = await readyWorld(
      aPlatform({ stacks: { main: {} }, templates: { main: { ...aTemplate(), Parameters: { Word: { Type: 'String' } } } } }),
      aService({ lines: [`environments: { staging: { parameters: { main: { Word: ${marker} } } } }`] }),
    )
    await world.run('deploy')
    await world.run('log', { service: 'delivery' })
    const holding = world.bucket.keys().filter((key) => Buffer.from(world.bucket.bytes(key) ?? []).includes(marker))
    expect(holding.filter((key) => key.startsWith('deployments/') || key.startsWith('locks/'))).toEqual([])
    expect(holding.some((key) => key.startsWith('services/delivery/releases/'))).toBe(true)
    expect(world.lines.join('\n')).not.toContain(marker)
  })
})
