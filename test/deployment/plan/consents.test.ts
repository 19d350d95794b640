import { describe, expect, test } from '@jest/globals'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

const table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } }
const parameters = { Parameters: { Size: { Type: 'Number', Default: 1 } } }
const withTable = aPlatform({ templates: { main: { ...aTemplate({ resources: { Orders: table } }), ...parameters } } })
const removing = aService({ overrides: { main: { Resources: { Orders: { 'Towpath::Remove': true } } } } })

async function deployed(): Promise<MemoryWorld> {
  const world = await readyWorld(withTable)
  await world.run('deploy')
  return world
}

describe('3: a consent counts', () => {
  test.each([
    ['of the release', 'main.Thing'],
    ['of an output', 'export:main.Name'],
    ['of a parameter', 'default:main.Size'],
    ['of a stack', 'adopt:main'],
    ['of a skipped resource', 'skip:main.Thing'],
    ['of the log', 'log:1'],
    ['of the order', 'order'],
    ['of an earlier release', 'failed:3f2a'],
  ])('if it names something %s: %s', async (_, consent) => {
    const world = await deployed()
    for (const verb of ['plan', 'deploy']) expect((await world.run(verb, { consent: [consent] })).error).toBeUndefined()
  })

  test('if the present release, or the live stack, has what it names', async () => {
    const world = await deployed()
    world.write(removing)
    expect((await world.run('plan', { consent: ['main.Orders'] })).error).toBeUndefined()
    const tags = world.cloud.stack('delivery-staging-main')?.tags ?? {}
    world.cloud.place({
      name: 'delivery-staging-main',
      template: aTemplate({ resources: { Foreign: { ...table, Properties: { TableName: 'foreign' } } } }),
      tags,
    })
    expect((await world.run('plan', { consent: ['main.Foreign'] })).error).toBeUndefined()
  })

  test('if it was recorded for this release here, so that a re-run with the same inputs passes', async () => {
    const world = await deployed()
    world.write(removing)
    expect((await world.run('deploy', { consent: ['main.Orders'] })).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    expect((await world.run('deploy', { consent: ['main.Orders'] })).outputs).toMatchObject({ outcome: 'succeeded', changed: false })
  })

  test.each([
    ['plan', {}],
    ['deploy', {}],
    ['deploy', { 'dry-run': true }],
    ['rollback', {}],
    ['rollback', { 'dry-run': true }],
  ])('and another one is exit 2 with the nearest name, before anything is written: %s %j', async (verb, inputs) => {
    const world = await deployed()
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    if (verb === 'rollback') await world.run('deploy')
    const before = world.bucket.keys().filter((key) => !key.startsWith('blobs/') && !key.includes('/releases/'))
    const { error } = await world.run(verb, { ...inputs, consent: ['main.Ordres'] })
    expect(error).toMatchObject({
      code: 'bad-input',
      message: "consent 'main.Ordres' names nothing that the release, the present release or a live stack has",
      hint: "did you mean 'main.Orders'?",
    })
    expect(world.bucket.keys().filter((key) => !key.startsWith('blobs/') && !key.includes('/releases/'))).toEqual(before)
  })

  test('canary: the consent of another stack is none of this one', async () => {
    const world = await deployed()
    expect((await world.run('plan', { consent: ['other.Orders'] })).error).toMatchObject({ code: 'bad-input' })
  })
})

describe('3: nobody approves a run that must fail', () => {
  const dry = { 'dry-run': true }

  test.each([
    ['plan', {}],
    ['deploy', dry],
    ['rollback', dry],
  ])('%s gives the plan, its digest, and whether it is gated', async (verb, inputs) => {
    const world = await readyWorld(aPlatform())
    await world.run('deploy')
    world.write(aService({ overrides: { main: { Resources: { Orders: table } } }, additions: {} }))
    world.write(aService({ additions: { main: { Resources: { Orders: table } } } }))
    world.write({ '/service/cloudFormation/overrides/main.json': undefined })
    expect((await world.run('deploy')).error).toBeUndefined()
    if (verb !== 'rollback') world.write({ '/service/cloudFormation/additions/main.json': undefined })
    const { outputs, error } = await world.run(verb, inputs)
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      gated: true,
      markdown: expect.stringContaining('main.Orders'),
    })
    const stacks = verb === 'plan' ? outputs.stacks : (outputs.plan as { stacks: unknown }).stacks
    expect(stacks).toMatchObject([{ stack: 'main', gates: [{ consent: 'main.Orders' }] }])
    // Only fail-on-gate changes the exit code, and the outputs are given all the same.
    const failed = await world.run(verb, { ...inputs, 'fail-on-gate': true })
    expect(failed.error).toMatchObject({ code: 'gated', hint: expect.stringContaining('--consent main.Orders') })
    expect(failed.outputs).toMatchObject({ digest: outputs.digest, gated: true })
    const permitted = await world.run(verb, { ...inputs, 'fail-on-gate': true, consent: ['main.Orders'] })
    expect(permitted.error).toBeUndefined()
    expect(permitted.outputs).toMatchObject({ digest: outputs.digest, gated: false })
  })
})
