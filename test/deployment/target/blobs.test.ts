import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../../src/deployment/log/record.ts'
import { digestOf } from '../../../src/digest.ts'
import { account, aPlatform, aService, type MemoryWorld, readyWorld, region } from '../../world/towpath.ts'

const service = { ...aService({ lines: ['artefact: { path: build }'] }), '/service/build/index.js': 'export default 1\n' }
const record = (world: MemoryWorld, n: number): DeploymentRecord =>
  world.bucket.json(`deployments/staging/delivery/0000000${n}.json`) as DeploymentRecord

/** The key of the artefact that the service is packed into. */
async function artefactKey(): Promise<string> {
  const world = await readyWorld(aPlatform(), service)
  return String((await world.run('package-artefact')).outputs.key)
}

/** The platform with a bucket of staging's own. */
function withOwnBucket(): Record<string, string> {
  const own = aPlatform()
  const file = '/platform/platform.yml'
  return {
    ...own,
    [file]: (own[file] ?? '').replace(`"${account}", region: ${region} }`, `"${account}", region: ${region}, bucket: acme-staging }`),
  }
}

const bigger = (size: number) => ({
  ...service,
  ...aService({ lines: ['artefact: { path: build }'], overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } }),
})

describe('§4.16: a blob is what its name says', () => {
  test.each(['none', 'COMPOSITE', 'FULL_OBJECT'] as const)(
    'something else under the name of the artefact, put there before (checksum: %s), is refused with both digests',
    async (checksum) => {
      const key = await artefactKey()
      for (const verb of ['package-artefact', 'create-release', 'deploy']) {
        const world = await readyWorld(aPlatform(), service)
        world.bucket.put(key, 'code that nobody reviewed', checksum)
        const { error } = await world.run(verb)
        expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining(`s3://acme-platform/${key}`) })
        expect(error?.message).toContain(digestOf('code that nobody reviewed'))
        expect(error?.message).toContain(key.slice(-64))
        expect(world.bucket.keys('deployments/')).toEqual([])
        expect(world.cloud.requests.filter(({ call }) => call !== 'describe')).toEqual([])
      }
    },
  )

  test('that is changed after its release was stored stops a deployment of that release before it changes anything', async () => {
    const world = await readyWorld(aPlatform(), service)
    const { outputs } = await world.run('create-release')
    world.bucket.put(await artefactKey(), 'code that nobody reviewed')
    const { error } = await world.run('deploy', { release: outputs.release, service: 'delivery' })
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('is not what its name says') })
    expect(world.bucket.keys('deployments/')).toEqual([])
    expect(world.bucket.keys('locks/')).toEqual([])
  })

  test.each(['none', 'COMPOSITE'] as const)(
    'with checksum %s it is read once, and the record remembers the version that was read',
    async (checksum) => {
      const key = await artefactKey()
      const world = await readyWorld(aPlatform(), service)
      await world.run('package-artefact')
      const content = world.bucket.bytes(key) ?? new Uint8Array()
      world.bucket.put(key, content, checksum)
      const reads = (): number => world.bucket.requests.filter((request) => request.method === 'GET' && request.key === key).length
      await world.run('create-release')
      world.bucket.requests.length = 0
      await world.run('deploy')
      expect(record(world, 1).verified).toEqual([
        { bucket: 'acme-platform', key, version: expect.any(String), digest: `sha256:${key.slice(-64)}` },
      ])
      world.write(bigger(2))
      const before = reads()
      // What the upload compares it reads again; what the record knows the deployment does not.
      await world.run('create-release')
      const packed = reads()
      const { outputs } = await world.run('create-release')
      expect({ packed: packed - before, again: reads() - packed }).toEqual({ packed: 1, again: 1 })
      const stored = reads()
      expect((await world.run('deploy', { release: outputs.release, service: 'delivery' })).outputs).toMatchObject({ outcome: 'succeeded' })
      expect(reads()).toBe(stored)
      expect(record(world, 2).verified).toEqual(record(world, 1).verified)
      // Another version of the object is another object.
      world.bucket.put(key, 'code that nobody reviewed', checksum)
      world.write(bigger(3))
      expect((await world.run('rollback')).error).toMatchObject({ message: expect.stringContaining('is not what its name says') })
    },
  )

  test('whose checksum is there costs one HEAD each, and the record says nothing of it', async () => {
    const world = await readyWorld(aPlatform(), service)
    const { outputs } = await world.run('create-release')
    world.bucket.requests.length = 0
    await world.run('deploy', { release: outputs.release, service: 'delivery' })
    const asked = world.bucket.requests.filter(({ key, method }) => key.startsWith('blobs/') && method !== 'GET')
    expect(asked.map(({ method }) => method)).toEqual(['HEAD', 'HEAD'])
    expect(world.bucket.requests.filter(({ key, method }) => key === asked[0]?.key && method === 'GET').length).toBeLessThanOrEqual(1)
    expect(record(world, 1)).not.toHaveProperty('verified')
  })

  test('in the bucket of the environment is compared there', async () => {
    const key = await artefactKey()
    const world = await readyWorld(withOwnBucket(), service)
    world.other.put(key, 'code that nobody reviewed', 'FULL_OBJECT')
    expect((await world.run('deploy')).error).toMatchObject({
      code: 'failed',
      message: expect.stringContaining(`s3://acme-staging/${key} is not what its name says`),
    })
    world.other.put(key, undefined)
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
    expect(record(world, 1)).not.toHaveProperty('verified')
  })

  test('a lock that is met while everything seemed done does not let a blob through that was not looked at', async () => {
    const key = await artefactKey()
    const world = await readyWorld(aPlatform(), service)
    await world.run('deploy')
    const held = world.bucket.hold({ caller: 'slow', method: 'DELETE', key: 'locks/staging/delivery.json' })
    world.write(bigger(2))
    const slow = world.run('deploy', {}, { name: 'slow' })
    await held.reached
    // Its record says that all is as it should be, and its lock is still there; then somebody changes a stack by hand.
    const waiting = world.run('deploy', {}, { name: 'waiting' })
    await world.clock.advance(3_000)
    world.cloud.vanish('delivery-staging-main')
    world.bucket.put(key, 'code that nobody reviewed')
    held.release()
    await slow
    expect((await waiting).error).toMatchObject({ message: expect.stringContaining('is not what its name says') })
  })
})
