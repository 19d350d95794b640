import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../../src/errors.ts'
import { intercept } from '../../world/intercept.ts'
import { account, aPlatform, aService, aTemplate, type MemoryWorld, readyWorld, region } from '../../world/towpath.ts'

const sized = (stack: string, size: number) =>
  aService({ overrides: { [stack]: { Resources: { Thing: { Properties: { Size: size } } } } } })
const writing = new Set(['createChangeSet', 'deleteChangeSet', 'executeChangeSet', 'deleteStack', 'protect'])
const chain = aPlatform({ stacks: { first: {}, second: { From: 'first.Name' } } })

/** Change sets that could still be executed, on any stack of the service. */
async function executable(world: MemoryWorld, ...stacks: readonly string[]): Promise<number> {
  const refs = (await Promise.all(stacks.map((stack) => world.cloud.listChangeSets(`delivery-staging-${stack}`)))).flat()
  return (await Promise.all(refs.map((ref) => world.cloud.describeChangeSet(ref)))).filter((one) => one?.execution === 'AVAILABLE').length
}

describe('a plan', () => {
  test('of stacks that do not exist makes no call that writes in CloudFormation, and stores nothing but itself', async () => {
    const world = await readyWorld(chain)
    const before = world.bucket.keys()
    const { outputs } = await world.run('plan')
    expect(outputs).toMatchObject({
      'has-changes': true,
      stacks: [
        { stack: 'first', action: 'create', provisional: false, changes: [{ action: 'Add', logicalId: 'Thing' }] },
        { stack: 'second', action: 'create', provisional: true },
      ],
    })
    expect(world.cloud.requests.filter(({ call }) => writing.has(call))).toEqual([])
    const stored = world.bucket.keys().filter((key) => !before.includes(key))
    expect(stored).toEqual([`blobs/sha256/${String(outputs.digest).slice('sha256:'.length)}`])
  })

  test('of a change shows it, and leaves no change set behind', async () => {
    const world = await readyWorld(chain)
    await world.run('deploy')
    world.write(sized('first', 2))
    const { outputs } = await world.run('plan')
    expect(outputs).toMatchObject({
      'has-changes': true,
      stacks: [
        { stack: 'first', action: 'update', changes: [{ action: 'Modify', logicalId: 'Thing' }] },
        { stack: 'second', action: 'none', provisional: true, open: [{ parameter: 'From', from: 'first.Name' }], changes: [] },
      ],
    })
    expect(await executable(world, 'first', 'second')).toBe(0)
    expect(world.cloud.count('executeChangeSet')).toBe(2)
  })

  test('that fails in one stack leaves no change set of another behind', async () => {
    const world = await readyWorld(aPlatform({ stacks: { first: {}, second: {} } }))
    await world.run('deploy')
    world.write(
      aService({
        overrides: {
          first: { Resources: { Thing: { Properties: { Size: 2 } } } },
          second: { Resources: { Thing: { Properties: { Size: 2 } } } },
        },
      }),
    )
    world.cloud.fail({ call: 'createChangeSet', stack: 'delivery-staging-second' }, new TowpathError('failed', 'refused'))
    expect((await world.run('plan')).error).toBeDefined()
    expect(await executable(world, 'first', 'second')).toBe(0)
  })

  test('of nothing says so', async () => {
    const world = await readyWorld(chain)
    await world.run('deploy')
    const { outputs } = await world.run('plan')
    expect(outputs).toMatchObject({ 'has-changes': false, stacks: [{ action: 'none' }, { action: 'none' }] })
    expect(world.cloud.requests.slice(-4).filter(({ call }) => writing.has(call))).toEqual([])
  })

  test('has a digest that the same changes share, that other changes do not, and that names no change set', async () => {
    const world = await readyWorld(chain)
    await world.run('deploy')
    world.write(sized('first', 2))
    const digests = [await world.run('plan'), await world.run('plan')].map(({ outputs }) => outputs.digest)
    expect(digests[0]).toBe(digests[1])
    world.write(sized('first', 3))
    expect((await world.run('plan')).outputs.digest).not.toBe(digests[0])
  })

  test('has another digest once a stack has moved', async () => {
    const world = await readyWorld(chain)
    await world.run('deploy')
    world.write(sized('first', 2))
    const before = (await world.run('plan')).outputs.digest
    const live = world.cloud.stack('delivery-staging-first')
    world.cloud.place({ name: 'delivery-staging-first', template: aTemplate({ properties: { Size: 9 } }), tags: live?.tags ?? {} })
    expect((await world.run('plan')).outputs.digest).not.toBe(before)
  })

  test('leaves out what a condition keeps out, where the parameters are known', async () => {
    const template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { Thing: { Type: 'Test::Towpath::Thing' }, Other: { Type: 'Test::Towpath::Thing', Condition: 'Never' } },
    }
    const world = await readyWorld(aPlatform({ templates: { main: template } }))
    const { outputs } = await world.run('plan')
    expect(
      (outputs.stacks as readonly { changes: readonly { logicalId: string }[] }[])[0]?.changes.map(({ logicalId }) => logicalId),
    ).toEqual(['Thing'])
  })

  test('is the same for a release that is stored and for the folder it comes from', async () => {
    const world = await readyWorld(chain)
    const { outputs } = await world.run('create-release')
    const [ofFolder, ofRelease] = [
      await world.run('plan'),
      await world.run('plan', { service: 'delivery', release: String(outputs.release).slice(7, 15) }),
    ]
    // Only what a stored release's is good for differs.
    const told = (outputs: Readonly<Record<string, unknown>>): string =>
      String(outputs.markdown).replace(/^(This|A deployment).*(?=Plan)/m, '')
    expect({ ...ofRelease.outputs, markdown: told(ofRelease.outputs) }).toEqual({ ...ofFolder.outputs, markdown: told(ofFolder.outputs) })
  })
})

describe('what is sent to CloudFormation', () => {
  test('keeps a live value where the descriptor says so, and takes the default the first time', async () => {
    const template = { ...aTemplate({ properties: { Count: { Ref: 'Count' } } }), Parameters: { Count: { Type: 'Number', Default: 2 } } }
    const lines = ['environments: { staging: { parameters: { main: { Count: { keep: true } } } } }']
    const world = await readyWorld(aPlatform({ templates: { main: template } }), aService({ lines }))
    await world.run('deploy')
    expect(world.cloud.stack('delivery-staging-main')?.parameters).toEqual({ Count: '2' })
    const live = world.cloud.stack('delivery-staging-main')
    world.cloud.place({ name: 'delivery-staging-main', template, parameters: { Count: '5' }, tags: live?.tags ?? {} })
    world.write(aService({ lines, overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    expect(world.cloud.stack('delivery-staging-main')?.parameters).toEqual({ Count: '5' })
  })

  test('has tags that say whose it is, and none that varies by release', async () => {
    const world = await readyWorld(aPlatform(), aService({ lines: ['tags: { team: canal }'] }))
    await world.run('deploy')
    expect(world.cloud.stack('delivery-staging-main')?.tags).toEqual({
      team: 'canal',
      'towpath:service': 'delivery',
      'towpath:environment': 'staging',
      'towpath:stack': 'main',
    })
  })

  test('names nested templates by URLs of their content', async () => {
    const nesting = { Resources: { Child: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: './child.json' } } } }
    const world = await readyWorld(aPlatform({ templates: { main: nesting, child: aTemplate() } }))
    await world.run('deploy')
    const child = world.cloud.resources('delivery-staging-main').find(({ logicalId }) => logicalId === 'Child')
    const url = String(child?.properties.TemplateURL)
    expect(url).toMatch(new RegExp(`^https://s3\\.${region}\\.amazonaws\\.com/acme-platform/blobs/sha256/[0-9a-f]{64}$`))
    expect(world.bucket.keys('blobs/')).toContain(url.slice(url.indexOf('blobs/')))
  })
})

describe('an environment', () => {
  test('of another account than the credentials are of is refused before anything is read of it', async () => {
    const other = Object.fromEntries(Object.entries(aPlatform()).map(([path, text]) => [path, text.replace(account, '999999999999')]))
    const world = await readyWorld(other)
    const { error } = await world.run('deploy')
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringMatching(/999999999999.*000000000000/) })
    expect(world.cloud.requests).toEqual([])
  })

  test('that the service does not declare is refused, naming those it does', async () => {
    const world = await readyWorld(aPlatform(), aService({ lines: ['environments: { production: {} }'] }))
    expect((await world.run('deploy')).error).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining("'staging'"),
      hint: expect.stringContaining('production'),
    })
  })
})

test('a dry run shows the plan and writes nothing', async () => {
  const world = await readyWorld()
  await world.run('deploy')
  world.write(sized('main', 2))
  const before = world.bucket.keys()
  const { outputs } = await world.run('deploy', { 'dry-run': true })
  expect(outputs).toMatchObject({ outcome: null, changed: false, deployment: 1 })
  expect(world.lines.join('\n')).toContain('main (delivery-staging-main): will be updated')
  expect(world.bucket.keys()).toEqual(before)
  expect(world.cloud.count('executeChangeSet')).toBe(1)
})

test('a deployment asks S3 and CloudFormation for little', async () => {
  const world = await readyWorld()
  await world.run('deploy')
  const counting = intercept(() => {})
  await world.run('deploy', {}, { intercept: counting })
  // Nothing changed: descriptor, platform, template, head, record, owner, lock, release and stack, each once or twice.
  expect(counting.calls).toBeLessThanOrEqual(16)
})
