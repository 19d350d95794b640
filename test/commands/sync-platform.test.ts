import { describe, expect, test } from '@jest/globals'
import { aPlatform, aService, aTemplate, type MemoryWorld, memoryWorld, readyWorld } from '../world/towpath.ts'

const sync = (world: MemoryWorld, inputs: Readonly<Record<string, unknown>> = {}) =>
  world.run('sync-platform', { path: '/platform', ...inputs })

/** A platform repository of so many templates and roles, one of which is used. */
function large(templates: number, roles: number): Record<string, string> {
  const files = aPlatform()
  for (let n = 0; n < templates - 1; n++) files[`/platform/cloudFormation/t${n}.json`] = JSON.stringify(aTemplate({ properties: { n } }))
  for (let n = 0; n < roles; n++) files[`/platform/ansible/roles/r${n}/tasks/main.yml`] = `- name: task ${n}\n`
  return files
}

describe('a platform repository of 2,000 templates and roles', () => {
  test('costs one GET when nothing changed, and the changed blobs, three, and two for the register when some did', async () => {
    const world = memoryWorld()
    world.write(large(1_600, 400))
    const first = await sync(world)
    expect(first.outputs).toMatchObject({ version: '1.0.0', uploaded: 2_000, unchanged: 0, 'channel-moved': true })
    expect(world.bucket.requests).toHaveLength(2_000 + 3 + 2 * 2 + 2)

    world.bucket.requests.length = 0
    const second = await sync(world)
    expect(second.outputs).toMatchObject({ uploaded: 0, unchanged: 2_000, 'channel-moved': false })
    expect(world.bucket.requests.map(({ method, key }) => `${method} ${key}`)).toEqual(['GET platform/channels/stable.json'])

    world.bucket.requests.length = 0
    world.write({
      ...aPlatform({ version: '1.1.0' }),
      '/platform/cloudFormation/t7.json': JSON.stringify(aTemplate({ properties: { n: 'new' } })),
      '/platform/ansible/roles/r7/tasks/main.yml': '- name: new\n',
      '/platform/ansible/roles/r8/tasks/main.yml': undefined,
    })
    const third = await sync(world)
    expect(third.error).toBeUndefined()
    expect(third.outputs).toMatchObject({ version: '1.1.0', uploaded: 2, unchanged: 1_997 })
    expect(world.bucket.requests).toHaveLength(2 + 3 + 2)
  })
})

describe('sync-platform', () => {
  test('publishes templates, roles and playbooks under their names', async () => {
    const world = memoryWorld()
    world.write({
      ...aPlatform(),
      '/platform/ansible/platform.yml': '- hosts: all\n',
      '/platform/ansible/roles/common/tasks/main.yml': '- name: x\n',
      '/platform/ansible/roles/.cache/x': 'no role',
      '/platform/ansible/tests/test.yml': 'no playbook',
      '/platform/cloudFormation/README.md': 'no template',
      '/platform/cloudFormation/.hidden.yml': 'no template',
    })
    await sync(world)
    expect(world.bucket.json('platform/releases/1.0.0.json')).toMatchObject({
      templates: { 'main.json': expect.stringMatching(/^sha256:/) },
      roles: { common: expect.stringMatching(/^sha256:/) },
      playbooks: { 'ansible/platform.yml': expect.stringMatching(/^sha256:/) },
    })
    const { inventory } = world.bucket.json('platform/channels/stable.json') as { inventory: object }
    expect(Object.keys(inventory).sort()).toEqual(['ansible/platform.yml', 'ansible/roles/common', 'cloudFormation/main.json'])
  })

  test('has the same bytes from whatever folder', async () => {
    const here = memoryWorld()
    here.write({ ...aPlatform(), '/platform/ansible/roles/common/tasks/main.yml': '- name: x\n' })
    const there = memoryWorld()
    there.write(
      Object.fromEntries(
        Object.entries({ ...aPlatform(), '/platform/ansible/roles/common/tasks/main.yml': '- name: x\n' })
          .reverse()
          .map(([path, text]) => [path.replace('/platform', '/home/somebody/p'), text]),
      ),
    )
    const one = await sync(here)
    const other = await sync(there, { path: '/home/somebody/p' })
    expect(other.outputs).toEqual(one.outputs)
  })

  test('of a changed account moves the entry and the channel, under the same version', async () => {
    const world = await readyWorld()
    world.bucket.requests.length = 0
    world.write({
      '/platform/platform.yml': aPlatform()['/platform/platform.yml']?.replace(
        'staging: { account: "000000000000"',
        'staging: { account: "000000000007"',
      ),
    })
    const { outputs, error } = await sync(world)
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ uploaded: 0, 'channel-moved': true })
    expect(world.bucket.requests.filter(({ method }) => method === 'PUT').map(({ key }) => key)).toEqual([
      'environments/staging.json',
      'platform/channels/stable.json',
    ])
  })

  test.each<[string, Readonly<Record<string, string | undefined>>, string]>([
    [
      'template',
      { '/platform/cloudFormation/main.json': JSON.stringify(aTemplate({ properties: { Size: 2 } })) },
      'cloudFormation/main.json (changed)',
    ],
    ['new template', { '/platform/cloudFormation/more.json': JSON.stringify(aTemplate()) }, 'cloudFormation/more.json (new)'],
    ['role', { '/platform/ansible/roles/common/x': 'x' }, 'ansible/roles/common (new)'],
    ['way to ship', aPlatform({ extra: '    tags: { team: canal }' }), "'blueprints.thing.tags.team' in platform.yml"],
    [
      'stack',
      aPlatform({ stacks: { main: { Of: 'service.name' } } }),
      "'blueprints.thing.stacks.main.inputs.Of' in platform.yml, cloudFormation/main.json (changed)",
    ],
  ])('refuses another %s under the same version, says which, and writes nothing', async (_, files, what) => {
    const world = await readyWorld()
    const before = JSON.stringify(world.bucket.keys().map((key) => world.bucket.bytes(key)))
    world.write(files)
    const { error } = await sync(world)
    expect(error).toMatchObject({ code: 'conflict', message: `platform release 1.0.0 is published already with other content: ${what}` })
    expect(JSON.stringify(world.bucket.keys().map((key) => world.bucket.bytes(key)))).toBe(before)
  })

  test('to another channel leaves services on theirs', async () => {
    const world = await readyWorld()
    world.write(aPlatform({ version: '2.0.0', templates: { main: aTemplate({ properties: { Size: 2 } }) } }))
    await sync(world, { channel: 'next' })
    expect((await world.run('create-release')).outputs.platform).toBe('1.0.0')
    world.write({ '/service/service.yml': aService()['/service/service.yml']?.replace('stable', 'next') })
    expect((await world.run('create-release')).outputs.platform).toBe('2.0.0')
  })

  test('that is interrupted sends nothing more, and leaves the old release in force', async () => {
    const world = await readyWorld()
    world.write(aPlatform({ version: '2.0.0', templates: { main: aTemplate({ properties: { Size: 2 } }) } }))
    const asked = new AbortController()
    world.bucket.meanwhile({ method: 'GET', key: 'platform/channels/stable.json' }, () => asked.abort(new Error('stop')))
    world.bucket.requests.length = 0
    await expect(world.run('sync-platform', { path: '/platform' }, { interrupt: asked.signal })).rejects.toThrow('stop')
    expect(world.bucket.requests.filter(({ method }) => method === 'PUT')).toEqual([])
  })

  test('has the same platform in it that is put back', async () => {
    const world = await readyWorld()
    world.write(aPlatform({ version: '2.0.0', templates: { main: aTemplate({ properties: { Size: 2 } }) } }))
    await sync(world)
    world.write(aPlatform())
    const { error } = await sync(world, { downgrade: true })
    expect(error).toBeUndefined()
    expect((await world.run('create-release')).outputs.platform).toBe('1.0.0')
  })
})
