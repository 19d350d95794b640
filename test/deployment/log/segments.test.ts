import { describe, expect, test } from '@jest/globals'
import { gatherSegments, lacking } from '../../../src/deployment/log/gather.ts'
import type { DeploymentRecord } from '../../../src/deployment/log/record.ts'
import type { Segment } from '../../../src/deployment/log/segment.ts'
import { digestOf } from '../../../src/digest.ts'
import { plantHistory } from '../../world/history.ts'
import { killedAt } from '../../world/intercept.ts'
import { type FakeObjects, fakeObjects } from '../../world/objects.ts'
import { aService, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

const log = { service: 'delivery', environment: 'staging' }
const folder = 'deployments/staging/delivery/segments/'
const at = (n: number): string => `deployments/staging/delivery/${String(n).padStart(8, '0')}.json`

/** A world whose log has so many deployments, and whose service is ready to be deployed. */
async function withHistory(count: number): Promise<MemoryWorld> {
  const world = await readyWorld()
  await plantHistory({ ...log, count }, (key, bytes) => world.bucket.put(key, bytes, 'FULL_OBJECT'))
  return world
}

const names = (bucket: FakeObjects): readonly string[] => bucket.keys(folder).map((key) => key.slice(folder.length, folder.length + 17))
const border = (first: number, last: number): string => [first, last].map((n) => String(n).padStart(8, '0')).join('-')
const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })

describe('segments', () => {
  test('are written by the run that closes the last record of one, and hold each record with its digest and its ETag', async () => {
    const world = await withHistory(18)
    await world.run('deploy')
    expect(names(world.bucket)).toEqual([])
    world.write(sized(2))
    await world.run('deploy')
    expect(names(world.bucket)).toEqual([border(1, 20)])
    const [key = ''] = world.bucket.keys(folder)
    const segment = world.bucket.json(key) as Segment
    expect(segment).toMatchObject({ schema: 'towpath/segment@1', ...log, first: 1, last: 20 })
    expect(key.slice(-13, -5)).toBe(digestOf(world.bucket.bytes(key) ?? '').slice(7, 15))
    for (const [index, { etag, sha256, record }] of segment.records.entries()) {
      const bytes = world.bucket.bytes(at(index + 1)) ?? new Uint8Array()
      expect(record).toEqual(world.bucket.json(at(index + 1)))
      expect(`sha256:${sha256}`).toBe(digestOf(bytes))
      expect(await world.bucket.get(at(index + 1), etag)).toBe('unchanged')
    }
    expect((await world.run('log', { verify: true })).outputs).toMatchObject({ verified: true, checked: { read: 0, records: 20 } })
  })

  test('of 500 are made of those of 20', async () => {
    const bucket = fakeObjects()
    await plantHistory({ ...log, count: 500 }, (key, bytes) => bucket.put(key, bytes))
    const ledger = { objects: bucket, ...log }
    for (let n = 20; n < 500; n += 20) await gatherSegments(ledger, bucket.json(at(n)) as DeploymentRecord, () => {})
    expect(names(bucket)).toHaveLength(24)
    bucket.requests.length = 0
    await gatherSegments(ledger, bucket.json(at(500)) as DeploymentRecord, () => {})
    expect(names(bucket)).toContain(border(1, 500))
    const large = bucket.keys(folder).find((key) => key.includes(border(1, 500))) ?? ''
    expect(Object.keys((bucket.json(large) as Segment).records[7] ?? {}).sort()).toEqual(['etag', 'record', 'sha256'])
    // Those of 20 are listed and read, the last of them is made of its records.
    const { GET = [], PUT = [], LIST = [] } = Object.groupBy(bucket.requests, ({ method }) => method)
    expect({ reads: GET.length, writes: PUT.length, lists: LIST.length }).toEqual({ reads: 20 + 24 + 20, writes: 2, lists: 1 })
  })

  test('that a run did not come to write are written by the next, a few at a time', async () => {
    const world = await withHistory(105)
    await world.run('deploy')
    expect(names(world.bucket)).toEqual([border(41, 60), border(61, 80), border(81, 100)])
    world.write(sized(2))
    await world.run('deploy')
    expect(names(world.bucket)).toHaveLength(5)
  })

  test('are not made of records that are damaged, which is told, and nothing else suffers', async () => {
    const world = await withHistory(19)
    world.bucket.put(at(7), '{}')
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
    expect(names(world.bucket)).toEqual([])
    expect(world.lines.join('\n')).toContain('could not be gathered: record 7 of delivery in staging cannot be read')
  })

  test('are asked for once, when there is nothing to write', async () => {
    const world = await withHistory(21)
    await world.run('deploy')
    world.write(sized(2))
    world.bucket.requests.length = 0
    await world.run('deploy')
    expect(world.bucket.requests.filter(({ key }) => key.startsWith(folder)).map(({ method }) => method)).toEqual(['LIST'])
  })

  test('a run that is killed while it gathers leaves a log that is whole, and a lock that is free', async () => {
    const calls = await callsOfADeploy()
    for (const when of ['before', 'after'] as const) {
      let died = 0
      for (let k = 1; ; k++) {
        const world = await withHistory(19)
        // Of all calls of the run, those that gather come last.
        const client = killedAt(calls - k + 1, when)
        const run = world.run('deploy', {}, { name: 'first', intercept: client })
        await Promise.race([run, client.dead])
        if (world.bucket.json(at(20)) === undefined || world.bucket.keys('locks/').length > 0) break
        died += 1
        expect((await world.run('log', { verify: true })).outputs).toMatchObject({ verified: true, checked: { records: 20 } })
        world.write(sized(2))
        expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 21 })
        expect({ when, k, names: names(world.bucket) }).toEqual({ when, k, names: [border(1, 20)] })
      }
      // One that lists, twenty that read, one that writes.
      expect(died).toBeGreaterThanOrEqual(22)
    }
  }, 60_000)
})

async function callsOfADeploy(): Promise<number> {
  const world = await withHistory(19)
  const client = killedAt(Number.POSITIVE_INFINITY, 'before')
  await world.run('deploy', {}, { intercept: client })
  return client.calls
}

describe('a segment that is wrong', () => {
  const wrongs: readonly (readonly [string, (segment: Segment) => Segment | string])[] = [
    ['is no JSON', () => 'oops'],
    ['has other borders than its name', (segment) => ({ ...segment, first: 2 })],
    ['is of another service', (segment) => ({ ...segment, service: 'other' })],
    ['lacks a record', (segment) => ({ ...segment, records: segment.records.slice(1) })],
    ['has a record that was changed', (segment) => changed(segment, (row) => ({ ...row, record: { ...row.record, outcome: 'failed' } }))],
    ['has a digest that was changed', (segment) => changed(segment, (row) => ({ ...row, sha256: '0'.repeat(64) }))],
    ['has a row that is none', (segment) => changed(segment, () => null as never)],
    [
      'has two rows in each other’s place',
      ({ records: [one, two, ...others], ...segment }) => ({ ...segment, records: [two, one, ...others] as never }),
    ],
  ]
  const changed = (segment: Segment, change: (row: Segment['records'][number]) => Segment['records'][number]): Segment => ({
    ...segment,
    records: segment.records.map((row, index) => (index === 5 ? change(row) : row)),
  })

  test.each(wrongs)('and %s is passed over and told, whatever its name says', async (_, wrong) => {
    const world = await withHistory(45)
    await world.run('deploy')
    const key = world.bucket.keys(folder)[1] ?? ''
    const made = wrong(world.bucket.json(key) as Segment)
    const content = typeof made === 'string' ? made : JSON.stringify(made)
    world.bucket.put(key, undefined)
    world.bucket.put(`${key.slice(0, -13)}${digestOf(content).slice(7, 15)}.json`, content)
    world.lines.length = 0
    expect((await world.run('log', { verify: true })).outputs).toMatchObject({ verified: true, checked: { records: 46, read: 26 } })
    expect(world.lines.join('\n')).toContain('the segment of records 21 to 40 is not whole: it is passed over')
    const { outputs } = await world.run('log', { all: true })
    expect((outputs.deployments as readonly { number: number; outcome: string }[]).map(({ number }) => number)).toEqual(
      Array.from({ length: 46 }, (_, index) => index + 1),
    )
  })

  test('and is whole by itself, of another history, is proved wrong by the record after it', async () => {
    const world = await withHistory(45)
    await world.run('deploy')
    const other = fakeObjects()
    await plantHistory({ ...log, count: 40, changes: (n) => (n === 25 ? { outcome: 'failed' } : {}) }, (key, bytes) =>
      other.put(key, bytes),
    )
    await gatherSegments({ objects: other, ...log }, other.json(at(40)) as DeploymentRecord, () => {})
    for (const key of world.bucket.keys(folder)) world.bucket.put(key, undefined)
    for (const key of other.keys(folder)) world.bucket.put(key, other.bytes(key))
    world.lines.length = 0
    const { outputs } = await world.run('log', { all: true })
    expect((outputs.deployments as readonly { outcome: string }[])[24]).toMatchObject({ outcome: 'succeeded' })
    expect(world.lines.join('\n')).toContain('the segment of records 21 to 40 is not what the log says')
    // By ETag it is not believed either: the records have other ETags than it says.
    expect((await world.run('log', { verify: true })).outputs).toMatchObject({ verified: true })
  })
})

test.each([
  [0, [], undefined],
  [19, [], undefined],
  [20, [], [1, 20]],
  [39, [[1, 20]], undefined],
  [40, [[1, 20]], [21, 40]],
  [45, [[21, 40]], [1, 20]],
  [500, [[1, 500]], undefined],
  [520, [[1, 500]], [501, 520]],
])('of a log of %d with segments %j the next to write is %j', (end, there, next) => {
  const wanted = next === undefined ? undefined : { first: next[0], last: next[1] }
  expect(
    lacking(
      there.map(([first = 0, last = 0]) => ({ first, last })),
      end,
    ),
  ).toEqual(wanted)
})
