import { describe, expect, test } from '@jest/globals'
import { aPlatform, aService, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const service = { ...aService({ lines: ['artefact: { path: build }'] }), '/service/build/index.js': 'export default 1\n' }
const puts = ({ bucket }: MemoryWorld): readonly string[] => bucket.requests.filter(({ method }) => method === 'PUT').map(({ key }) => key)

describe('package-artefact', () => {
  test('stores the archive once, under its digest', async () => {
    const world = await readyWorld(aPlatform(), service)
    const { outputs } = await world.run('package-artefact')
    expect(outputs).toMatchObject({ artefact: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), existed: false })
    expect(outputs.key).toBe(`blobs/sha256/${String(outputs.artefact).slice(7)}`)
    expect(world.bucket.bytes(String(outputs.key))).toHaveLength(Number(outputs.bytes))
    world.bucket.requests.length = 0
    expect((await world.run('package-artefact')).outputs).toEqual({ ...outputs, existed: true })
    expect(puts(world)).toEqual([])
  })

  test('leaves nothing on this machine', async () => {
    const world = await readyWorld(aPlatform(), service)
    await world.run('package-artefact')
    expect(world.disk.paths().filter((path) => path.startsWith('/tmp/'))).toEqual([])
  })
})

describe('create-release', () => {
  test('packs the artefact, and stores it with the release', async () => {
    const world = await readyWorld(aPlatform(), service)
    const { outputs } = await world.run('create-release')
    expect(outputs).toEqual({ release: expect.stringMatching(/^sha256:/), service: 'delivery', platform: '1.0.0' })
    const { artefact } = world.bucket.json(`services/delivery/releases/${String(outputs.release).slice(7)}.json`) as { artefact: string }
    expect(world.bucket.bytes(`blobs/sha256/${artefact.slice(7)}`)).toBeDefined()
  })

  test('with --artefact takes the one that was packaged before, and packs none', async () => {
    const world = await readyWorld(aPlatform(), service)
    const packaged = await world.run('package-artefact')
    const here = await world.run('create-release')
    world.write({ '/service/build/index.js': undefined })
    const given = await world.run('create-release', { artefact: packaged.outputs.artefact })
    expect(given.outputs.release).toBe(here.outputs.release)
  })

  test.each<[string, Readonly<Record<string, string>>, Parameters<MemoryWorld['run']>[2]]>([
    [
      'with a problem',
      { ...service, ...aService({ lines: ['artefact: { path: build }', 'stacks: { main: { parameters: { Size: 1 } } }'] }) },
      {},
    ],
    ['under a name that belongs to another repository', service, { origin: { repositoryId: '8', repository: 'evil/delivery' } }],
  ])('%s stores neither the artefact nor anything else', async (_, files, as) => {
    const world = await readyWorld(aPlatform(), files)
    world.bucket.put('services/delivery/owner.json', '{"id":"7","name":"acme/delivery","schema":"towpath/owner@1","service":"delivery"}')
    const before = world.bucket.keys()
    const { error } = await world.run('create-release', {}, as)
    expect(error?.code).toMatch(/^(bad-input|conflict)$/)
    expect(world.bucket.keys()).toEqual(before)
    expect(world.disk.paths().filter((path) => path.startsWith('/tmp/'))).toEqual([])
  })

  test('claims the name for the repository of the workflow, and for none that is only guessed', async () => {
    const world = await readyWorld(aPlatform(), service)
    await world.run('create-release', {}, { origin: { repository: 'acme/delivery', repositoryId: null } })
    expect(world.bucket.json('services/delivery/owner.json')).toBeUndefined()
    expect(world.lines).toEqual([expect.stringContaining("'delivery' is not claimed")])
    await world.run('create-release', {}, { origin: { repository: 'acme/delivery', repositoryId: '7' } })
    expect(world.bucket.json('services/delivery/owner.json')).toMatchObject({ id: '7', name: 'acme/delivery' })
  })

  test('with --repository claims for that one, and with --transfer moves it', async () => {
    const world = await readyWorld(aPlatform(), service)
    await world.run('create-release', { repository: 'acme/delivery#7' })
    expect((await world.run('create-release', { repository: 'acme/parcels#8' })).error?.code).toBe('conflict')
    await world.run('create-release', { repository: 'acme/parcels#8', transfer: true })
    expect(world.bucket.json('services/delivery/owner.json')).toMatchObject({ id: '8', name: 'acme/parcels' })
  })
})

describe('deploy --path', () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['an environment that the service does not declare', { environment: 'production' }],
    ['an environment that nobody has', { environment: 'qa' }],
  ])('to %s stores nothing', async (_, inputs) => {
    const world = await readyWorld(aPlatform(), {
      ...service,
      ...aService({ lines: ['artefact: { path: build }', 'environments: { staging: {} }'] }),
    })
    const before = world.bucket.keys()
    const { error } = await world.run('deploy', inputs)
    expect(error?.message).toContain('does not declare environment')
    expect(world.bucket.keys()).toEqual(before)
  })
})
