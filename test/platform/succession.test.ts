import { describe, expect, test } from '@jest/globals'
import { compareVersions } from '../../src/service/names.ts'
import { aPlatform, type MemoryWorld, memoryWorld } from '../world/towpath.ts'

const called = (name: string, version = '1.0.0'): Record<string, string> => {
  const files = aPlatform({ version })
  return { ...files, '/platform/platform.yml': (files['/platform/platform.yml'] ?? '').replace('platform: acme', `platform: ${name}`) }
}
const sync = (world: MemoryWorld, inputs: Readonly<Record<string, unknown>> = {}) =>
  world.run('sync-platform', { path: '/platform', ...inputs })

/** A world where acme's platform 1.1.0 is published. @param old As it was before channels named their platform. */
async function published({ old = false } = {}): Promise<MemoryWorld> {
  const world = memoryWorld()
  world.write(called('acme', '1.1.0'))
  await sync(world)
  if (old) {
    const { platform: _, ...unnamed } = world.bucket.json('platform/channels/stable.json') as Record<string, unknown>
    world.bucket.put('platform/channels/stable.json', JSON.stringify(unnamed))
  }
  return world
}

describe('§4.18: whose platform it is', () => {
  test.each([
    ['', { old: false }, {}],
    [', of a channel that does not name it', { old: true }, {}],
    [', on a channel that is new', { old: false }, { channel: 'next' }],
    [', by another name than was there', { old: false }, { 'rename-from': 'acne' }],
  ])('a platform of another name is refused before anything is written%s', async (_, how, inputs) => {
    const world = await published(how)
    world.write(called('umbrella', '2.0.0'))
    world.bucket.requests.length = 0
    const { error } = await sync(world, inputs)
    expect(error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining("is of platform 'acme', and this is platform 'umbrella'"),
    })
    expect(world.bucket.requests.filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('a platform that was renamed takes its place by saying so', async () => {
    const world = await published()
    world.write(called('umbrella', '2.0.0'))
    expect((await sync(world, { 'rename-from': 'acme' })).outputs).toMatchObject({ version: '2.0.0', 'channel-moved': true })
    world.write(called('umbrella', '2.1.0'))
    expect((await sync(world)).outputs).toMatchObject({ version: '2.1.0' })
  })

  test('a channel does not move to a lower version, unless it is to', async () => {
    const world = await published()
    world.write(called('acme', '1.1.0-rc.1'))
    world.bucket.requests.length = 0
    const { error } = await sync(world)
    expect(error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('1.1.0-rc.1 is lower than 1.1.0'),
      hint: expect.stringContaining('--downgrade'),
    })
    expect(world.bucket.requests.filter(({ method }) => method !== 'GET')).toEqual([])
    expect((await sync(world, { downgrade: true })).outputs).toMatchObject({ version: '1.1.0-rc.1', 'channel-moved': true })
  })

  test('a channel that does not name its platform yet, and need not move, is left as it is', async () => {
    const world = await published({ old: true })
    const before = world.bucket.bytes('platform/channels/stable.json')
    expect((await sync(world)).outputs).toMatchObject({ 'channel-moved': false })
    expect(world.bucket.bytes('platform/channels/stable.json')).toBe(before)
  })
})

test('versions come in the order that semver.org gives as its example', () => {
  const ordered = [
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.0.9',
    '1.0.10',
    '2.0.0',
  ]
  for (const [i, a] of ordered.entries())
    for (const [j, b] of ordered.entries())
      expect({ a, b, order: Math.sign(compareVersions(a, b)) }).toEqual({ a, b, order: Math.sign(i - j) })
})
