import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { account, aPlatform, aService, aTemplate, memoryWorld, readyWorld, region } from '../world/towpath.ts'
import { hintsOf, problemsOf, released, releaseIn } from './support.ts'

/** The same files, told in another order and with the keys of platform.yml in another order. */
function reordered(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).reverse())
}

/** The same files in another folder. */
function moved(files: Readonly<Record<string, string>>, from: string, to: string): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [path.replace(from, to), content]))
}

const service = aService({
  lines: ['tags: { team: canal }'],
  overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } },
  additions: { ledger: aTemplate(), queue: aTemplate({ properties: { Long: true } }) },
})

describe('the same content', () => {
  test('is the same release, whoever composes it, whenever, in whatever folder and order of files', async () => {
    const { id } = await released(service)
    const world = memoryWorld()
    world.write(
      reordered({ ...moved(aPlatform(), '/platform', '/elsewhere/p'), ...moved(service, '/service', '/home/somebody/work/delivery') }),
    )
    world.clock.setNow('2031-01-01T00:00:00Z')
    await world.run('sync-platform', { path: '/elsewhere/p' })
    const who = {
      name: 'somebody-else',
      origin: { commit: 'c0ffee', repository: 'acme/delivery', repositoryId: '7', run: 'https://example.org' },
    }
    const { outputs } = await world.run('create-release', { path: '/home/somebody/work/delivery' }, who)
    expect(outputs.release).toBe(id)
  })

  test('is the same release whatever the order of keys in platform.yml', async () => {
    const platform = aPlatform()
    const lines = platform['/platform/platform.yml']?.split('\n') ?? []
    const [platformName, version, environments, staging, production, ...blueprints] = lines.filter((line) => line !== '')
    const turned = [...blueprints, environments, production, staging, version, platformName].join('\n')
    expect(turned).not.toBe(lines.join('\n'))
    const [one, other] = [await released(service, platform), await released(service, { ...platform, '/platform/platform.yml': turned })]
    expect(other.id).toBe(one.id)
  })

  test('is the same release wherever its environments are', async () => {
    const platform = aPlatform()
    const there = { ...platform, '/platform/platform.yml': platform['/platform/platform.yml']?.replaceAll(account, '000000000009') ?? '' }
    expect((await released(service, there)).id).toBe((await released(service, platform)).id)
  })

  test('canary: another content is another release', async () => {
    const other = aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 3 } } } } } })
    expect((await released(other)).id).not.toBe((await released(service)).id)
  })

  test('is stored once: the second time nothing is sent', async () => {
    const { world } = await released(service)
    world.bucket.requests.length = 0
    await releaseIn(world)
    expect(world.bucket.requests.filter(({ method }) => method === 'PUT')).toEqual([])
  })
})

describe('a manifest', () => {
  test('holds nothing of who, when or where', async () => {
    const { world, manifest } = await released(service)
    const text = JSON.stringify(manifest)
    for (const secret of [account, region, world.bucket.bucket, 'somebody', '/service', '/platform', '2026'])
      expect(text).not.toContain(secret)
  })

  test('names everything by digests that the bucket holds', async () => {
    const { world, manifest } = await released(service)
    const digests = [...JSON.stringify({ ...manifest, platform: null }).matchAll(/sha256:([0-9a-f]{64})/g)].map(
      ([, hex]) => `blobs/sha256/${hex}`,
    )
    expect(digests.length).toBeGreaterThan(6)
    expect(digests.filter((key) => world.bucket.bytes(key) === undefined)).toEqual([])
  })

  test('keeps the sources by the names of their files', async () => {
    const { manifest } = await released(service)
    expect(Object.keys(manifest?.sources.overrides ?? {})).toEqual(['main.json'])
    expect(Object.keys(manifest?.sources.additions ?? {})).toEqual(['ledger.json', 'queue.json'])
    expect(Object.keys(manifest?.sources.templates ?? {})).toEqual(['main.json'])
  })

  test('names a platform template as it was published, even one with a byte order mark', async () => {
    const platform = { ...aPlatform(), '/platform/cloudFormation/main.json': `\uFEFF${JSON.stringify(aTemplate())}` }
    const { world, manifest } = await released(aService(), platform)
    const digest = manifest?.sources.templates['main.json']
    expect(world.bucket.bytes(`blobs/sha256/${digest?.slice(7)}`)).toBeDefined()
  })

  test('keeps the name of a stack that exists under another one', async () => {
    const { manifest } = await released(aService({ lines: ['stacks: { main: { name: legacy-db } }'] }))
    expect(manifest?.stacks.main?.name).toBe('legacy-db')
  })

  test('has the tags of environment, blueprint and service, the nearer ones before the farther', async () => {
    const platform = aPlatform({ extra: '    tags: { team: blueprint, from: blueprint, kind: blueprint }' })
    const yml = platform['/platform/platform.yml']?.replace(
      `staging: { account: "${account}", region: ${region} }`,
      `staging: { account: "${account}", region: ${region}, tags: { team: environment, from: environment, stage: environment } }`,
    )
    const { manifest } = await released(aService({ lines: ['tags: { team: service }'] }), {
      ...platform,
      '/platform/platform.yml': yml ?? '',
    })
    expect(manifest?.environments.staging?.tags).toEqual({ team: 'service', from: 'blueprint', kind: 'blueprint', stage: 'environment' })
    expect(manifest?.environments.production?.tags).toEqual({ team: 'service', from: 'blueprint', kind: 'blueprint' })
  })
})

describe('the requests to compose a release', () => {
  test('are at most 20 GETs for the starter platform, the references to its own stacks read', async () => {
    const stacks = { function: { Vpc: 'platform/network.Name' } }
    const platform = aPlatform({ stacks, templates: { network: aTemplate() }, extra: 'stacks: { network: { template: network.json } }' })
    const { world, ran } = await released(aService({ additions: { ledger: aTemplate() } }), platform)
    expect(ran.error).toBeUndefined()
    const own = world.bucket.requests.findLastIndex(({ key }) => key === 'platform/channels/stable.json')
    const gets = world.bucket.requests
      .slice(own)
      .filter(({ method }) => method === 'GET')
      .map(({ key }) => key.replace(/[0-9a-f]{64}/, '…'))
    expect(gets).toEqual([
      'platform/channels/stable.json',
      'platform/releases/1.0.0.json',
      'blobs/sha256/…',
      'blobs/sha256/…',
      'services/delivery/owner.json',
    ])
  })

  test('read each template once, however many stacks use it', async () => {
    const platform = aPlatform({ stacks: { left: {}, right: {} } })
    const yml = platform['/platform/platform.yml']?.replace('right.json', 'left.json')
    const { world, ran } = await released(aService(), { ...platform, '/platform/platform.yml': yml ?? '' })
    expect(ran.error).toBeUndefined()
    expect(world.bucket.requests.filter(({ method, key }) => method === 'GET' && key.startsWith('blobs/'))).toHaveLength(1)
  })
})

describe('references', () => {
  const stacks = { left: {}, right: { From: 'left.Name' } }

  test.each<[string, string[], string, string]>([
    [
      'to an output that a stack of the service has not',
      ['stacks: { right: { inputs: { From: left.Nmae } } }'],
      "/service/service.yml:6: input 'From' of stack 'right': 'left.Nmae' names an output that stack 'left' does not have",
      "did you mean 'Name'?",
    ],
    [
      'to a stack that nobody has',
      ['stacks: { right: { inputs: { From: lfet.Name } } }'],
      "/service/service.yml:6: stacks.right.inputs.From: there is no stack 'lfet', which 'lfet.Name' refers to",
      "did you mean 'left.Name'?",
    ],
    [
      'to a stack that the platform has not',
      ['stacks: { right: { inputs: { From: platform/network.VpcId } } }'],
      "/service/service.yml:6: stacks.right.inputs.From: the platform has no stack 'network', which 'platform/network.VpcId' refers to",
      'there is none',
    ],
    [
      'to the artefact of a service that has none',
      ['stacks: { right: { inputs: { From: artefact.key } } }'],
      "/service/service.yml:6: input 'From' of stack 'right': 'artefact.key' needs an artefact, and this service has none",
      "give 'artefact' in service.yml",
    ],
    [
      'in a circle',
      ['stacks: { left: { inputs: { From: right.Name } } }'],
      '/service/service.yml:6: stacks refer to each other in a circle: left → right → left',
      'one of them must do without the other',
    ],
  ])('%s are refused', async (_, lines, problem, hint) => {
    const { ran } = await released(aService({ lines }), aPlatform({ stacks, templates: { left: aTemplate({ parameters: ['From'] }) } }))
    const all = problemsOf(ran)
    expect(all).toContain(problem)
    expect(hintsOf(ran)[all.indexOf(problem)]).toBe(hint)
  })

  test("to an output that the service's own override took out are refused where the blueprint is chosen", async () => {
    const overrides = { left: { Outputs: { Name: { 'Towpath::Remove': true } } } }
    const { ran } = await released(aService({ overrides }), aPlatform({ stacks }))
    expect(problemsOf(ran)).toEqual([
      "/service/service.yml:3: input 'From' of stack 'right': 'left.Name' names an output that stack 'left' does not have",
    ])
    expect(hintsOf(ran)).toEqual(['its template has no outputs at all'])
  })

  test('of another service are not looked for until the release is applied', async () => {
    const lines = ['stacks: { main: { inputs: { From: service/customer/messages.TopicArn } } }']
    const { ran } = await released(aService({ lines }), aPlatform({ templates: { main: aTemplate({ parameters: ['From'] }) } }))
    expect(ran.error).toBeUndefined()
  })

  test("that the service replaced are not the blueprint's mistake any more", async () => {
    const overrides = { left: { Outputs: { Name: { 'Towpath::Remove': true } } } }
    const lines = ['stacks: { right: { parameters: { From: fixed } } }']
    const { ran } = await released(aService({ overrides, lines }), aPlatform({ stacks }))
    expect(ran.error).toBeUndefined()
  })
})

describe('what the blueprint asks and this version cannot do', () => {
  const extra = '    playbook: ansible/platform.yml\n    variables: { inputs: {}, parameters: {} }'

  test('is published all the same, and refused with its key when a service uses it', async () => {
    const platform = { ...aPlatform({ extra }), '/platform/ansible/platform.yml': '- hosts: all\n' }
    const { ran } = await released(aService(), platform)
    expect(ran.error?.code).toBe('bad-input')
    expect(problemsOf(ran)).toEqual([
      "/service/service.yml:3: blueprint 'thing' needs 'playbook', which is not supported by this version of towpath",
      "/service/service.yml:3: blueprint 'thing' needs 'variables', which is not supported by this version of towpath",
    ])
    expect(hintsOf(ran)[0]).toBe('choose another blueprint, or use a version that has it')
  })

  test.each<[string, string, string]>([
    ['alarms', 'main: { template: main.json, inputs: {} }', 'main: { template: main.json, inputs: {}, alarms: [main.Name] }'],
  ])('can be %s', async (_, from, to) => {
    const files = aPlatform()
    const { ran } = await released(aService(), {
      ...files,
      '/platform/platform.yml': files['/platform/platform.yml']?.replace(from, to) ?? '',
    })
    expect(ran.error).toMatchObject({
      code: 'bad-input',
      message: `blueprint 'thing' needs 'stacks.main.alarms', which is not supported by this version of towpath`,
    })
  })

  test.each<[string, string]>([
    ['checks', 'checks: [{ name: health, url: main.Name, path: /, status: 200, within: 2m }]'],
    ['rollback', 'rollback: { floor: true }'],
  ])('is refused in service.yml too: %s', async (key, line) => {
    const { ran, world } = await released(aService({ lines: [line] }))
    expect(problemsOf(ran)).toEqual([`/service/service.yml:6: '${key}' is not supported by this version of towpath`])
    expect(world.bucket.keys('services/')).toEqual([])
  })

  test('is refused where nothing would come of it: variables without a playbook', async () => {
    const { ran } = await released(aService({ lines: ['variables: { parameters: { Size: 2 } }'] }))
    expect(problemsOf(ran)).toEqual([
      "/service/service.yml:6: 'variables' are for a playbook, and blueprint 'thing' has its code brought by a stack",
    ])
  })

  test('is content like any other: changing it under the same version is refused', async () => {
    const world = await readyWorld({ ...aPlatform({ extra }), '/platform/ansible/platform.yml': '- hosts: all\n' })
    world.write(aPlatform({ extra: extra.replace('parameters: {}', 'parameters: { Size: 2 }') }))
    const { error } = await world.run('sync-platform', { path: '/platform' })
    expect(error).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/'blueprints.thing.variables.parameters.Size' in platform.yml$/),
    })
  })
})

describe('all that is wrong', () => {
  test('is told at once: no problem hides another', async () => {
    const lines = ['stacks: { main: { parameters: { Nonsense: 1 } }, other: { name: legacy } }', 'environments: { staging: {}, qa: {} }']
    const overrides = { main: { Resources: { Thnig: { Properties: {} } } }, strange: {} }
    const { world } = await released()
    world.write(aService({ lines, overrides }))
    const { ran } = await releaseIn(world)
    expect(problemsOf(ran)).toEqual([
      "/service/service.yml:5: template main.json (1.0.0) of stack 'main' has no parameter 'Nonsense'",
      "/service/service.yml:5: stacks: neither the blueprint nor the service has a stack 'other'",
      "/service/service.yml:6: environments: the platform has no environment 'qa'",
      "/service/cloudFormation/overrides/main.json:1: no resource 'Thnig' in platform template main.json (1.0.0)",
      "/service/cloudFormation/overrides/strange.json:1: the blueprint has no template 'strange' to override",
    ])
  })

  test('leaves nothing in the bucket', async () => {
    const world = await readyWorld(aPlatform(), aService({ overrides: { main: { Resources: { Thnig: {} } } } }))
    const before = world.bucket.keys()
    await releaseIn(world)
    expect(world.bucket.keys()).toEqual(before)
  })

  test.each(['constructor', 'toString', 'valueof'])('a blueprint called %s that nobody has is refused like any other', async (name) => {
    const files = aService()
    const yml = files['/service/service.yml']?.replace('blueprint: thing', `blueprint: ${name.toLowerCase()}`)
    const { ran } = await released({ '/service/service.yml': yml ?? '' })
    expect(ran.error?.code).toBe('bad-input')
    expect(problemsOf(ran)).toEqual([`/service/service.yml:3: blueprint: the platform has no blueprint '${name.toLowerCase()}'`])
  })
})

test('any order of the same overrides and additions gives the same release', async () => {
  const names = ['aa', 'bb', 'cc']
  const files = Object.entries(
    aService({ additions: Object.fromEntries(names.map((name) => [name, aTemplate({ properties: { name } })])) }),
  )
  const { id } = await released(Object.fromEntries(files))
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(files, { minLength: files.length }), async (shuffled) => {
      expect((await released(Object.fromEntries(shuffled))).id).toBe(id)
    }),
    { numRuns: 10 },
  )
})
