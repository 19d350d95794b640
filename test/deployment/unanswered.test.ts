import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import { TowpathError } from '../../src/errors.ts'
import type { ChangeSet } from '../../src/stack/stacks.ts'
import { type Interception, intercept } from '../world/intercept.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const stacks = { first: {}, second: { From: 'first.Name' }, alone: {} }
const names = Object.keys(stacks).map((stack) => `delivery-staging-${stack}`)
const silence = () => new TowpathError('failed', 'no answer', { blame: 'service', transient: true })
const sized = (size: number) => {
  const bigger = { Resources: { Thing: { Properties: { Size: size } } } }
  return aService({ overrides: { first: bigger, alone: bigger } })
}

/** A world with one deployment, and a release that changes two of its stacks. */
async function begin(options: Parameters<typeof readyWorld>[2] = {}): Promise<{ world: MemoryWorld; release: string }> {
  const world = await readyWorld(aPlatform({ stacks }), aService(), options)
  await world.run('deploy')
  world.write(sized(2))
  return { world, release: String((await world.run('create-release')).outputs.release) }
}

/** How often an operation began on each stack. */
const operations = (world: MemoryWorld): readonly number[] =>
  names.map(
    (name) =>
      world.cloud
        .history(name)
        .filter(({ type, status }) => type === 'AWS::CloudFormation::Stack' && /^(CREATE|UPDATE)_IN_PROGRESS$/.test(status)).length,
  )

const recordOf = (world: MemoryWorld, n: number) =>
  world.bucket.json(`deployments/staging/delivery/${String(n).padStart(8, '0')}.json`) as DeploymentRecord

/** The calls before the engine's own: the environment and the release. Their silence is the verb's failure, with nothing done. */
const PRELUDE = 3

describe.each([
  ['is not answered', 'before'],
  ['is applied and not answered', 'after'],
] as const)('a deployment of which any one call %s', (_, when) => {
  test('succeeds all the same, with each change made once and one record', async () => {
    let k = PRELUDE + 1
    for (; k < 400; k++) {
      const { world, release } = await begin()
      let met = false
      const lose = (n: number): void => {
        if (n !== k || met) return
        met = true
        throw silence()
      }
      const client = when === 'before' ? intercept(lose) : intercept(() => {}, lose)
      const { outputs, error } = await world.run('deploy', { service: 'delivery', release }, { name: 'first', intercept: client })
      if (!met) break
      expect({ k, outcome: outputs.outcome, changed: outputs.changed, error: error?.message }).toEqual({
        k,
        outcome: 'succeeded',
        changed: true,
        error: undefined,
      })
      // `second` is fed by an output that stays the same, so nothing changes in it.
      expect({ k, operations: operations(world) }).toEqual({ k, operations: [2, 1, 2] })
      expect({ k, locks: world.bucket.keys('locks/') }).toEqual({ k, locks: [] })
      const record = recordOf(world, 2)
      const said = record.entries.map((entry) => JSON.stringify({ ...entry, time: '' }))
      expect({ k, outcome: record.outcome, twice: said.length - new Set(said).size }).toEqual({ k, outcome: 'succeeded', twice: 0 })
      expect({ k, third: recordOf(world, 3) }).toEqual({ k, third: undefined })
      expect({ k, verified: (await world.run('log', { service: 'delivery', verify: true })).outputs.verified }).toEqual({
        k,
        verified: true,
      })
    }
    expect(k).toBeGreaterThan(60)
    expect(k).toBeLessThan(400)
  })
})

describe('a deployment whose credentials expire at any call', () => {
  test('is never green, says unknown once something was begun, and is gone on with by a plain re-run', async () => {
    const expired = new TowpathError('no-credentials', 'the AWS credentials have expired')
    const said: string[] = []
    let k = PRELUDE + 1
    for (; k < 400; k++) {
      const { world, release } = await begin()
      let met = false
      const client = intercept((n) => {
        if (n < k) return
        met = true
        throw expired
      })
      const { outputs, error } = await world.run('deploy', { service: 'delivery', release }, { name: 'first', intercept: client })
      if (!met) break
      const closed = recordOf(world, 2) as DeploymentRecord | undefined
      if (closed) expect({ k, said: outputs.outcome ?? 'succeeded' }).toEqual({ k, said: closed.outcome })
      else expect({ k, green: error === undefined || outputs.outcome === 'succeeded' }).toEqual({ k, green: false })
      const executed = world.cloud.requests.some(({ call, caller }) => call === 'executeChangeSet' && caller === 'first')
      if (executed && !closed)
        expect({ k, code: error?.code, outcome: outputs.outcome }).toEqual({ k, code: 'unknown', outcome: 'unknown' })
      said.push(String(outputs.outcome))
      const again = await world.run('deploy', { service: 'delivery', release }, { name: 'second' })
      expect({ k, outcome: again.outputs.outcome, error: again.error?.message }).toEqual({ k, outcome: 'succeeded', error: undefined })
      expect({ k, operations: operations(world) }).toEqual({ k, operations: [2, 1, 2] })
    }
    expect(k).toBeGreaterThan(60)
    expect(said.filter((outcome) => outcome === 'unknown').length).toBeGreaterThan(30)
  })
})

test('throttling of any length before the deadline ends nothing', async () => {
  const { world, release } = await begin()
  for (const call of ['describe', 'createChangeSet', 'describeChangeSet', 'executeChangeSet', 'events', 'listChangeSets'] as const)
    world.cloud.throttle({ call, caller: 'first', nth: 2, times: 40 })
  const { outputs, error } = await world.run('deploy', { service: 'delivery', release }, { name: 'first' })
  expect({ outcome: outputs.outcome, error: error?.message }).toEqual({ outcome: 'succeeded', error: undefined })
  expect(operations(world)).toEqual([2, 1, 2])
  expect(world.lines.filter((line) => line.includes('asking again')).length).toBeGreaterThan(0)
})

test('throttling beyond the deadline leaves what was begun unknown, and the rest untouched', async () => {
  const { world, release } = await begin()
  world.cloud.throttle({ call: 'executeChangeSet', caller: 'first', times: Number.POSITIVE_INFINITY })
  const { outputs, error } = await world.run('deploy', { service: 'delivery', release, timeout: 120_000 }, { name: 'first' })
  expect({ outcome: outputs.outcome, code: error?.code }).toEqual({ outcome: 'unknown', code: 'unknown' })
  expect(operations(world)).toEqual([1, 1, 1])
  expect((await world.run('deploy', { service: 'delivery', release }, { name: 'second' })).outputs.outcome).toBe('succeeded')
})

test('a bucket that answers nothing any more leaves the deployment unknown, never green', async () => {
  const { world, release } = await begin()
  world.bucket.fail(
    { caller: 'first', key: 'deployments/staging/delivery/00000002.json', method: 'PUT', times: Number.POSITIVE_INFINITY },
    silence(),
  )
  const { outputs, error } = await world.run('deploy', { service: 'delivery', release }, { name: 'first' })
  expect({ outcome: outputs.outcome, code: error?.code, message: error?.message }).toEqual({
    outcome: 'unknown',
    code: 'unknown',
    message: expect.stringContaining('the record of deployment 2 could not be closed'),
  })
  expect(world.bucket.keys('locks/')).toEqual([])
  const again = await world.run('deploy', { service: 'delivery', release }, { name: 'second' })
  expect(again.outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 3 })
  expect(recordOf(world, 2)).toMatchObject({ outcome: 'unknown', changed: true, closedBy: 'second' })
})

test('an outcome that cannot be written leaves its stack unknown, though it is live', async () => {
  const { world, release } = await begin()
  const client = intercept((_, method) => {
    if (method === 'create' && world.cloud.stack('delivery-staging-alone')?.status === 'UPDATE_COMPLETE') throw silence()
  })
  const { outputs, error } = await world.run('deploy', { service: 'delivery', release }, { name: 'first', intercept: client })
  expect({ outcome: outputs.outcome, code: error?.code }).toEqual({ outcome: 'unknown', code: 'unknown' })
  expect(outputs.stacks).toContainEqual(expect.objectContaining({ stack: 'alone', outcome: 'unknown' }))
  expect((await world.run('deploy', { service: 'delivery', release }, { name: 'second' })).outputs).toMatchObject({ outcome: 'succeeded' })
})

test('a head that cannot be moved does no harm', async () => {
  const { world, release } = await begin()
  world.bucket.fail(
    { caller: 'first', key: 'deployments/staging/delivery/head.json', method: 'PUT', times: Number.POSITIVE_INFINITY },
    silence(),
  )
  expect((await world.run('deploy', { service: 'delivery', release }, { name: 'first' })).outputs).toMatchObject({ outcome: 'succeeded' })
  expect(world.bucket.json('deployments/staging/delivery/head.json')).toMatchObject({ deployment: 1 })
  world.write(sized(3))
  expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 3 })
  expect(world.bucket.json('deployments/staging/delivery/head.json')).toMatchObject({ deployment: 3 })
})

test('a lock that cannot be given back does not make a deployment fail', async () => {
  const { world, release } = await begin()
  world.bucket.fail({ caller: 'first', method: 'DELETE', times: Number.POSITIVE_INFINITY }, silence())
  expect((await world.run('deploy', { service: 'delivery', release }, { name: 'first' })).outputs).toMatchObject({ outcome: 'succeeded' })
  expect(world.lines.join('\n')).toContain('the lock could not be given back')
  world.write(sized(3))
  expect((await world.run('deploy', {}, { name: 'second' })).outputs).toMatchObject({ outcome: 'succeeded', deployment: 3 })
})

test.each(['accepted', 'refused'] as const)('an execution that is asked for again and %s is followed, not repeated', async (repeats) => {
  const { world, release } = await begin({ repeats })
  world.cloud.drop({ call: 'executeChangeSet', caller: 'first', times: 2 })
  world.cloud.throttle({ call: 'describeChangeSet', caller: 'first', nth: 5, times: 3 })
  expect((await world.run('deploy', { service: 'delivery', release }, { name: 'first' })).outputs).toMatchObject({ outcome: 'succeeded' })
  expect(operations(world)).toEqual([2, 1, 2])
})

test('what is read stale right after an execution is neither taken for its end nor for its outputs', async () => {
  const world = await readyWorld(aPlatform({ stacks }), aService(), { staleReads: 4 })
  await world.run('deploy')
  const before = world.cloud.stack('delivery-staging-first')?.outputs.Name
  // A new name replaces the Thing, so that the output changes, and with it what `second` is fed.
  world.write(aService({ overrides: { first: { Resources: { Thing: { Properties: { Name: 'other' } } } } } }))
  const { outputs } = await world.run('deploy')
  expect(outputs).toMatchObject({ outcome: 'succeeded' })
  const after = world.cloud.stack('delivery-staging-first')
  expect(after?.outputs.Name).not.toBe(before)
  expect(world.cloud.stack('delivery-staging-second')?.parameters).toEqual({ From: after?.outputs.Name })
  expect(recordOf(world, 2).stacks.first?.proof?.time).toBe(after?.updated)
  expect((await world.run('deploy')).outputs).toMatchObject({ changed: false, deployment: 2 })
})

test('an execution whose reply was lost, and whose change set CloudFormation shows no more, is known by its events', async () => {
  const { world, release } = await begin()
  world.cloud.drop({ call: 'executeChangeSet', caller: 'first', times: 2 })
  const forgetful: Interception = {
    calls: 0,
    on: (port) =>
      new Proxy(port, {
        get(target, method, receiver) {
          const member: unknown = Reflect.get(target, method, receiver)
          if (method !== 'describeChangeSet' || typeof member !== 'function') return member
          return async (...given: unknown[]) => {
            const answer = (await member.apply(target, given)) as ChangeSet | undefined
            return answer?.execution.startsWith('EXECUTE_') ? undefined : answer
          }
        },
      }),
  }
  const { outputs } = await world.run('deploy', { service: 'delivery', release }, { name: 'first', intercept: forgetful })
  expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  expect((outputs.stacks as readonly { outcome: string }[]).map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'unchanged'])
  expect(operations(world)).toEqual([2, 1, 2])
})
