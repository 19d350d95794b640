import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../../src/deployment/log/record.ts'
import { digestOf } from '../../../src/digest.ts'
import { aService, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

const at = (n: number): string => `deployments/staging/delivery/${String(n).padStart(8, '0')}.json`
const head = 'deployments/staging/delivery/head.json'
const record = (world: MemoryWorld, n: number): DeploymentRecord => world.bucket.json(at(n)) as DeploymentRecord
const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })

/** A world with so many deployments in its log. */
async function deployed(times: number): Promise<MemoryWorld> {
  const world = await readyWorld()
  for (let size = 1; size <= times; size++) {
    world.write(sized(size))
    await world.run('deploy')
  }
  world.write(sized(times + 1))
  return world
}

const damages: readonly (readonly [string, (world: MemoryWorld) => void, number])[] = [
  ['the last record is gone', (world) => world.bucket.put(at(3), undefined), 3],
  ['the last record is cut short', (world) => world.bucket.put(at(3), '{"schema":"towpath/depl'), 3],
  ['the last record was changed', (world) => world.bucket.put(at(3), JSON.stringify({ ...record(world, 3), outcome: 'failed' })), 3],
  [
    'a record of the middle and the head are gone',
    (world) => {
      world.bucket.put(at(2), undefined)
      world.bucket.put(head, undefined)
    },
    2,
  ],
  [
    'a record of the middle is gone, and the head cannot be read',
    (world) => {
      world.bucket.put(at(2), undefined)
      world.bucket.put(head, 'oops')
    },
    2,
  ],
  [
    'a record of the middle is gone, and the head was put back before it',
    (world) => {
      world.bucket.put(head, JSON.stringify({ schema: 'towpath/head@1', deployment: 1, record: digestOf(world.bucket.bytes(at(1)) ?? '') }))
      world.bucket.put(at(2), undefined)
    },
    2,
  ],
]

describe.each(damages)('§4.17: where %s', (what, damage, number) => {
  test.each(['deploy', 'rollback'])('a %s stops before it writes anything, and names the consent', async (verb) => {
    const world = await deployed(3)
    damage(world)
    const before = world.bucket.keys('deployments/')
    const bytes = before.map((key) => world.bucket.bytes(key))
    const { error } = await world.run(verb)
    expect(error).toMatchObject({
      code: 'gated',
      message: expect.stringContaining(`record ${number} of delivery in staging `),
      hint: expect.stringContaining(`--consent log:${number}`),
    })
    expect(world.bucket.keys('deployments/')).toEqual(before)
    expect(before.map((key) => world.bucket.bytes(key))).toEqual(bytes)
    expect(world.bucket.keys('locks/')).toEqual([])
  })

  test.each(['deploy', 'rollback'])('a %s goes on with that consent, which is told and recorded, and invents no record', async (verb) => {
    const world = await deployed(3)
    const [lost, last] = [world.bucket.bytes(at(number)), digestOf(world.bucket.bytes(at(3)) ?? '')]
    damage(world)
    const left = world.bucket.bytes(at(number))
    const { outputs, error } = await world.run(verb, { consent: [`log:${number}`] })
    expect({ error, outcome: outputs.outcome, deployment: outputs.deployment }).toEqual({
      error: undefined,
      outcome: 'succeeded',
      deployment: 4,
    })
    expect(world.lines.filter((line) => line.startsWith(`warning: record ${number} of delivery in staging `))).not.toEqual([])
    expect(record(world, 4).entries).toContainEqual(expect.objectContaining({ kind: 'consented', consent: `log:${number}` }))
    expect(world.bucket.bytes(at(number))).toBe(left)
    // What is put back is what the log goes on from.
    expect(record(world, 4).previousRecord).toBe(number === 3 && left && world.bucket.json(head) === undefined ? digestOf(left) : last)
    world.bucket.put(at(number), lost)
    expect((await world.run('log', { verify: true })).outputs).toMatchObject({ verified: true })
  })

  test('other consents do not pass it', async () => {
    const world = await deployed(3)
    damage(world)
    expect((await world.run('deploy', { consent: [`log:${number === 2 ? 3 : 2}`, 'main.Thing'] })).error).toMatchObject({ code: 'gated' })
  })

  // Where only the live entries tell of it, who reads no live entries cannot know.
  test.each([
    ...(what.endsWith('before it') ? [] : [['plan', {}] as const, ['deploy', { 'dry-run': true }] as const]),
    ['log', {}] as const,
  ])('%s tells it and goes on (%j)', async (verb, inputs) => {
    const world = await deployed(3)
    damage(world)
    const { error } = await world.run(verb, inputs)
    expect(error).toBeUndefined()
    expect(world.lines.join('\n')).toContain(`record ${number} of delivery in staging `)
  })

  test('a deployment of something else is not recorded on top of it', async () => {
    const world = await deployed(3)
    damage(world)
    expect((await world.run('log-deployment', { version: '7', outcome: 'succeeded' })).error).toMatchObject({ code: 'gated' })
  })
})

test('a log that is whole meets nothing: a consent for it changes nothing', async () => {
  const world = await deployed(3)
  expect((await world.run('deploy', { consent: ['log:2'] })).outputs).toMatchObject({ outcome: 'succeeded', deployment: 4 })
  expect(record(world, 4).entries.filter(({ kind }) => kind === 'consented')).toEqual([])
})

test('what a rollback meets on its way back is met as well', async () => {
  const world = await deployed(3)
  world.bucket.put(at(2), undefined)
  expect((await world.run('rollback')).error).toMatchObject({ code: 'gated', hint: expect.stringContaining('--consent log:2') })
  const { outputs } = await world.run('rollback', { consent: ['log:2'] })
  expect(outputs).toMatchObject({ outcome: 'succeeded', deployment: 4, release: record(world, 1).release })
  expect(record(world, 4).entries).toContainEqual(expect.objectContaining({ kind: 'consented', consent: 'log:2' }))
})
