import { describe, expect, test } from '@jest/globals'
import { aService, type MemoryWorld, type Ran, readyWorld } from '../world/towpath.ts'

/** A world with a line of three commits, one that left it after the first, and a release of its own for each. */
async function history() {
  const world = await readyWorld()
  const { commits } = world
  const one = commits.commit('one')
  const two = commits.commit('two', one)
  const ids = { one, two, three: commits.commit('three', two), aside: commits.commit('aside', one) }
  const releases: Record<string, unknown> = {}
  for (const [size, name] of Object.keys(ids).entries()) {
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size + 1 } } } } } }))
    releases[name] = (await world.run('create-release')).outputs.release
  }
  /** Runs a verb as the workflow of a commit does. */
  const at = (name: keyof typeof ids, inputs: object = {}, verb = 'deploy'): Promise<Ran> =>
    world.run(
      verb,
      { service: 'delivery', ...(verb === 'rollback' ? {} : { release: releases[name] }), ...inputs },
      { name, origin: { commit: ids[name] } },
    )
  return { world, ids, releases, at }
}

const records = (world: MemoryWorld): readonly string[] =>
  world.bucket.keys('deployments/staging/delivery/').filter((key) => /\/\d{8}\.json$/.test(key))

describe('a deployment of an older commit than the one deployed', () => {
  test('is refused: a re-run of an old attempt does not deploy old code', async () => {
    const { world, at, ids } = await history()
    await at('one')
    expect((await at('two')).outputs).toMatchObject({ outcome: 'succeeded' })
    const before = world.bucket.keys()
    const { error } = await at('one')
    expect(error).toMatchObject({
      code: 'conflict',
      message: `commit ${ids.one.slice(0, 7)} is older than ${ids.two.slice(0, 7)}, which deployment 2 put live in staging`,
      hint: expect.stringMatching(/deploy a newer commit.*towpath rollback --service delivery --environment staging/),
    })
    expect(world.bucket.keys()).toEqual(before)
    expect(world.commits.asked.at(-1)).toEqual([ids.two, ids.one])
    // Going back on purpose is another thing, and so is going on.
    expect((await at('one', {}, 'rollback')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 3 })
    expect((await at('three')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 4 })
  })

  test('is refused after a rollback too, which opens no way for old runs', async () => {
    const { at } = await history()
    await at('one')
    await at('three')
    await at('three', {}, 'rollback')
    expect((await at('two')).error).toMatchObject({ code: 'conflict' })
  })

  test('is refused with a plan that was reviewed, and by deploy-stacks', async () => {
    const { world, at, releases } = await history()
    await at('one')
    const { digest } = (await world.run('plan', { service: 'delivery', release: releases.one })).outputs
    await at('two')
    expect((await at('one', { plan: digest })).error).toMatchObject({ code: 'conflict', message: expect.stringContaining('is older than') })
    expect((await at('one', {}, 'deploy-stacks')).error).toMatchObject({ message: expect.stringContaining('is older than') })
  })

  test('is no mistake where it is live: then there is nothing to do', async () => {
    const { at } = await history()
    await at('one')
    await at('two')
    await at('two', {}, 'rollback')
    expect((await at('one')).outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 3 })
  })

  test('is refused under the lock, where the newer one got in between', async () => {
    const { world, at } = await history()
    await at('one')
    const held = world.bucket.hold({ caller: 'three', method: 'PUT', key: 'deployments/staging/delivery/00000002/0001.json' })
    const newer = at('three')
    await held.reached
    const older = at('two')
    await world.clock.advance(5_000)
    held.release()
    expect((await newer).outputs).toMatchObject({ outcome: 'succeeded', deployment: 2 })
    expect((await older).error).toMatchObject({ code: 'conflict', message: expect.stringContaining('deployment 2 put live') })
    expect(records(world)).toHaveLength(2)
    expect(world.bucket.keys('locks/')).toEqual([])
  })

  test('is held to what failed halfway as well, and not to what changed nothing', async () => {
    const { world, at } = await history()
    await at('one')
    const undo = world.cloud.failing('Thing', 'no')
    expect((await at('three')).outputs).toMatchObject({ outcome: 'failed', changed: true })
    undo()
    expect((await at('two')).error).toMatchObject({ code: 'conflict', message: expect.stringContaining('deployment 2') })

    const other = await history()
    await other.at('one')
    other.world.cloud.fail({ call: 'createChangeSet' }, new Error('no'))
    expect((await other.at('three')).outputs).toMatchObject({ outcome: 'failed', changed: false })
    expect((await other.at('two')).outputs).toMatchObject({ outcome: 'succeeded' })
  })

  test('is held to what something else deployed, once that is recorded', async () => {
    const { world, at } = await history()
    await at('one')
    await at('three', { release: undefined, version: '3', outcome: 'succeeded' }, 'log-deployment')
    expect((await at('two')).error).toMatchObject({ code: 'conflict', message: expect.stringContaining('deployment 2') })
    expect(records(world)).toHaveLength(2)
  })
})

describe('a deployment', () => {
  test('of the same commit, or a newer one, passes without a word', async () => {
    const { world, at, releases } = await history()
    await at('one')
    const lines = world.lines.length
    expect((await at('one', { release: releases.three })).error).toBeUndefined()
    expect(world.commits.asked).toEqual([])
    expect((await at('two')).error).toBeUndefined()
    expect(world.lines.slice(lines).filter((line) => line.includes('commit'))).toEqual([])
  })

  test('of a commit that left the line before the one deployed passes with a warning', async () => {
    const { world, at, ids } = await history()
    await at('two')
    expect((await at('aside')).error).toBeUndefined()
    expect(world.lines.filter((line) => line.includes('diverged'))).toEqual([
      `warning: commit ${ids.aside.slice(0, 7)} and ${ids.two.slice(0, 7)} of deployment 1 have diverged: what only ${ids.two.slice(0, 7)} has is not in what is deployed now`,
    ])
  })

  test.each<[string, (world: MemoryWorld) => void, object, string]>([
    ['GitHub gives no answer', ({ commits }) => Object.assign(commits, { down: true }), {}, 'nobody could compare'],
    ['there is no GitHub', ({ commits }) => Object.assign(commits, { reachable: false }), {}, 'nobody could compare'],
    ['the run has no commit', () => {}, { commit: null }, 'this run has no commit'],
    ['what the run calls its commit is none', () => {}, { commit: '--upload-pack=x' }, 'this run has no commit'],
  ])('passes where %s, and says so once', async (_, make, origin, why) => {
    const { world, at, ids, releases } = await history()
    await at('two')
    make(world)
    const { error } = await world.run(
      'deploy',
      { service: 'delivery', release: releases.one },
      { name: 'x', origin: { commit: ids.one, ...origin } },
    )
    expect(error).toBeUndefined()
    expect(world.lines.filter((line) => line.includes('newer'))).toEqual([
      expect.stringMatching(new RegExp(`^whether this commit is newer than that of deployment 1 is not known: .*${why}`)),
    ])
  })

  test('passes where the one deployed has no commit, and says so', async () => {
    const { world, at, releases } = await history()
    await world.run('deploy', { service: 'delivery', release: releases.three })
    expect((await at('one')).error).toBeUndefined()
    expect(world.lines).toContain('whether this commit is newer than that of deployment 1 is not known: deployment 1 has none')
  })

  test('the first there is asks nobody and says nothing', async () => {
    const { world, at } = await history()
    await at('one')
    expect(world.commits.asked).toEqual([])
    expect(world.lines.filter((line) => line.includes('commit'))).toEqual([])
  })

  test('asks the working directory where GitHub says nothing', async () => {
    const { world, at, ids } = await history()
    await at('two')
    world.commits.down = true
    world.programs.git = ([, base, head]) => (base === ids.two && head === ids.one ? `${ids.one}\n` : undefined)
    expect((await at('one')).error).toMatchObject({ code: 'conflict', message: expect.stringContaining('is older than') })
  })
})

describe('a run that was run again', () => {
  const again = { event: 'push', attempt: 2 }

  test.each<[string, number | undefined, readonly string[], string | undefined]>([
    ['is stopped while nobody can compare', 2, [], 'gated'],
    ['passes with --consent order', 2, ['order'], undefined],
    ['passes the first time, and it is told (canary)', 1, [], undefined],
    ['passes outside of a workflow', undefined, [], undefined],
  ])('%s', async (_, attempt, consent, code) => {
    const { world, at, releases, ids } = await history()
    await at('one')
    world.commits.reachable = false
    const before = world.bucket.keys()
    const { error } = await world.run(
      'deploy',
      { service: 'delivery', release: releases.two, consent },
      { name: 'two', origin: { commit: ids.two }, ...(attempt === undefined ? {} : { workflow: { ...again, attempt } }) },
    )
    expect(error?.code).toBe(code)
    if (code === undefined) return
    expect(error?.hint).toContain('--consent order')
    expect(world.bucket.keys()).toEqual(before)
  })

  test('is ordered where somebody can compare, and a rollback is never stopped', async () => {
    const { world, at, releases, ids } = await history()
    await at('one')
    const run = (verb: string, name: 'one' | 'two', inputs: object) =>
      world.run(verb, { service: 'delivery', ...inputs }, { name, origin: { commit: ids[name] }, workflow: again })
    expect((await run('deploy', 'two', { release: releases.two })).error).toBeUndefined()
    expect((await run('deploy', 'one', { release: releases.one })).error?.code).toBe('conflict')
    world.commits.reachable = false
    expect((await run('rollback', 'one', {})).error).toBeUndefined()
  })
})
