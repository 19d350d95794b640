import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord, LiveEntries } from '../../../src/deployment/log/record.ts'
import { digestOf } from '../../../src/digest.ts'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

const at = (n: number): string => `deployments/staging/delivery/${String(n).padStart(8, '0')}.json`
const head = 'deployments/staging/delivery/head.json'

/** A world with three deployments in its log. */
async function threeDeployments(): Promise<MemoryWorld> {
  const world = await readyWorld()
  for (const size of [1, 2, 3]) {
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } }))
    await world.run('deploy', {}, { origin: { actor: 'ada', commit: 'c0ffee', run: 'https://example.org/run/1' } })
  }
  return world
}

const text = (world: MemoryWorld, key: string): string => new TextDecoder().decode(world.bucket.bytes(key))

describe('the log', () => {
  test('lists every deployment under the names of the contract', async () => {
    const world = await threeDeployments()
    const { outputs } = await world.run('log', { service: 'delivery' })
    expect(outputs.verified).toBeNull()
    expect(outputs.deployments).toHaveLength(3)
    expect((outputs.deployments as readonly unknown[])[1]).toEqual({
      number: 2,
      kind: 'deploy',
      parts: ['stacks'],
      release: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      version: null,
      platform: '1.0.0',
      releaseCommit: 'c0ffee',
      gated: false,
      closedBy: null,
      outcome: 'succeeded',
      started: expect.stringMatching(/Z$/),
      finished: expect.stringMatching(/Z$/),
      actor: 'ada',
      commit: 'c0ffee',
      run: 'https://example.org/run/1',
    })
  })

  test('that is whole is verified', async () => {
    const world = await threeDeployments()
    expect((await world.run('log', { service: 'delivery', verify: true })).outputs).toMatchObject({ verified: true })
  })

  test.each<[string, (world: MemoryWorld) => void, number]>([
    ['a record that was changed', (world) => world.bucket.put(at(2), text(world, at(2)).replace('"ada"', '"eve"')), 2],
    ['the last record, changed', (world) => world.bucket.put(at(3), text(world, at(3)).replace('"ada"', '"eve"')), 3],
    ['a record that was cut short', (world) => world.bucket.put(at(1), text(world, at(1)).slice(0, 40)), 1],
    ['a record that is no JSON', (world) => world.bucket.put(at(2), 'oops'), 2],
    ['a record that is missing', (world) => world.bucket.put(at(2), undefined), 2],
    ['the first record, missing', (world) => world.bucket.put(at(1), undefined), 1],
    ['the last record, missing', (world) => world.bucket.put(at(3), undefined), 3],
    [
      'two records that changed places',
      (world) => {
        const [one, two] = [text(world, at(1)), text(world, at(2))]
        world.bucket.put(at(1), two)
        world.bucket.put(at(2), one)
      },
      1,
    ],
    [
      'a head that says another hash of the last',
      (world) => world.bucket.put(head, text(world, head).replace(/sha256:[0-9a-f]{8}/, 'sha256:00000000')),
      3,
    ],
  ])('with %s is broken, and says at which number', async (_, damage, number) => {
    const world = await threeDeployments()
    damage(world)
    const { error, outputs } = await world.run('log', { service: 'delivery', verify: true })
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining(`record ${number} `) })
    expect(outputs).toMatchObject({ verified: false })
  })

  test('whose head is behind is whole, and goes on from its true end', async () => {
    const world = await threeDeployments()
    const record = world.bucket.json(at(1)) as DeploymentRecord
    world.bucket.put(head, JSON.stringify({ deployment: 1, record: digestOf(text(world, at(1))), schema: 'towpath/head@1' }))
    expect(record.deployment).toBe(1)
    expect((await world.run('log', { service: 'delivery', verify: true })).outputs).toMatchObject({ verified: true })
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 4 } } } } } }))
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 4 })
    expect(world.bucket.json(head)).toMatchObject({ deployment: 4 })
  })

  test('without a head is whole as well', async () => {
    const world = await threeDeployments()
    world.bucket.put(head, undefined)
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 4 } } } } } }))
    expect((await world.run('deploy')).outputs).toMatchObject({ deployment: 4 })
    expect(world.bucket.json(head)).toMatchObject({ deployment: 4 })
  })

  test('of an environment that nobody declared names those there are', async () => {
    const world = await threeDeployments()
    const { error } = await world.run('log', { service: 'delivery', environment: 'stagin' })
    expect(error).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining("'stagin'"),
      hint: expect.stringContaining('staging'),
    })
  })
})

describe('the record of a deployment', () => {
  test('has an intent before and an outcome after each change, in objects chained to one another', async () => {
    const world = await readyWorld(aPlatform({ stacks: { first: {}, second: { From: 'first.Name' } } }))
    await world.run('deploy')
    const keys = world.bucket.keys('deployments/staging/delivery/00000001/')
    const documents = keys.map((key) => world.bucket.json(key) as LiveEntries)
    expect(keys.map((key) => key.slice(-9))).toEqual(documents.map((_, index) => `${String(index + 1).padStart(4, '0')}.json`))
    expect(documents.map(({ previous }) => previous)).toEqual([
      null,
      ...keys.slice(0, -1).map((key) => digestOf(world.bucket.bytes(key) ?? '')),
    ])
    const said = documents.flatMap(({ entries }) =>
      entries.map((entry) =>
        entry.kind === 'intent' || entry.kind === 'outcome' ? `${entry.kind} ${entry.does} ${entry.stack}` : entry.kind,
      ),
    )
    expect(said).toEqual([
      'started',
      'intent create-change-set first',
      'outcome create-change-set first',
      'intent execute-change-set first',
      'outcome execute-change-set first',
      'intent create-change-set second',
      'outcome create-change-set second',
      'intent execute-change-set second',
      'outcome execute-change-set second',
    ])
    expect((world.bucket.json(at(1)) as DeploymentRecord).entries).toEqual(documents.flatMap(({ entries }) => entries))
  })

  test('is of canonical JSON, and chained to the one before', async () => {
    const world = await threeDeployments()
    for (const n of [1, 2, 3]) {
      const record = world.bucket.json(at(n)) as DeploymentRecord
      expect(record.previousRecord).toBe(n === 1 ? null : digestOf(text(world, at(n - 1))))
      expect(Object.keys(record)).toEqual(Object.keys(record).sort())
      expect(text(world, at(n))).not.toMatch(/\n/)
    }
  })
})
