import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../src/errors.ts'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const child = (url: string): Record<string, unknown> => ({ Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: url } })
const table = (name: string): Record<string, unknown> => ({ Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } })

/** A platform whose stack `main` has a nested stack, of these resources; without resources, none. */
function platformOf(version: string, resources: Record<string, unknown> | undefined): Record<string, string> {
  const inner = { Resources: { Queue: { Type: 'AWS::SQS::Queue' }, ...resources } }
  const main = aTemplate({ resources: resources ? { Child: child('child.json') } : {} })
  return aPlatform({ version, templates: { main, child: inner } })
}

async function withNested(): Promise<MemoryWorld> {
  const world = await readyWorld(platformOf('1.0.0', { Table: table('orders') }))
  expect((await world.run('deploy')).error).toBeUndefined()
  return world
}

async function publish(world: MemoryWorld, resources: Record<string, unknown> | undefined): Promise<void> {
  world.write({ ...platformOf('1.1.0', resources), ...aService() })
  expect((await world.run('sync-platform', { path: '/platform' })).error).toBeUndefined()
}

describe('point 11: data in a nested stack', () => {
  test.each([
    ['a table that leaves the nested template', {}, 'main.Child.Table'],
    ['a table that is replaced in it', { Table: table('sales') }, 'main.Child.Table'],
    ['a nested stack that leaves its parent', undefined, 'main.Child'],
  ])('%s stops plan and deployment, and goes on with consent', async (_, resources, consent) => {
    const world = await withNested()
    await publish(world, resources)
    const { outputs } = await world.run('plan')
    expect(outputs.stacks).toMatchObject([{ gates: [{ consent, consented: false }] }])
    if (consent !== 'main.Child')
      expect(outputs.stacks).toMatchObject([{ gates: [{ foretold: true, reason: expect.stringContaining('foretold') }] }])
    const stopped = await world.run('deploy')
    expect(stopped.error).toMatchObject({ code: 'gated', hint: expect.stringContaining(`--consent ${consent}`) })
    expect((await world.run('deploy', { consent: [consent] })).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('a change that touches no data goes through', async () => {
    const world = await withNested()
    await publish(world, { Table: table('orders'), Other: { Type: 'AWS::SQS::Queue' } })
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('a nested stack whose live template cannot be read is a gate of its own', async () => {
    const world = await withNested()
    await publish(world, { Table: table('orders'), Other: { Type: 'AWS::SQS::Queue' } })
    world.cloud.fail({ call: 'liveTemplate', times: Number.POSITIVE_INFINITY }, new TowpathError('denied', 'GetTemplate was denied'))
    const { outputs } = await world.run('plan')
    expect(outputs.stacks).toMatchObject([{ gates: [{ gate: 'unseen', consent: 'main.Child', foretold: true }] }])
    expect((await world.run('deploy', { consent: ['main.Child'] })).outputs).toMatchObject({ outcome: 'succeeded' })
  })
})
