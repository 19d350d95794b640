import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import { intercept, killedAt } from '../world/intercept.ts'
import { aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })
const record = (world: MemoryWorld, n: number): DeploymentRecord =>
  world.bucket.json(`deployments/staging/delivery/${String(n).padStart(8, '0')}.json`) as DeploymentRecord
const sizeOf = (world: MemoryWorld): unknown =>
  world.cloud.resources('delivery-staging-main').find(({ logicalId }) => logicalId === 'Thing')?.properties.Size

/** A world whose service was deployed with each of these sizes. */
async function deployedWith(...sizes: readonly number[]) {
  const world = await readyWorld()
  const releases: unknown[] = []
  for (const size of sizes) {
    world.write(sized(size))
    releases.push((await world.run('deploy')).outputs.release)
  }
  return { world, releases }
}

const told = { service: 'delivery', version: '2024.11', outcome: 'succeeded' }

describe('log-deployment', () => {
  test('closes a record in the chain, with who told it, and touches nothing of CloudFormation', async () => {
    const { world, releases } = await deployedWith(1)
    const asked = world.cloud.requests.length
    const origin = { commit: 'a'.repeat(40), run: 'https://example.org/run/7' }
    const { outputs, error } = await world.run('log-deployment', told, { name: 'ada', origin })
    expect({ outputs, error }).toEqual({ outputs: { deployment: 2 }, error: undefined })
    expect(record(world, 2)).toMatchObject({
      kind: 'recorded',
      parts: [],
      release: null,
      version: '2024.11',
      outcome: 'succeeded',
      previous: releases[0],
      origin: { actor: 'ada', ...origin },
      closedBy: null,
    })
    expect(world.cloud.requests).toHaveLength(asked)
    expect(world.bucket.keys('locks/')).toEqual([])
    const log = await world.run('log', { service: 'delivery', verify: true })
    expect(log.outputs).toMatchObject({
      verified: true,
      deployments: [
        { kind: 'deploy', version: null },
        { number: 2, kind: 'recorded', release: null, version: '2024.11', actor: 'ada' },
      ],
    })
  })

  test('names a stored release by a prefix', async () => {
    const { world, releases } = await deployedWith(1, 2)
    const release = String(releases[0]).slice(7, 17)
    expect((await world.run('log-deployment', { ...told, version: undefined, release })).outputs).toEqual({ deployment: 3 })
    expect(record(world, 3)).toMatchObject({ kind: 'recorded', release: releases[0], previous: releases[1] })
    expect(record(world, 3)).not.toHaveProperty('version')
    // What is said to be live now is gone back from.
    expect((await world.run('rollback', { service: 'delivery' })).outputs).toMatchObject({ changed: false, release: releases[0] })
  })

  test('of a service that Towpath never deployed begins its log', async () => {
    const { world } = await deployedWith()
    expect((await world.run('log-deployment', { ...told, service: 'archive' })).outputs).toEqual({ deployment: 1 })
    expect(world.lines.join()).toContain('deployment 1, the first of this service there, is recorded')
  })

  test('takes the name from the folder where none is given', async () => {
    const { world } = await deployedWith(1)
    expect((await world.run('log-deployment', { ...told, service: undefined })).outputs).toEqual({ deployment: 2 })
  })

  test('checks the inputs in a dry run, and writes nothing', async () => {
    const { world } = await deployedWith(1)
    const before = world.bucket.keys()
    expect((await world.run('log-deployment', { ...told, 'dry-run': true })).outputs).toEqual({ deployment: null })
    expect((await world.run('log-deployment', { ...told, version: '', 'dry-run': true })).error).toBeDefined()
    expect(world.bucket.keys()).toEqual(before)
  })

  test.each<[string, object, string, string | RegExp, string]>([
    ['neither release nor version', { version: undefined }, 'bad-input', 'what was deployed is not said', 'give one'],
    ['both', { release: 'aa' }, 'bad-input', 'both --release and --version are given', 'give one'],
    ['a release that is not there', { version: undefined, release: 'ffff' }, 'not-found', /no release of service 'delivery'/, 'there are'],
    ['a version of two lines', { version: 'a\n::error::x' }, 'bad-input', /is no name of a version/, 'one line'],
    ['a version that turns the text around', { version: 'a\u202eb' }, 'bad-input', /is no name of a version/, 'one line'],
    ['a version that is a book', { version: 'a'.repeat(101) }, 'bad-input', /is no name of a version/, '100 characters'],
    ['an environment nobody declared', { environment: 'stagin' }, 'not-found', /stagin/, "did you mean 'staging'?"],
    ['a service that could not be', { service: '../../locks' }, 'bad-input', "no service can be named '../../locks'", 'a name begins'],
  ])('refuses %s, and writes nothing', async (_, inputs, code, message, hint) => {
    const { world } = await deployedWith(1)
    const before = world.bucket.keys()
    const { error } = await world.run('log-deployment', { ...told, ...inputs })
    expect(error).toMatchObject({
      code,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      hint: expect.stringContaining(hint),
    })
    expect(world.bucket.keys()).toEqual(before)
  })

  test('refuses a release that could not be gone back to in this environment', async () => {
    const { world, releases } = await deployedWith(1)
    world.write(aService({ lines: ['environments: { production: {} }'] }))
    const { release } = (await world.run('create-release')).outputs
    expect((await world.run('log-deployment', { ...told, version: undefined, release })).error).toMatchObject({ code: 'bad-input' })
    expect(releases).not.toContain(release)
  })

  test('waits for a deployment that is under way, and comes after it', async () => {
    const { world } = await deployedWith(1)
    world.write(sized(2))
    const held = world.bucket.hold({ caller: 'slow', method: 'PUT', key: 'deployments/staging/delivery/00000002/0001.json' })
    const deployment = world.run('deploy', {}, { name: 'slow' })
    await held.reached
    const recorded = world.run('log-deployment', told, { name: 'waiting' })
    await world.clock.advance(5_000)
    held.release()
    expect((await deployment).outputs).toMatchObject({ deployment: 2 })
    expect((await recorded).outputs).toEqual({ deployment: 3 })
    expect(record(world, 3).previous).toBe(record(world, 2).release)
  })

  test.each(['before', 'after'] as const)(
    'killed at any call, %s it is made, leaves a log that holds and is gone on with',
    async (when) => {
      for (let k = 1; ; k++) {
        const { world } = await deployedWith(1)
        const client = killedAt(k, when)
        const ended = await Promise.race([world.run('log-deployment', told, { name: 'first', intercept: client }), client.dead])
        const again = await world.run('log-deployment', { ...told, version: 'next' }, { name: 'second' })
        expect({ k, error: again.error?.message }).toEqual({ k, error: undefined })
        expect({ k, verified: (await world.run('log', { verify: true })).outputs.verified }).toEqual({ k, verified: true })
        expect({ k, locks: world.bucket.keys('locks/') }).toEqual({ k, locks: [] })
        expect({ k, last: record(world, Number(again.outputs.deployment)).version }).toEqual({ k, last: 'next' })
        // Whatever is left of the dead one is a record of its own kind that says it is not known.
        for (let n = 2; n < Number(again.outputs.deployment); n++)
          expect({ k, ...record(world, n) }).toMatchObject({ k, kind: 'recorded', version: '2024.11' })
        if (ended) {
          expect(k).toBeGreaterThan(8)
          return
        }
      }
    },
  )

  test('interrupted while it waits writes nothing', async () => {
    const { world } = await deployedWith(1)
    const controller = new AbortController()
    const client = intercept((_, method) => (method === 'create' ? controller.abort(new Error('stop')) : undefined))
    await expect(world.run('log-deployment', told, { intercept: client, interrupt: controller.signal })).rejects.toThrow('stop')
    expect(world.bucket.keys('deployments/staging/delivery/00000002')).toEqual([])
    expect(world.bucket.keys('locks/')).toEqual([])
  })
})

describe('after something else deployed a version', () => {
  test('a rollback puts back the release that was live before, and not the version', async () => {
    const { world, releases } = await deployedWith(1, 2)
    await world.run('log-deployment', told)
    const { outputs } = await world.run('rollback', { service: 'delivery' })
    expect(outputs).toMatchObject({ outcome: 'succeeded', deployment: 4, release: releases[1], previous: null })
    expect((await world.run('rollback', { service: 'delivery' })).outputs).toMatchObject({ changed: true, release: releases[0] })
    expect(sizeOf(world)).toBe(1)
  })

  test('nothing can be gone back to where nothing of Towpath was live before', async () => {
    const { world } = await deployedWith()
    await world.run('log-deployment', told)
    const { outputs, error } = await world.run('rollback', { service: 'delivery' })
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('no release of delivery is live in staging') })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false, deployment: 1, release: null })
  })

  test('the version cannot be asked for by rollback', async () => {
    const { world } = await deployedWith(1)
    await world.run('log-deployment', { ...told, version: 'abc' })
    expect((await world.run('rollback', { service: 'delivery', to: 'abc' })).error).toMatchObject({ code: 'not-found' })
  })

  test('deploying the release that was live before is something to do: a record says that it is live again', async () => {
    const { world, releases } = await deployedWith(1)
    await world.run('log-deployment', told)
    const { outputs } = await world.run('deploy')
    // No stack moved: what was proved before still is.
    expect(outputs).toMatchObject({
      outcome: 'succeeded',
      changed: false,
      deployment: 3,
      release: releases[0],
      stacks: [{ outcome: 'unchanged' }],
    })
    expect(world.cloud.count('createChangeSet')).toBe(1)
  })

  test('what a dead deployment left is still cleared away by the next one', async () => {
    const { world } = await deployedWith(1)
    world.write(sized(2))
    // Dies with a change set made and not executed.
    let dead = false
    const client = intercept((_, method) => {
      dead ||= method === 'executeChangeSet'
      return dead ? new Promise<void>(() => {}) : undefined
    })
    void world.run('deploy', {}, { name: 'dead', intercept: client })
    await world.clock.advance(30_000)
    expect((await world.run('log-deployment', told)).outputs).toEqual({ deployment: 3 })
    expect(dead).toBe(true)
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    const left = (await world.cloud.listChangeSets('delivery-staging-main')).map(({ name }) => name)
    expect(left.filter((name) => name.startsWith('towpath-2-'))).toEqual([])
  })
})
