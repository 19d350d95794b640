import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../src/errors.ts'
import { aPlatform, aService, aTemplate, readyWorld } from '../world/towpath.ts'

const main = 'delivery-staging-main'
const failing = aService({ overrides: { main: { Resources: { Thing: { Properties: { Fail: 'out of luck' } } } } } })

describe('6: a rollback that has nowhere to go', () => {
  test('after a failed first deployment is exit 1 and says what to do; the hint of that deployment does not send anybody there', async () => {
    const world = await readyWorld(aPlatform(), failing)
    const first = await world.run('deploy')
    expect(first.error).toMatchObject({ code: 'failed', hint: 'fix it and deploy again' })
    expect(world.cloud.stack(main)?.status).toBe('ROLLBACK_COMPLETE')
    const before = world.bucket.keys()
    const { outputs, error } = await world.run('rollback')
    expect(error).toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/^there is nothing to go back to, and release [0-9a-f]{12} of delivery is not live in staging/),
      hint: expect.stringContaining('deploy again'),
    })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false, deployment: 1 })
    expect(world.bucket.keys()).toEqual(before)
  })

  test('is a success where the present release is seen live', async () => {
    const world = await readyWorld()
    const { release } = (await world.run('deploy')).outputs
    expect((await world.run('rollback')).outputs).toMatchObject({
      outcome: 'succeeded',
      changed: false,
      release,
      stacks: [{ outcome: 'unchanged' }],
    })
  })

  test('and none where somebody changed or deleted the stack since', async () => {
    const world = await readyWorld()
    await world.run('deploy')
    world.cloud.place({ name: main, template: aTemplate({ properties: { Size: 9 } }), tags: world.cloud.stack(main)?.tags ?? {} })
    expect((await world.run('rollback')).error).toMatchObject({ code: 'failed' })
    world.cloud.vanish(main)
    expect((await world.run('rollback')).error).toMatchObject({ code: 'failed' })
  })

  test('of a service that was never deployed is exit 1', async () => {
    const world = await readyWorld()
    await world.run('create-release')
    expect((await world.run('rollback', { service: 'delivery' })).error).toMatchObject({
      code: 'failed',
      message: 'there is nothing to go back to, and delivery was never deployed to staging',
    })
  })

  test('a failed deployment offers a rollback where there is a release to go back to', async () => {
    const world = await readyWorld()
    await world.run('deploy')
    world.write(failing)
    expect((await world.run('deploy')).error).toMatchObject({
      hint: expect.stringContaining('go back: towpath rollback --service delivery'),
    })
  })
})

describe('7: a service that nobody knows', () => {
  test.each(['rollback', 'log'])('is exit 2 with the nearest name: %s', async (verb) => {
    const world = await readyWorld()
    await world.run('deploy')
    expect((await world.run(verb, { service: 'delivry' })).error).toMatchObject({
      code: 'not-found',
      message: "nobody knows a service 'delivry'",
      hint: "did you mean 'delivery'?",
    })
  })

  test('is not suggested anything where services may not be listed', async () => {
    const world = await readyWorld()
    await world.run('deploy')
    world.bucket.fail({ method: 'LIST', key: 'services/*', times: 9 }, new TowpathError('denied', 'no'))
    const { error } = await world.run('log', { service: 'delivry' })
    expect(error).toMatchObject({ code: 'not-found', message: "nobody knows a service 'delivry'" })
    expect(error?.hint).toBeUndefined()
  })

  test.each(['../billing', 'Billing', 'a b', ''])('what cannot be a name is refused everywhere: %j', async (service) => {
    const world = await readyWorld()
    const release = { release: '3f2a' }
    const verbs: readonly (readonly [string, object])[] = [
      ['log', {}],
      ['rollback', {}],
      ['plan', release],
      ['deploy', release],
      ['deploy-stacks', release],
      ['log-deployment', { version: 'v1', outcome: 'succeeded' }],
    ]
    for (const [verb, more] of verbs)
      expect((await world.run(verb, { ...more, service })).error).toMatchObject({
        code: 'bad-input',
        message: `no service can be named '${service}'`,
      })
  })

  test('in a reference gets the nearest name', async () => {
    const world = await readyWorld(aPlatform({ stacks: { main: {} } }))
    await world.run('deploy')
    world.write(
      aService({
        name: 'reader',
        additions: { extra: aTemplate({ parameters: ['From'] }) },
        lines: ['stacks: { extra: { inputs: { From: service/delivry/main.Name } } }'],
      }),
    )
    expect((await world.run('plan')).error).toMatchObject({ code: 'not-found', hint: expect.stringContaining("did you mean 'delivery'?") })
  })
})

describe('8: a stack that left the release', () => {
  const ledger = aService({ additions: { ledger: aTemplate() } })
  const without = { '/service/cloudFormation/additions/ledger.json': undefined }

  test('and that somebody deleted by hand is not reported as kept, nor in the next record', async () => {
    const world = await readyWorld(aPlatform(), ledger)
    await world.run('deploy')
    world.write(without)
    await world.run('deploy')
    expect((await world.run('deploy')).outputs).toMatchObject({
      changed: false,
      stacks: [{ stack: 'main' }, { stack: 'ledger', outcome: 'kept' }],
    })
    world.cloud.vanish('delivery-staging-ledger')
    expect((await world.run('deploy')).outputs.stacks).toMatchObject([{ stack: 'main' }])
    expect((await world.run('plan')).outputs.stacks).toMatchObject([{ stack: 'main' }])
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    const { outputs } = await world.run('deploy')
    expect(outputs.stacks).toHaveLength(1)
    const record = world.bucket.json(`deployments/staging/delivery/0000000${outputs.deployment}.json`) as { stacks: object }
    expect(Object.keys(record.stacks)).toEqual(['main'])
  })

  test('under another name is one stack, renamed', async () => {
    const named = (stack: string) =>
      aService({ additions: { [stack]: aTemplate() }, lines: [`stacks: { ${stack}: { name: delivery-staging-data } }`] })
    const world = await readyWorld(aPlatform(), named('data'))
    expect((await world.run('deploy')).error).toBeUndefined()
    world.write({ '/service/cloudFormation/additions/data.json': undefined, ...named('store') })
    const { outputs } = await world.run('plan')
    expect(outputs.stacks).toMatchObject([{ stack: 'main' }, { stack: 'store', name: 'delivery-staging-data', renamedFrom: 'data' }])
    expect(outputs.markdown).toContain('renamed from `data`')
    const done = (await world.run('deploy')).outputs
    expect(done).toMatchObject({ outcome: 'succeeded' })
    const record = world.bucket.json(`deployments/staging/delivery/0000000${done.deployment}.json`) as { stacks: object }
    expect(Object.keys(record.stacks).sort()).toEqual(['main', 'store'])
  })
})
