import { describe, expect, test } from '@jest/globals'
import { aService, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

const key = 'locks/staging/delivery.json'
const lock = { counter: 3, epoch: 5, holder: 'ada', run: null, schema: 'towpath/lock@1', token: 'ab' }

/** A world with something under the lock's name. */
async function locked(content: string): Promise<MemoryWorld> {
  const world = await readyWorld()
  world.bucket.put(key, content)
  return world
}

const etagIn = (text: string | undefined): string => /--etag (\S+)/.exec(text ?? '')?.[1] ?? 'no etag'

describe('§4.18: what is under the name of a lock', () => {
  test.each<[string, string]>([
    ['no JSON', 'oops'],
    ['another document', '{"schema":"something/else@1"}'],
    ['a lock whose epoch is a text', '{"epoch":"x","token":5}'],
    ...Object.entries({
      holder: 7,
      token: '',
      run: 7,
      epoch: 'x',
      counter: -1,
    }).map(([field, value]): [string, string] => [
      `a lock whose ${field} is ${JSON.stringify(value)}`,
      JSON.stringify({ ...lock, [field]: value }),
    ]),
    ...Object.keys(lock).map((field): [string, string] => [`a lock without ${field}`, JSON.stringify({ ...lock, [field]: undefined })]),
  ])('and is %s is no lock: the message names the command that removes it, and that does', async (_, content) => {
    const world = await locked(content)
    const { error } = await world.run('deploy')
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining(`s3://acme-platform/${key} is not a lock`) })
    expect(error?.hint).toContain('towpath unlock --service delivery --environment staging --bucket acme-platform --etag ')
    const { outputs } = await world.run('unlock', { etag: etagIn(error?.hint) })
    expect(outputs).toEqual({ removed: true, holder: null })
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
  })

  test('and is garbage by the end of a run is told, with the command that removes it', async () => {
    const world = await readyWorld()
    world.bucket.meanwhile({ method: 'DELETE', key }, () => world.bucket.put(key, 'oops'))
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
    const told = world.lines.find((line) => line.includes('could not be given back'))
    expect(told).not.toContain('takes it over')
    expect((await world.run('unlock', { etag: etagIn(told) })).outputs).toMatchObject({ removed: true })
  })
})

describe('unlock', () => {
  test('removes a lock whose holder gives no sign of life for a minute', async () => {
    const world = await locked(JSON.stringify(lock))
    const { error } = await world.run('deploy', { wait: 1_000 })
    expect(error).toMatchObject({ code: 'locked' })
    const start = world.clock.monotonic()
    const { outputs } = await world.run('unlock', { etag: etagIn(error?.hint) })
    expect(outputs).toEqual({ removed: true, holder: 'deployment 5 by ada' })
    expect(world.clock.monotonic() - start).toBeGreaterThanOrEqual(60_000)
    expect(world.bucket.keys('locks/')).toEqual([])
  })

  test('leaves a lock alone whose holder is alive', async () => {
    const world = await readyWorld()
    const held = world.bucket.hold({ caller: 'slow', method: 'PUT', key: 'deployments/staging/delivery/00000001/0001.json' })
    const slow = world.run('deploy', {}, { name: 'slow' })
    await held.reached
    const seen = (await world.bucket.get(key)) as { etag: string }
    const unlocking = world.run('unlock', { etag: seen.etag })
    await world.clock.advance(30_000)
    expect((await unlocking).error).toMatchObject({ code: 'locked', message: expect.stringContaining('by slow') })
    held.release()
    expect((await slow).outputs).toMatchObject({ outcome: 'succeeded' })
  })

  test('leaves a lock alone that is not the one that was seen, and names the one that is there', async () => {
    const world = await locked(JSON.stringify(lock))
    const { error } = await world.run('unlock', { etag: 'abc' })
    expect(error).toMatchObject({ code: 'conflict', hint: expect.stringContaining('deployment 5 by ada') })
    expect(etagIn(error?.hint)).not.toBe('abc')
    expect(world.bucket.keys('locks/')).toEqual([key])
  })

  test('has nothing to do where there is no lock, and refuses an environment that nobody declared', async () => {
    const world = await readyWorld(undefined, aService())
    expect((await world.run('unlock', { etag: 'abc' })).outputs).toEqual({ removed: false, holder: null })
    expect((await world.run('unlock', { etag: 'abc', environment: 'stagin' })).error).toMatchObject({ code: 'not-found' })
  })
})
