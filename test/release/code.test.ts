import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../src/digest.ts'
import { whereIs } from '../../src/document/node.ts'
import type { StoredBlueprint } from '../../src/platform/release.ts'
import { stillUnsupported } from '../../src/platform/unsupported.ts'
import { inspectCode } from '../../src/release/code.ts'
import { codeDifferences } from '../../src/release/code-differences.ts'
import { blobsOf } from '../../src/release/manifest.ts'
import { parseService } from '../../src/service/read.ts'
import { unzipped } from '../artefact/support.ts'
import { account, aPlatform, aService, aTemplate, type MemoryWorld, readyWorld, region } from '../world/towpath.ts'
import { problemsOf, releaseIn } from './support.ts'

/** A platform whose blueprint `thing` ships by CodeDeploy and has the role `service`, which needs a port. */
function shipping(): Record<string, string> {
  const files = aPlatform()
  return {
    ...files,
    '/platform/platform.yml': (files['/platform/platform.yml'] ?? '').replace(
      'ship: { with: stack }',
      [
        'ship: { with: codedeploy, application: main.Name, group: main.Name }',
        '    playbook: ansible/platform.yml',
        '    variables: { inputs: { service_table: main.Name }, parameters: { service_port: 80, service_paths: [a, b] } }',
      ].join('\n'),
    ),
    '/platform/ansible/platform.yml': '- hosts: all\n  roles: [service]\n',
    '/platform/ansible/roles/service/tasks/main.yml': '- debug: { msg: "{{ service_port }} {{ service_table }} {{ service_paths }}" }\n',
    '/platform/ansible/roles/service/meta/argument_specs.yml':
      'argument_specs: { main: { options: { service_port: { type: int, required: true } } } }\n',
  }
}

const service: Record<string, string> = {
  ...aService({ lines: ['artefact: { path: src }'] }),
  '/service/src/app.py': 'print(1)\n',
}

/** A world with that platform published, and that service. */
const lifted = (platform = shipping(), files: Record<string, string> = service): Promise<MemoryWorld> => readyWorld(platform, files)

describe('a release that ships by CodeDeploy', () => {
  test('names its bundle, and how it goes live', async () => {
    const world = await lifted()
    const { ran, manifest } = await releaseIn(world)
    expect(ran.error).toBeUndefined()
    expect(manifest?.code).toEqual({
      with: 'codedeploy',
      bundle: expect.stringMatching(/^sha256:/),
      application: 'main.Name',
      group: 'main.Name',
      roles: { service: expect.stringMatching(/^sha256:/) },
      variables: { service_paths: { value: ['a', 'b'] }, service_port: { value: 80 }, service_table: { from: 'main.Name' } },
    })
    if (!manifest?.code) throw new Error('there is a manifest')
    expect(blobsOf(manifest)).toContain(manifest.code.bundle)
    const bytes = world.bucket.bytes(`blobs/sha256/${manifest.code.bundle.slice(7)}`) ?? Buffer.alloc(0)
    expect(digestOf(bytes)).toBe(manifest.code.bundle)
    expect((await unzipped(bytes)).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['appspec.yml', 'platform/ansible/roles/service/tasks/main.yml', 'artefact.zip']),
    )
  })

  test('tells which roles of the service replace those of the platform', async () => {
    const own = {
      '/service/ansible/roles/service/tasks/main.yml': '- debug: { msg: "{{ service_port }} {{ service_table }} {{ service_paths }}" }\n',
    }
    const world = await lifted(shipping(), { ...service, ...own })
    world.lines.length = 0
    await releaseIn(world)
    expect(world.lines).toContain("role 'service' of the service replaces the platform's role of this name")
  })

  test('has the same bundle from an artefact that was packaged before', async () => {
    const world = await lifted()
    const { id } = await releaseIn(world)
    const { outputs } = await world.run('package-artefact')
    const again = await releaseIn(world, { artefact: outputs.artefact })
    expect(again.ran.error).toBeUndefined()
    expect(again.id).toBe(id)
  })

  test('from an artefact that is damaged is refused, and nothing is stored', async () => {
    const world = await lifted()
    const { outputs } = await world.run('package-artefact')
    world.bucket.put(String(outputs.key), 'something else')
    const { ran } = await releaseIn(world, { artefact: outputs.artefact })
    expect(ran.error).toMatchObject({ code: 'failed', message: expect.stringContaining('is not what its name says') })
    expect(world.bucket.keys('services/')).toEqual([])
  })

  test("has the service's variables over the blueprint's", async () => {
    const { service: descriptor } = parseService(
      `${service['/service/service.yml']}variables: { inputs: { service_port: main.Port }, parameters: { service_name: x } }\n`,
      'service.yml',
    )
    if (!descriptor) throw new Error('the descriptor is sound')
    const blueprint = { written: { ship: { with: 'codedeploy' }, variables: { parameters: { service_port: 80, service_path: '/' } } } }
    const empty: StoredBlueprint = { stacks: {}, ship: 'codedeploy', tags: {}, unsupported: [], ...blueprint }
    const found = await inspectCode({ ...descriptor, overrides: [], additions: [] }, empty, 'platform.yml', {
      platform: async () => new Map(),
      service: async () => ({ tree: new Map(), problems: [] }),
      bundle: async () => digestOf(''),
    })
    expect([...(found?.variables ?? [])].map(([name, { given, place }]) => [name, given, whereIs(place).file])).toEqual([
      ['service_port', { from: { kind: 'stack', stack: 'main', output: 'Port' } }, 'service.yml'],
      ['service_path', { value: '/' }, 'platform.yml'],
      ['service_name', { value: 'x' }, 'service.yml'],
    ])
  })

  test.each<[string, Record<string, string>, string]>([
    [
      'a role that nothing has',
      { '/service/ansible/playbook.yml': '- hosts: all\n  roles: [nope]\n' },
      "/service/ansible/playbook.yml:2: neither the platform nor the service has a role 'nope'",
    ],
    [
      'an AppSpec with an unknown hook',
      { '/service/ansible/appspec.yml': 'version: 0.0\nos: linux\nhooks:\n  Validate:\n    - location: artefact/a\n' },
      "/service/ansible/appspec.yml:4: hooks: unknown event 'Validate'",
    ],
    [
      'a playbook that does not parse',
      { '/service/ansible/playbook.yml': '- hosts: [\n' },
      '/service/ansible/playbook.yml:2: cannot be read',
    ],
  ])('is refused for %s, by validate and by create-release alike', async (_, files, message) => {
    const world = await lifted(shipping(), { ...service, ...files })
    const { ran } = await releaseIn(world)
    expect(problemsOf(ran)).toEqual([expect.stringContaining(message)])
    expect(world.bucket.keys('services/')).toEqual([])
    const validated = await world.run('validate', { bucket: world.bucket.bucket, platform: undefined })
    expect(problemsOf(validated)).toEqual(problemsOf(ran))
  })

  test('is refused for an output that its stack does not have', async () => {
    const platform = shipping()
    const text = (platform['/platform/platform.yml'] ?? '')
      .replace('group: main.Name', 'group: main.Nome')
      .replace('service_table: main.Name', 'service_table: main.Nime')
    const { ran } = await releaseIn(await lifted({ ...platform, '/platform/platform.yml': text }))
    expect(problemsOf(ran)).toEqual(
      [
        "/service/service.yml:3: ship.group of the blueprint: 'main.Nome' names an output that stack 'main' does not have",
        "platform.yml (1.0.0):1: variable 'service_table': 'main.Nime' names an output that stack 'main' does not have",
      ].sort(),
    )
  })

  test('is copied to a bucket of the environment with its bundle', async () => {
    const platform = shipping()
    const text = (platform['/platform/platform.yml'] ?? '').replace(
      `staging: { account: "${account}", region: ${region} }`,
      `staging: { account: "${account}", region: ${region}, bucket: acme-staging }`,
    )
    const world = await lifted({ ...platform, '/platform/platform.yml': text })
    const { manifest, id } = await releaseIn(world)
    await world.run('deploy', { service: 'delivery', release: id })
    expect(world.other.keys('blobs/')).toContain(`blobs/sha256/${manifest?.code?.bundle.slice(7)}`)
  })
})

describe('what differs between two releases', () => {
  const other = '- debug: { msg: "{{ service_port }} {{ service_table }} {{ service_paths }} again" }\n'

  test.each<[string, Record<string, string>, object]>([
    ['nothing', {}, { artefact: false, roles: [], variables: [], other: false }],
    ['the artefact', { '/service/src/app.py': 'print(2)\n' }, { artefact: true, roles: [], variables: [], other: false }],
    [
      'a role',
      { '/service/ansible/roles/service/tasks/main.yml': other },
      { artefact: false, roles: ['service'], variables: [], other: false },
    ],
    ['a playbook', { '/service/ansible/playbook.yml': '- hosts: all\n' }, { artefact: false, roles: [], variables: [], other: true }],
  ])('is %s', async (_, files, expected) => {
    const world = await lifted()
    const before = (await releaseIn(world)).manifest
    world.write(files)
    const after = (await releaseIn(world)).manifest
    if (!before || !after) throw new Error('both are composed')
    expect(codeDifferences(before, after)).toEqual(expected)
    expect(codeDifferences(undefined, after)).toMatchObject({ artefact: true, roles: ['service'] })
  })

  test('is a variable, by its name', async () => {
    const { manifest } = await releaseIn(await lifted())
    if (!manifest?.code) throw new Error('it is composed')
    const code = { ...manifest.code, variables: { ...manifest.code.variables, service_port: { value: 81 } } }
    expect(codeDifferences(manifest, { ...manifest, code })?.variables).toEqual(['service_port'])
  })

  test('is nothing to tell where the stack update ships the code', async () => {
    const { manifest } = await releaseIn(await readyWorld())
    expect(manifest && codeDifferences(manifest, manifest)).toBeUndefined()
  })
})

describe('a blueprint that was published before a key was supported', () => {
  test('is held to what this version cannot do, not to what that one could not', () => {
    expect(stillUnsupported(['ship.with: codedeploy', 'stacks.main.alarms', 'a-key-of-old'])).toEqual(
      ['ship.with: codedeploy', 'stacks.main.alarms'].filter((key) => stillUnsupported([key]).length > 0),
    )
    expect(stillUnsupported(['a-key-of-old', 'stacks.main.nope'])).toEqual([])
    expect(stillUnsupported(['stacks.main.alarms'])).toEqual(['stacks.main.alarms'])
  })
})

test('a release whose stack update ships its code has no word of it', async () => {
  const world = await readyWorld(aPlatform({ templates: { main: aTemplate() } }))
  const { manifest } = await releaseIn(world)
  expect(manifest && Object.keys(manifest)).not.toContain('code')
})
