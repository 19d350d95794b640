import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { leftItself, present, rollbackTarget, type SeenAttempt } from '../../src/deployment/log/present.ts'
import type { DeploymentRecord, Outcome } from '../../src/deployment/log/record.ts'
import type { Digest } from '../../src/digest.ts'
import { intercept } from '../world/intercept.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const digest = (name: string): Digest => `sha256:${name.padEnd(64, '0')}`

/**
 * A log from a short form: `a` succeeded, `a=` succeeded without anything to change, `a!` failed after changing something, `a?` is unknown,
 * `a-` failed before it changed anything. A digit is no release, but a version that was recorded of something else's deployment.
 */
function logOf(short: string): DeploymentRecord[] {
  const records: DeploymentRecord[] = []
  for (const [index, word] of short.split(' ').filter(Boolean).entries()) {
    const [name = '', mark = ''] = word
    const outcome: Outcome = mark === '?' ? 'unknown' : mark === '' || mark === '=' ? 'succeeded' : 'failed'
    const previous = present(records.at(-1))
    const isVersion = /\d/.test(name)
    records.push({
      schema: 'towpath/deployment@1',
      service: 'delivery',
      environment: 'staging',
      deployment: index + 1,
      kind: isVersion ? 'recorded' : 'deploy',
      parts: isVersion ? [] : ['stacks'],
      outcome,
      changed: mark !== '-' && mark !== '=',
      release: isVersion ? null : digest(name),
      ...(isVersion ? { version: name } : {}),
      previous,
      origin: { actor: null, repository: null, repositoryId: null, commit: null, run: null, towpath: '0' },
      started: '',
      finished: '',
      closedBy: null,
      cause: null,
      stacks: {},
      entries: [],
      previousRecord: null,
    })
  }
  return records
}

describe('what a rollback goes back to', () => {
  test.each([
    ['', null, undefined],
    ['a', 'a', undefined],
    ['a b', 'b', 'a'],
    ['a b a', 'a', undefined],
    ['a b c b', 'b', 'a'],
    ['a b c b a', 'a', undefined],
    ['a b!', 'b', 'a'],
    ['a b?', 'b', 'a'],
    ['a b-', 'a', undefined],
    ['a b c-', 'b', 'a'],
    ['a! b!', 'b', undefined],
    ['a b! c', 'c', 'a'],
    ['a b c! b', 'b', 'a'],
    ['a b! b', 'b', 'a'],
    // A rollback that found nothing to change, since CloudFormation had rolled back by itself, counts all the same.
    ['a b c! b=', 'b', 'a'],
    ['a b c! b= a', 'a', undefined],
    ['a b c? b=', 'b', 'a'],
    ['a b= ', 'b', 'a'],
    // What was only stopped at a gate left nothing to go back from, nor anything to go back to.
    ['a b- c', 'c', 'a'],
    ['b- a b', 'b', 'a'],
    ['a b- c b', 'b', 'c'],
    ['a- b-', null, undefined],
    ['a! b', 'b', undefined],
    ['a b a b', 'b', 'a'],
    ['a b c d c b', 'b', 'a'],
    // What something else put live is gone back from, and never gone back to.
    ['1', null, undefined],
    ['1 2', null, undefined],
    ['a 1', null, 'a'],
    ['a b 1', null, 'b'],
    ['a b 1 b', 'b', 'a'],
    ['1 a', 'a', undefined],
    ['a 1 b', 'b', 'a'],
    ['a 1 2', null, 'a'],
    ['a 1 b 1', null, 'a'],
    ['a b 1-', 'b', 'a'],
    ['a b 1?', null, 'b'],
    ['a 1 b-', null, 'a'],
    ['a 1 b!', 'b', 'a'],
  ])('after "%s" the present release is %s, and it goes back to %s', async (short, now, back) => {
    const records = logOf(short)
    expect(present(records.at(-1))).toBe(now === null ? null : digest(now))
    const target = back === undefined ? undefined : digest(back)
    expect((await searched(records, 'nobody knows')).target).toBe(target)
    expect((await searched(records, 'just before it is needed')).target).toBe(target)
    expect((await searched(records, 'long before')).target).toBe(target)
  })

  test('is what looking at the whole log would find, whenever releases were stored, and the way back to it is short', async () => {
    const marks = fc.constantFrom('', '', '', '=', '!', '?', '-')
    const words = fc
      .tuple(fc.constantFrom('a', 'b', 'c', 'd', '1', '2'), marks)
      .map(([name, mark]) => (/\d/.test(name) ? name : name + mark))
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 40 }), fc.constantFrom(...storing), async (log, stored) => {
        const records = logOf(log.join(' '))
        expect((await searched(records, stored)).target).toBe(inTheWholeLog(records))
      }),
      { seed: 15, numRuns: 2_000 },
    )
    const everyTimeANewOne = logOf('').concat(
      Array.from({ length: 1_000 }, (_, n) => ({ ...aRecord(n + 1), release: digest(`${n}`.padStart(4, '0')) })),
    )
    expect(await searched(everyTimeANewOne, 'just before it is needed')).toEqual({ target: everyTimeANewOne.at(-2)?.release, read: 2 })
  })
})

/** When releases were stored, as far as the bucket says. */
const storing = ['nobody knows', 'just before it is needed', 'long before'] as const

const aRecord = (n: number): DeploymentRecord => ({ ...(logOf('a')[0] as DeploymentRecord), deployment: n })

/** The rule of design 9 over the whole log, oldest first. */
function inTheWholeLog(records: readonly DeploymentRecord[]): Digest | undefined {
  const isSame = (one: DeploymentRecord, other: DeploymentRecord): boolean => one.release === other.release && one.version === other.version
  const now = records.findLast(leftItself)
  if (now === undefined) return undefined
  const first = records.findIndex((record) => leftItself(record) && isSame(record, now))
  const candidates = records.slice(0, first).filter((record) => record.outcome === 'succeeded' && record.release && !isSame(record, now))
  return candidates.at(-1)?.release ?? undefined
}

/** What the search finds, and how many attempts it looked at. Record n was written at n minutes. */
async function searched(
  records: readonly DeploymentRecord[],
  stored: (typeof storing)[number],
): Promise<{ target: Digest | undefined; read: number }> {
  let read = 0
  async function* back(): AsyncGenerator<SeenAttempt> {
    for (const record of records.toReversed()) {
      read += 1
      yield { ...record, commit: null, written: record.deployment * 60_000 }
    }
  }
  const storedAt = async (release: Digest): Promise<number | undefined> => {
    const first = records.findIndex((record) => record.release === release) + 1
    return { 'nobody knows': undefined, 'just before it is needed': first * 60_000 - 30_000, 'long before': 0 }[stored]
  }
  const target = (await rollbackTarget(back(), storedAt))?.release ?? undefined
  return { target, read }
}

/** A world whose service was deployed with each of these sizes, one after the other. */
async function deployedWith(...sizes: readonly number[]): Promise<{ world: MemoryWorld; releases: string[] }> {
  const world = await readyWorld()
  const releases: string[] = []
  for (const size of sizes) {
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } }))
    releases.push(String((await world.run('deploy')).outputs.release))
  }
  return { world, releases }
}

const sizeOf = (world: MemoryWorld): unknown =>
  world.cloud.resources('delivery-staging-main').find(({ logicalId }) => logicalId === 'Thing')?.properties.Size

describe('a rollback', () => {
  test('puts the older release live as an ordinary deployment', async () => {
    const { world, releases } = await deployedWith(1, 2)
    const { outputs } = await world.run('rollback')
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true, deployment: 3, release: releases[0], previous: releases[1] })
    expect(world.bucket.json('deployments/staging/delivery/00000003.json')).toMatchObject({ kind: 'rollback', release: releases[0] })
    expect(sizeOf(world)).toBe(1)
  })

  test('after a rollback goes further back', async () => {
    const { world, releases } = await deployedWith(1, 2, 3)
    expect((await world.run('rollback')).outputs.release).toBe(releases[1])
    expect((await world.run('rollback')).outputs.release).toBe(releases[0])
    expect((await world.run('rollback')).outputs).toMatchObject({ changed: false, release: releases[0] })
  })

  test('after CloudFormation had rolled back by itself, and one more, goes further back', async () => {
    const { world, releases } = await deployedWith(1, 2)
    const undo = world.cloud.failing('Thing', 'no')
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 3 } } } } } }))
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'failed', changed: true })
    undo()
    expect((await world.run('rollback')).outputs).toMatchObject({
      outcome: 'succeeded',
      changed: false,
      deployment: 4,
      release: releases[1],
    })
    expect((await world.run('rollback')).outputs).toMatchObject({ changed: true, release: releases[0], previous: releases[1] })
    expect(sizeOf(world)).toBe(1)
  })

  test.each([1, 2])('of a deployment that was killed goes back from it (%d before)', async (before) => {
    const { world, releases } = await deployedWith(...Array.from({ length: before }, (_, index) => index + 1))
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 9 } } } } } }))
    let killed = false
    // The next to last call of a deployment: all is live, and nothing says so yet.
    const client = intercept((_, method) => {
      killed ||= sizeOf(world) === 9 && world.cloud.stack('delivery-staging-main')?.status === 'UPDATE_COMPLETE' && method === 'create'
      return killed ? new Promise<void>(() => {}) : undefined
    })
    void world.run('deploy', {}, { name: 'dead', intercept: client })
    await world.clock.advance(30_000)
    expect({ killed, size: sizeOf(world) }).toEqual({ killed: true, size: 9 })
    const { outputs } = await world.run('rollback')
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true, deployment: before + 2, release: releases.at(-1) })
    expect(sizeOf(world)).toBe(before)
  })

  test('that waits for a deployment goes back from that one', async () => {
    const { world, releases } = await deployedWith(1, 2)
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 3 } } } } } }))
    const held = world.bucket.hold({ caller: 'slow', method: 'PUT', key: 'deployments/staging/delivery/00000003/0001.json' })
    const deployment = world.run('deploy', {}, { name: 'slow' })
    await held.reached
    const rollback = world.run('rollback', {}, { name: 'waiting' })
    await world.clock.advance(5_000)
    held.release()
    expect((await deployment).outputs).toMatchObject({ outcome: 'succeeded', deployment: 3 })
    expect((await rollback).outputs).toMatchObject({ outcome: 'succeeded', deployment: 4, release: releases[1] })
    expect(sizeOf(world)).toBe(2)
  })

  test('that waits for another rollback, and then has nothing to go back to, writes nothing', async () => {
    const { world, releases } = await deployedWith(1, 2)
    const held = world.bucket.hold({ caller: 'slow', method: 'PUT', key: 'deployments/staging/delivery/00000003/0001.json' })
    const first = world.run('rollback', {}, { name: 'slow' })
    await held.reached
    const second = world.run('rollback', {}, { name: 'waiting' })
    await world.clock.advance(5_000)
    held.release()
    expect((await first).outputs).toMatchObject({ outcome: 'succeeded', release: releases[0] })
    expect((await second).outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 3, release: releases[0] })
    expect(world.bucket.keys('deployments/staging/delivery/00000004')).toEqual([])
    expect(world.bucket.keys('locks/')).toEqual([])
  })

  test('with nothing to go back to says so, writes nothing and succeeds', async () => {
    const { world, releases } = await deployedWith(1)
    const before = world.bucket.keys()
    const { outputs, error } = await world.run('rollback')
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 1, release: releases[0] })
    expect(world.bucket.keys()).toEqual(before)
    expect(world.lines.join()).toContain('nothing to go back to')
  })

  test('goes to any release that was ever deployed here, by a prefix, and to no other', async () => {
    const { world, releases } = await deployedWith(1, 2, 3)
    const prefix = releases[0]?.slice('sha256:'.length, 'sha256:'.length + 10)
    expect((await world.run('rollback', { to: prefix })).outputs).toMatchObject({ outcome: 'succeeded', release: releases[0] })
    expect((await world.run('rollback', { to: 'ffffffffff' })).error).toMatchObject({ code: 'not-found' })
  })

  test('after a failed attempt closes a record, whatever it found to do', async () => {
    const { world, releases } = await deployedWith(1)
    const undo = world.cloud.failing('Thing', 'no')
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    await world.run('deploy')
    undo()
    const { outputs } = await world.run('rollback')
    expect(outputs).toMatchObject({ outcome: 'succeeded', deployment: 3, release: releases[0] })
    expect(world.bucket.json('deployments/staging/delivery/00000003.json')).toMatchObject({ outcome: 'succeeded', kind: 'rollback' })
  })

  test('whose template is gone from the bucket is refused before anything is written', async () => {
    const { world } = await deployedWith(1, 2)
    const template = (world.bucket.json('deployments/staging/delivery/00000001.json') as DeploymentRecord).release
    const manifest = world.bucket.json(`services/delivery/releases/${template?.slice(7)}.json`) as {
      stacks: { main: { template: string } }
    }
    world.bucket.put(`blobs/sha256/${manifest.stacks.main.template.slice(7)}`, undefined)
    const before = { keys: world.bucket.keys(), asked: world.cloud.requests.length }
    const { error } = await world.run('rollback')
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringContaining("the template of stack 'main'") })
    expect(world.bucket.keys()).toEqual(before.keys)
    expect(world.cloud.requests.slice(before.asked).filter(({ call }) => call !== 'describe')).toEqual([])
  })

  test('whose reference resolves to nothing any more is refused before anything is written', async () => {
    const stacks = { main: { From: 'service/customer/messages.Topic' } }
    const world = await readyWorld(aPlatform({ stacks }))
    const other = {
      name: 'customer-staging-messages',
      template: { Resources: { T: { Type: 'Test::Towpath::Thing' } }, Outputs: { Topic: { Value: 'arn' } } },
    }
    world.cloud.place(other)
    await world.run('deploy')
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    await world.run('deploy')
    world.cloud.vanish(other.name)
    const before = world.bucket.keys()
    const { error } = await world.run('rollback')
    expect(error).toMatchObject({ code: 'not-found', message: expect.stringContaining("service 'customer'") })
    expect(world.bucket.keys()).toEqual(before)
  })
})
