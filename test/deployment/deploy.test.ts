import { describe, expect, test } from '@jest/globals'
import { aPlatform, aService, aTemplate, readyWorld } from '../world/towpath.ts'

/** Everything the bucket holds, to compare before with after. */
function contents(bucket: {
  keys(): readonly string[]
  json(key: string): unknown
  bytes(key: string): Uint8Array | undefined
}): Record<string, string> {
  return Object.fromEntries(bucket.keys().map((key) => [key, Buffer.from(bucket.bytes(key) ?? []).toString('base64')]))
}

const locks = (keys: readonly string[]): readonly string[] => keys.filter((key) => key.startsWith('locks/'))

describe('a deployment', () => {
  test('creates the stacks, closes one record and gives the lock back', async () => {
    const world = await readyWorld()
    const { outputs, error } = await world.run('deploy')
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true, deployment: 1, previous: null, cause: null })
    expect(world.cloud.stack('delivery-staging-main')).toMatchObject({ status: 'CREATE_COMPLETE' })
    expect(world.bucket.json('deployments/staging/delivery/00000001.json')).toMatchObject({
      outcome: 'succeeded',
      deployment: 1,
      previousRecord: null,
    })
    expect(locks(world.bucket.keys())).toEqual([])
  })

  test('with nothing changed writes nothing and takes no lock', async () => {
    const world = await readyWorld()
    await world.run('deploy')
    const before = contents(world.bucket)
    const operations = world.cloud.requests.length
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 1 })
    expect(contents(world.bucket)).toEqual(before)
    expect(new Set(world.cloud.requests.slice(operations).map(({ call }) => call))).toEqual(new Set(['describe']))
  })

  test('leaves a stack alone whose sibling changes', async () => {
    const platform = aPlatform({ stacks: { left: {}, right: {} } })
    const world = await readyWorld(platform)
    await world.run('deploy')
    const before = world.cloud.history('delivery-staging-left').length
    world.write(aService({ overrides: { right: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({
      outcome: 'succeeded',
      changed: true,
      stacks: [
        { stack: 'left', outcome: 'unchanged' },
        { stack: 'right', outcome: 'succeeded' },
      ],
    })
    expect(world.cloud.history('delivery-staging-left')).toHaveLength(before)
    expect(world.cloud.count('createChangeSet', 'delivery-staging-left')).toBe(1)
  })

  test('names the resource that failed first, and its reason', async () => {
    const world = await readyWorld()
    world.cloud.failing('Thing', 'the tape ran out')
    const { outputs, error } = await world.run('deploy')
    expect(error?.code).toBe('failed')
    expect(outputs).toMatchObject({
      outcome: 'failed',
      changed: true,
      cause: { stack: 'main', resource: 'Thing', type: 'Test::Towpath::Thing', reason: expect.stringContaining('the tape ran out') },
    })
    expect(locks(world.bucket.keys())).toEqual([])
  })

  test('recovers from a failed first creation by a plain re-run', async () => {
    const world = await readyWorld()
    const undo = world.cloud.failing('Thing', 'the tape ran out')
    await world.run('deploy')
    expect(world.cloud.stack('delivery-staging-main')).toMatchObject({ status: 'ROLLBACK_COMPLETE' })
    undo()
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'succeeded', deployment: 2 })
    expect(world.cloud.stack('delivery-staging-main')).toMatchObject({ status: 'CREATE_COMPLETE' })
  })

  test('passes outputs on, and starts a stack as soon as its own dependencies are done', async () => {
    const stacks = { first: {}, second: { From: 'first.Name' }, alone: {} }
    const slow = aTemplate({ properties: { Seconds: 600 } })
    const world = await readyWorld(aPlatform({ stacks, templates: { alone: slow } }))
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'succeeded' })
    const named = world.cloud.stack('delivery-staging-first')?.outputs.Name
    expect(world.cloud.stack('delivery-staging-second')?.parameters).toEqual({ From: named })
    const done = world.lines.filter((line) => line.includes('live after'))
    expect(done.map((line) => line.split(':')[0])).toEqual(['first', 'second', 'alone'])
  })

  test('does not begin what depends on a failed stack, and goes on with the rest', async () => {
    const world = await readyWorld(aPlatform({ stacks: { first: {}, second: { From: 'first.Name' }, alone: {} } }))
    world.cloud.failing('Thing', 'no', { stack: 'delivery-staging-first' })
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({
      outcome: 'failed',
      stacks: [
        { stack: 'alone', outcome: 'succeeded' },
        { stack: 'first', outcome: 'failed' },
        { stack: 'second', outcome: 'waiting' },
      ],
    })
    expect(world.cloud.stack('delivery-staging-second')).toBeUndefined()
  })
})
