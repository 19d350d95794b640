import { describe, expect, test } from '@jest/globals'
import { aPlatform, aService, type MemoryWorld, memoryWorld, readyWorld } from '../world/towpath.ts'

const owner = { repositoryId: '7', repository: 'acme/delivery' }

/** Publishes a platform with this register, `services: …` as one line. */
function publish(world: MemoryWorld, version: string, register: string, inputs: Readonly<Record<string, unknown>> = {}) {
  world.write(aPlatform({ version, extra: register }))
  return world.run('sync-platform', { path: '/platform', ...inputs })
}

const line = (name: string) => `${name}: { repository: acme/${name}, id: "7", owner-id: "77", blueprint: thing }`

describe('the register', () => {
  test('is written when stable moves, and by no other channel', async () => {
    const world = memoryWorld()
    await publish(world, '1.0.0', `services: { ${line('delivery')} }`, { channel: 'next' })
    expect(world.bucket.keys('platform/register.json')).toEqual([])
    const { error } = await publish(world, '1.0.0', `services: { ${line('delivery')} }`)
    expect(error).toBeUndefined()
    expect(world.bucket.json('platform/register.json')).toMatchObject({
      schema: 'towpath/register@1',
      platform: 'acme',
      version: '1.0.0',
      services: { delivery: { repository: 'acme/delivery', id: '7', ownerId: '77', branches: ['main'], blueprint: 'thing' } },
    })
  })

  test('changes without a new version, and is no part of the release', async () => {
    const world = memoryWorld()
    await publish(world, '1.0.0', `services: { ${line('delivery')} }`)
    const release = world.bucket.json('platform/releases/1.0.0.json')
    const { outputs } = await publish(world, '1.0.0', `services: { ${line('delivery')}, ${line('billing').replace('"7"', '"8"')} }`)
    expect(outputs).toMatchObject({ 'channel-moved': true, uploaded: 0 })
    expect(world.bucket.json('platform/releases/1.0.0.json')).toEqual(release)
    expect(Object.keys((world.bucket.json('platform/register.json') as { services: object }).services)).toEqual(['billing', 'delivery'])
  })

  test('is refused as a first one that leaves out what has an owner or a record, and prints the lines to add', async () => {
    const world = await readyWorld()
    await world.run('deploy', {}, { origin: owner })
    const before = world.bucket.json('platform/channels/stable.json')
    const { error } = await publish(world, '1.1.0', `services: { ${line('billing')} }`)
    expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining("'delivery'") })
    expect(error?.hint).toContain('delivery: { repository: acme/delivery, id: "7", owner-id: "<id>", blueprint: <name> }')
    expect(error?.hint).toContain('towpath github-id')
    expect(world.bucket.json('platform/channels/stable.json')).toEqual(before)
    expect(
      (await publish(world, '1.1.0', `services: { ${line('billing')}, ${line('delivery').replace('acme/delivery', 'acme/billing')} }`))
        .error,
    ).toBeUndefined()
  })

  test('is not lost unless that is said', async () => {
    const world = memoryWorld()
    await publish(world, '1.0.0', `services: { ${line('delivery')} }`)
    const { error } = await publish(world, '1.1.0', '')
    expect(error).toMatchObject({ code: 'conflict', hint: expect.stringContaining('--without-register') })
    expect((await publish(world, '1.1.0', '', { 'without-register': true })).error).toBeUndefined()
    expect(world.bucket.json('platform/register.json')).not.toHaveProperty('services')
  })

  test('drops a service that was deployed only if that is said, and one that was not without a word', async () => {
    const world = memoryWorld()
    const both = `services: { ${line('delivery')}, ${line('delivery').replace('delivery:', 'billing:')} }`
    await publish(world, '1.0.0', both)
    world.write(aService())
    expect((await world.run('deploy', {}, { origin: owner })).error).toBeUndefined()
    expect((await publish(world, '1.1.0', `services: { ${line('delivery')} }`)).error).toBeUndefined()
    const { error } = await publish(world, '1.2.0', `services: { ${line('billing')} }`)
    expect(error).toMatchObject({ code: 'conflict', hint: expect.stringContaining('--remove-service delivery') })
    expect((await publish(world, '1.2.0', `services: { ${line('billing')} }`, { 'remove-service': ['delivery'] })).error).toBeUndefined()
  })

  test('takes no flag that contradicts platform.yml, or has no effect', async () => {
    const world = memoryWorld()
    const register = `services: { ${line('delivery')} }`
    expect((await publish(world, '1.0.0', register, { 'remove-service': ['delivery'] })).error?.code).toBe('bad-input')
    expect((await publish(world, '1.0.0', register, { channel: 'next', 'without-register': true })).error?.code).toBe('bad-input')
  })
})
