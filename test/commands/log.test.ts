import { describe, expect, test } from '@jest/globals'
import { aService, readyWorld } from '../world/towpath.ts'

/** A world with two deployments, by two people. */
async function deployedTwice() {
  const world = await readyWorld()
  await world.run('deploy', {}, { name: 'ada', origin: { commit: 'c0ffee', run: 'https://example.org/1' } })
  world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
  await world.run('deploy', {}, { name: 'grace' })
  return world
}

describe('log', () => {
  test('lists the deployments, oldest first, with all that design 9 names', async () => {
    const world = await deployedTwice()
    const { outputs } = await world.run('log')
    expect(outputs.verified).toBeNull()
    expect(outputs.deployments).toMatchObject([
      { number: 1, kind: 'deploy', outcome: 'succeeded', actor: 'ada', commit: 'c0ffee', run: 'https://example.org/1' },
      { number: 2, kind: 'deploy', outcome: 'succeeded', actor: 'grace', commit: null, run: null },
    ])
    const [first] = outputs.deployments as readonly object[]
    expect(Object.keys(first ?? {}).sort()).toEqual([
      'actor',
      'closedBy',
      'commit',
      'finished',
      'gated',
      'kind',
      'number',
      'outcome',
      'parts',
      'platform',
      'release',
      'releaseCommit',
      'run',
      'started',
      'version',
    ])
  })

  test('verifies the chain', async () => {
    const world = await deployedTwice()
    expect((await world.run('log', { verify: true })).outputs).toMatchObject({ verified: true })
  })

  test.each([1, 2])('names record %d if it was changed, with the log all the same', async (number) => {
    const world = await deployedTwice()
    const key = `deployments/staging/delivery/0000000${number}.json`
    world.bucket.put(key, new TextDecoder().decode(world.bucket.bytes(key)).replace('succeeded', 'failed'))
    const { error, outputs } = await world.run('log', { verify: true })
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining(`record ${number} of delivery in staging`) })
    expect(outputs).toMatchObject({ verified: false, deployments: [{ number: 1 }, { number: 2 }] })
  })

  test('of a service that was never deployed is empty', async () => {
    const world = await readyWorld()
    expect((await world.run('log', { verify: true })).outputs).toEqual({
      deployments: [],
      verified: true,
      checked: { how: 'by ETag', records: 0, read: 0 },
      'under-way': null,
    })
  })

  test('of an environment that nobody declared is refused', async () => {
    const world = await readyWorld()
    expect((await world.run('log', { environment: 'stagin' })).error).toMatchObject({
      code: 'not-found',
      hint: "did you mean 'staging'? it declares production, staging",
    })
  })

  test('needs no repository where the service is named', async () => {
    const world = await deployedTwice()
    const { outputs } = await world.run('log', { service: 'delivery', path: '/nowhere' })
    expect(outputs.deployments).toHaveLength(2)
  })

  test('writes nothing', async () => {
    const world = await deployedTwice()
    world.bucket.requests.length = 0
    await world.run('log', { verify: true })
    expect(world.bucket.requests.filter(({ method }) => method !== 'GET' && method !== 'LIST')).toEqual([])
  })
})

/** A world with so many deployments of one release, of which each but the first was made to be recorded. */
async function deployedOften(times: number) {
  const world = await readyWorld()
  for (let n = 1; n <= times; n++) await world.run('log-deployment', { version: `${n}`, outcome: 'succeeded' })
  return world
}

const numbers = (outputs: Readonly<Record<string, unknown>>): readonly unknown[] =>
  (outputs.deployments as readonly { readonly number: number }[]).map(({ number }) => number)
const from = (first: number, last: number): readonly number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index)

describe('how much of the log is listed', () => {
  test.each<[string, Readonly<Record<string, unknown>>, boolean, number]>([
    ['the newest 20', {}, false, 6],
    ['as many as are asked for', { limit: '3' }, false, 23],
    ['one', { limit: '1' }, false, 25],
    ['all, if they are asked for', { all: true }, false, 1],
    ['all, for a program', {}, true, 1],
    ['as many as are asked for, for a program too', { limit: '3' }, true, 23],
    ['no more than there are', { limit: '100' }, false, 1],
  ])('%s', async (_, inputs, json, first) => {
    const world = await deployedOften(25)
    expect(numbers((await world.run('log', inputs, { json })).outputs)).toEqual(from(first, 25))
    // Checking them all changes nothing about it.
    expect(numbers((await world.run('log', { ...inputs, verify: true }, { json })).outputs)).toEqual(from(first, 25))
  })

  test.each(['0', '-1', '1.5', 'many', ''])('%j is no number of deployments', async (limit) => {
    const world = await readyWorld()
    expect((await world.run('log', { limit })).error).toMatchObject({ code: 'bad-input' })
  })

  test('takes one flag of the two, and --full only with --verify', async () => {
    const world = await readyWorld()
    expect((await world.run('log', { limit: '1', all: true })).error).toMatchObject({ code: 'bad-input' })
    expect((await world.run('log', { full: true })).error).toMatchObject({ code: 'bad-input' })
  })
})

describe('what log tells of a deployment', () => {
  test('the platform and the commit of its code; a rollback has those of the release it went back to', async () => {
    const world = await readyWorld()
    await world.run('deploy', {}, { origin: { commit: 'first' } })
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    await world.run('deploy', {}, { origin: { commit: 'second' } })
    await world.run('rollback', {}, { origin: { commit: 'third' } })
    const { outputs } = await world.run('log')
    expect(outputs.deployments).toMatchObject([
      { platform: '1.0.0', releaseCommit: 'first', commit: 'first' },
      { platform: '1.0.0', releaseCommit: 'second', commit: 'second' },
      { platform: '1.0.0', releaseCommit: 'first', commit: 'third', kind: 'rollback' },
    ])
  })

  test('that a gate stopped it before any change', async () => {
    const table = (name: string) => ({
      Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } } },
    })
    const world = await readyWorld(undefined, aService({ additions: { data: table('one') } }))
    await world.run('deploy')
    world.write(aService({ additions: { data: table('two') } }))
    expect((await world.run('deploy')).error).toMatchObject({ code: 'gated' })
    expect((await world.run('log')).outputs.deployments).toMatchObject([{ gated: false }, { outcome: 'failed', gated: true }])
  })

  test('that one is under way, and then that it was left', async () => {
    const world = await deployedOften(1)
    const held = world.bucket.hold({ caller: 'slow', method: 'PUT', key: 'deployments/staging/delivery/00000002.json' })
    const slow = world.run('deploy', {}, { name: 'slow', origin: { run: 'https://example.org/7' } })
    await held.reached
    expect((await world.run('log')).outputs).toMatchObject({
      deployments: [{ number: 1 }],
      'under-way': {
        deployment: 2,
        holder: 'slow',
        run: 'https://example.org/7',
        since: expect.stringMatching(/Z$/),
        alive: expect.stringMatching(/Z$/),
      },
    })
    world.bucket.put('locks/staging/delivery.json', undefined)
    expect((await world.run('log')).outputs['under-way']).toMatchObject({ deployment: 2, holder: null, alive: null })
    held.release()
    await slow
    expect((await world.run('log')).outputs['under-way']).toBeNull()
  })
})
