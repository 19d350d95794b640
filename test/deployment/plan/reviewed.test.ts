import { describe, expect, test } from '@jest/globals'
import { digestOf } from '../../../src/digest.ts'
import { TowpathError } from '../../../src/errors.ts'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

const main = 'delivery-staging-main'
const sized = (stack: string, size: number) =>
  aService({ overrides: { [stack]: { Resources: { Thing: { Properties: { Size: size } } } } } })
const sizeOf = (world: MemoryWorld, name = main): unknown =>
  world.cloud.resources(name).find(({ logicalId }) => logicalId === 'Thing')?.properties.Size

/** A world whose service was deployed once, with a release that asks for another size, and the plan of it. */
async function reviewed(platform = aPlatform(), stack = 'main') {
  const world = await readyWorld(platform)
  await world.run('deploy')
  world.write(sized(stack, 2))
  const { outputs } = await world.run('create-release')
  const stored = { service: 'delivery', release: outputs.release }
  const plan = String((await world.run('plan', stored)).outputs.digest)
  return { world, plan, stored, held: { ...stored, plan } }
}

/** Changes a stack as somebody would in the console. */
function touch(world: MemoryWorld, name = main, size = 9): void {
  world.cloud.place({ name, template: aTemplate({ properties: { Size: size } }), tags: world.cloud.stack(name)?.tags ?? {} })
}

describe('a plan', () => {
  test('is stored under its own digest, says what it is, and holds no value', async () => {
    const { world, plan } = await reviewed()
    const bytes = world.bucket.bytes(`blobs/sha256/${plan.slice(7)}`) ?? new Uint8Array()
    expect(digestOf(bytes)).toBe(plan)
    const text = new TextDecoder().decode(bytes)
    expect(JSON.parse(text)).toMatchObject({
      schema: 'towpath/plan@2',
      environment: 'staging',
      stacks: [{ stack: 'main', action: 'update', changes: [{ logicalId: 'Thing', properties: [{ name: '/Properties/Size' }] }] }],
    })
    expect(text).not.toMatch(/before|after":|"2"/)
  })

  test('of a folder is stored too, unless the credentials write nothing: then that is told', async () => {
    const { world } = await reviewed()
    world.write(sized('main', 3))
    world.bucket.fail({ method: 'PUT', key: 'blobs/*' }, new TowpathError('denied', 'no'))
    expect((await world.run('plan')).error).toBeUndefined()
    expect(world.lines.join()).toContain('may not store the plan')
  })

  test('of a release that cannot be stored is no success: a deployment is held to it', async () => {
    const { world, stored } = await reviewed()
    touch(world)
    world.bucket.fail({ method: 'PUT', key: 'blobs/*' }, new TowpathError('denied', 'no'))
    expect((await world.run('plan', stored)).error).toMatchObject({ code: 'denied' })
  })
})

describe.each(['deploy', 'deploy-stacks'])('%s held to a plan', (verb) => {
  test('does what was reviewed', async () => {
    const { world, held } = await reviewed()
    const { outputs, error } = await world.run(verb, held)
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true, deployment: 2 })
    expect(sizeOf(world)).toBe(2)
  })

  test('refuses when somebody changed the stack in between, and names it: nothing is executed, the record is closed', async () => {
    const { world, held, plan } = await reviewed()
    touch(world)
    const executed = world.cloud.count('executeChangeSet')
    const { outputs, error } = await world.run(verb, held)
    expect(error).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        new RegExp(
          `^plan ${plan.slice(7, 19)} is not what would be applied: stack 'main' moved since: it was last changed at .*Z, and had been at .*Z$`,
        ),
      ),
      hint: expect.stringContaining('nothing was changed'),
    })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false, deployment: 2, cause: { reason: error?.message } })
    expect(world.cloud.count('executeChangeSet')).toBe(executed)
    expect(sizeOf(world)).toBe(9)
    expect(world.bucket.json('deployments/staging/delivery/00000002.json')).toMatchObject({
      outcome: 'failed',
      cause: { reason: error?.message },
    })
    expect(world.bucket.keys('locks/')).toEqual([])
    const left = await Promise.all((await world.cloud.listChangeSets(main)).map((ref) => world.cloud.describeChangeSet(ref)))
    expect(left.filter((one) => one?.execution === 'AVAILABLE')).toEqual([])
    // A new plan, looked at, goes through.
    const again = (await world.run('plan', { service: held.service, release: held.release })).outputs.digest
    expect((await world.run(verb, { ...held, plan: again })).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('with nothing to do is a success, whatever the plan was', async () => {
    const { world, held } = await reviewed()
    await world.run('deploy')
    const before = world.bucket.keys()
    expect((await world.run(verb, held)).outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 2 })
    expect(world.bucket.keys()).toEqual(before)
  })

  test.each<[string, (digest: string) => string, string, string]>([
    ['that nobody made', () => digestOf('nothing'), 'not-found', 'make one with towpath plan'],
    ['that is no digest', () => '3f2a', 'bad-input', 'whole'],
    ['that is a template', (template) => template, 'bad-input', 'not of the release'],
  ])('%s is refused before anything is written', async (_, name, code, hint) => {
    const { world, held } = await reviewed()
    const manifest = world.bucket.json(`services/delivery/releases/${String(held.release).slice(7)}.json`) as {
      stacks: { main: { template: string } }
    }
    const before = world.bucket.keys()
    const { error } = await world.run(verb, { ...held, plan: name(manifest.stacks.main.template) })
    expect(error).toMatchObject({ code, hint: expect.stringContaining(hint) })
    expect(world.bucket.keys()).toEqual(before)
  })

  test('that was made for another release, or another environment, is refused before anything is written', async () => {
    const { world, held, stored } = await reviewed()
    world.write(sized('main', 3))
    const other = String((await world.run('create-release')).outputs.release)
    const before = world.bucket.keys()
    expect((await world.run(verb, { ...held, release: other })).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`it is for release ${stored.release}, and this is ${other}`),
    })
    expect((await world.run(verb, { ...held, environment: 'production' })).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('it is for environment staging, and this is production'),
    })
    expect(world.bucket.keys()).toEqual(before)
  })

  test('shows what would be done in a dry run, and says whether it is what was reviewed', async () => {
    const { world, held } = await reviewed()
    expect((await world.run(verb, { ...held, 'dry-run': true })).error).toBeUndefined()
    touch(world)
    const before = world.bucket.keys()
    expect((await world.run(verb, { ...held, 'dry-run': true })).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining("stack 'main' moved since"),
    })
    expect(world.bucket.keys()).toEqual(before)
  })
})

describe('a deployment of a folder held to a plan', () => {
  test('does what was reviewed, and stores nothing of a folder that changed since', async () => {
    const world = await readyWorld()
    const plan = (await world.run('plan')).outputs.digest
    world.write(sized('main', 2))
    const before = world.bucket.keys()
    expect((await world.run('deploy', { plan })).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('it is for release'),
    })
    expect((await world.run('deploy', { plan, 'dry-run': true })).error).toMatchObject({ code: 'conflict' })
    expect(world.bucket.keys()).toEqual(before)
    world.write(aService({ overrides: {} }))
    world.write({ '/service/cloudFormation/overrides/main.json': undefined })
    expect((await world.run('deploy', { plan })).outputs).toMatchObject({ outcome: 'succeeded', deployment: 1 })
  })
})

describe('a deployment held to a plan', () => {
  const chain = aPlatform({ stacks: { first: {}, second: { From: 'first.Name' } } })
  const [first, second] = ['delivery-staging-first', 'delivery-staging-second']

  test('that waited behind another is refused where that one changed something', async () => {
    const { world, held } = await reviewed()
    world.write(sized('main', 5))
    const held2 = world.bucket.hold({ caller: 'slow', method: 'PUT', key: 'deployments/staging/delivery/00000002/0001.json' })
    const other = world.run('deploy', {}, { name: 'slow' })
    await held2.reached
    const waiting = world.run('deploy', held, { name: 'waiting' })
    await world.clock.advance(5_000)
    held2.release()
    expect((await other).outputs).toMatchObject({ outcome: 'succeeded' })
    expect((await waiting).error).toMatchObject({ code: 'conflict', message: expect.stringContaining("stack 'main' moved since") })
    expect(sizeOf(world)).toBe(5)
  })

  test('lets pass what was left open, and judges its gates on what it turns out to be', async () => {
    const { world, held } = await reviewed(chain, 'first')
    expect((await world.run('deploy', held)).outputs).toMatchObject({
      outcome: 'succeeded',
      stacks: [{ outcome: 'succeeded' }, { outcome: 'unchanged' }],
    })
  })

  test('refuses where a stack that was left open moved', async () => {
    const { world, held } = await reviewed(chain, 'first')
    world.cloud.place({
      name: second,
      template: aTemplate({ parameters: ['From'], properties: { Colour: 'red' } }),
      parameters: { From: 'x' },
      tags: world.cloud.stack(second)?.tags ?? {},
    })
    expect((await world.run('deploy', held)).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining("stack 'second' moved since"),
    })
    expect(sizeOf(world, first)).toBeUndefined()
  })

  test.each<[string, (world: MemoryWorld) => void, string]>([
    ['a stack is there that was not', (world) => touch(world, main), "stack 'main' is there now, and was not"],
  ])('of a first creation is refused where %s', async (_, meddle, expected) => {
    const world = await readyWorld()
    const { release } = (await world.run('create-release')).outputs
    const stored = { service: 'delivery', release }
    const { digest } = (await world.run('plan', stored)).outputs
    meddle(world)
    expect((await world.run('deploy', { ...stored, plan: digest, consent: ['adopt:main'] })).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(expected),
    })
  })

  test('refuses where the stack is gone', async () => {
    const { world, held } = await reviewed()
    world.cloud.vanish(main)
    expect((await world.run('deploy', held)).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining("stack 'main' is gone, and was there"),
    })
  })

  test.each([1, 2])('is not talked into something else by who comes between its plan and its execution (%d stacks)', async (count) => {
    const stacks = count === 1 ? { main: {} } : { main: {}, other: {} }
    const world = await readyWorld(aPlatform({ stacks }))
    await world.run('deploy')
    const bigger = { Resources: { Thing: { Properties: { Size: 2 } } } }
    world.write(aService({ overrides: Object.fromEntries(Object.keys(stacks).map((stack) => [stack, bigger])) }))
    const { digest } = (await world.run('plan')).outputs
    // After the plan under the lock was compared, before this stack's change set is executed.
    const held = world.cloud.hold({ call: 'executeChangeSet', stack: main })
    const run = world.run('deploy', { plan: digest })
    await held.reached
    if (count === 2) await world.clock.advance(60_000)
    touch(world)
    held.release()
    const { outputs, error } = await run
    // Where nothing at all was executed it is the same refusal; else the deployment failed halfway.
    expect(error).toMatchObject({
      code: count === 1 ? 'conflict' : 'failed',
      message: expect.stringContaining("stack 'main' failed: it is not what the reviewed plan says: moved since"),
      hint: 'make a new plan, look at it, and give its digest',
    })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: count === 2 })
    expect(sizeOf(world)).toBe(9)
  })

  test('makes a change set anew that somebody deleted, if it says the same', async () => {
    const { world, held } = await reviewed()
    const execution = world.cloud.hold({ call: 'executeChangeSet', stack: main })
    const run = world.run('deploy', held)
    await execution.reached
    for (const ref of await world.cloud.as('console').listChangeSets(main)) await world.cloud.as('console').deleteChangeSet(ref)
    execution.release()
    expect((await run).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    expect(sizeOf(world)).toBe(2)
  })

  test('meets its gates as ever', async () => {
    const table = (name: string) => ({ Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } })
    const world = await readyWorld(aPlatform({ templates: { main: aTemplate({ resources: { Table: table('orders') } }) } }))
    await world.run('deploy')
    world.write(aService({ overrides: { main: { Resources: { Table: { Properties: { TableName: 'sales' } } } } } }))
    const { digest } = (await world.run('plan')).outputs
    expect((await world.run('deploy', { plan: digest })).error).toMatchObject({ code: 'gated' })
    expect((await world.run('deploy', { plan: digest, consent: ['main.Table'] })).outputs).toMatchObject({ outcome: 'succeeded' })
    const { entries } = world.bucket.json('deployments/staging/delivery/00000003.json') as { entries: readonly unknown[] }
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'consented', consent: 'main.Table' }))
  })
})
