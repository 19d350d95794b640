import { describe, expect, test } from '@jest/globals'
import { resolvePlatform } from '../../src/platform/channel.ts'
import { readEnvironment } from '../../src/platform/environment.ts'
import { type FakeObjects, fakeObjects } from '../world/objects.ts'
import { aPlatform, memoryWorld, readyWorld } from '../world/towpath.ts'

/** A bucket in which some versions were published to stable, in this order. */
async function published(...versions: readonly string[]): Promise<FakeObjects> {
  const world = memoryWorld()
  for (const version of versions) {
    world.write(aPlatform({ version }))
    await world.run('sync-platform', { path: '/platform', downgrade: true })
  }
  return world.bucket
}

describe('the platform that a service asks for', () => {
  test.each([
    ['stable', '2.0.0'],
    ['1.0.0', '1.0.0'],
  ])('as %s is release %s', async (asked, version) => {
    expect((await resolvePlatform(await published('1.0.0', '2.0.0'), asked)).release.version).toBe(version)
  })

  test.each<[string, string, string, string]>([
    ['a channel that is not there', 'stabel', "no channel 'stabel' in bucket 'acme-platform'", "did you mean 'stable'?"],
    [
      'a version that is not there',
      '3.2.0',
      "no platform release '3.2.0' in bucket 'acme-platform'",
      'the newest are 10.0.0, 2.0.0, 1.0.0',
    ],
  ])('cannot be %s: those there are are named', async (_, asked, message, hint) => {
    await expect(resolvePlatform(await published('1.0.0', '10.0.0', '2.0.0'), asked)).rejects.toMatchObject({
      code: 'not-found',
      message,
      hint,
    })
  })

  test('cannot be in a bucket where none was published', async () => {
    await expect(resolvePlatform(fakeObjects(), 'stable')).rejects.toMatchObject({
      hint: expect.stringContaining('run towpath sync-platform'),
    })
  })

  test.each<[string, (bucket: FakeObjects) => void, string]>([
    ['gone', (bucket) => bucket.put('platform/releases/1.0.0.json', undefined), 'is not there'],
    [
      'changed',
      (bucket) =>
        bucket.put(
          'platform/releases/1.0.0.json',
          new TextDecoder().decode(bucket.bytes('platform/releases/1.0.0.json')).replace('acme', 'evil'),
        ),
      'has other content now',
    ],
  ])('is not taken where what the channel names is %s', async (_, damage, message) => {
    const bucket = await published('1.0.0')
    damage(bucket)
    await expect(resolvePlatform(bucket, 'stable')).rejects.toMatchObject({
      code: 'failed',
      blame: 'service',
      message: expect.stringContaining(message),
    })
  })
})

describe('an environment', () => {
  test('is where the platform says it is', async () => {
    const { bucket } = await readyWorld()
    expect(await readEnvironment(bucket, 'staging')).toEqual({
      schema: 'towpath/environment@1',
      environment: 'staging',
      account: '000000000000',
      region: 'eu-west-1',
      bucket: null,
    })
  })

  test.each<[string, string]>([
    ['stagin', "did you mean 'staging'? it declares production, staging"],
    ['qa', 'choose one that it declares (production, staging), or add it there'],
    ['../channels/stable', 'choose one that it declares (production, staging), or add it there'],
    ['', 'choose one that it declares (production, staging), or add it there'],
  ])('called %j that nobody declared is refused with those there are', async (name, hint) => {
    const { bucket } = await readyWorld()
    bucket.requests.length = 0
    await expect(readEnvironment(bucket, name)).rejects.toMatchObject({ code: 'not-found', hint })
    expect(bucket.requests.filter(({ key }) => key.includes('..'))).toEqual([])
  })
})
