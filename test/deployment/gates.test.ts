import { describe, expect, test } from '@jest/globals'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld } from '../world/towpath.ts'

const table = (name: string): Record<string, unknown> => ({ Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } })

/** A world whose stack `main` holds a table, deployed once. */
async function withTable(): Promise<MemoryWorld> {
  const world = await readyWorld(aPlatform({ templates: { main: aTemplate({ resources: { Table: table('orders') } }) } }))
  await world.run('deploy')
  return world
}

const renamed = aService({ overrides: { main: { Resources: { Table: { Properties: { TableName: 'sales' } } } } } })
const removed = aService({ overrides: { main: { Resources: { Table: { 'Towpath::Remove': true } } } } })

describe('a deployment that would lose data', () => {
  test.each([
    ['by replacing a table', renamed],
    ['by removing a table', removed],
  ])('%s is stopped: exit code 4, nothing changed, the record closed', async (_, service) => {
    const world = await withTable()
    world.write(service)
    const executed = world.cloud.count('executeChangeSet')
    const { outputs, error } = await world.run('deploy')
    expect(error).toMatchObject({
      code: 'gated',
      message: expect.stringContaining('main.Table'),
      hint: expect.stringContaining('--consent main.Table'),
    })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false, deployment: 2 })
    expect(world.cloud.count('executeChangeSet')).toBe(executed)
    expect(world.bucket.json('deployments/staging/delivery/00000002.json')).toMatchObject({ outcome: 'failed', changed: false })
    expect(world.bucket.keys('locks/')).toEqual([])
    const left = await Promise.all(
      (await world.cloud.listChangeSets('delivery-staging-main')).map((ref) => world.cloud.describeChangeSet(ref)),
    )
    expect(left.filter((one) => one?.execution === 'AVAILABLE')).toEqual([])
  })

  test('goes on with consent to this very resource, which is recorded', async () => {
    const world = await withTable()
    world.write(renamed)
    expect((await world.run('deploy', { consent: ['main.Thing'] })).error).toMatchObject({ code: 'gated' })
    const { outputs } = await world.run('deploy', { consent: ['main.Table'] })
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    const { entries } = world.bucket.json(`deployments/staging/delivery/${String(outputs.deployment).padStart(8, '0')}.json`) as {
      entries: readonly unknown[]
    }
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'consented', consent: 'main.Table' }))
  })

  test('is stopped as a rollback as well', async () => {
    const world = await readyWorld()
    await world.run('deploy')
    world.write(aService({ additions: { main: { Resources: { Table: table('orders') } } } }))
    await world.run('deploy')
    const { error, outputs } = await world.run('rollback')
    expect(error).toMatchObject({ code: 'gated' })
    expect(outputs).toMatchObject({ changed: false })
    expect((await world.run('rollback', { consent: ['main.Table'] })).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('met only by the change set of a stack that waited for another stops that stack alone, and goes on with consent', async () => {
    const stacks = { first: {}, second: { TableName: 'first.Name' } }
    const second = {
      Parameters: { TableName: { Type: 'String' } },
      Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { Ref: 'TableName' } } } },
    }
    const world = await readyWorld(aPlatform({ stacks, templates: { second } }))
    await world.run('deploy')
    // A new name replaces the Thing, so that the output changes, and with it the table's name.
    world.write(aService({ overrides: { first: { Resources: { Thing: { Properties: { Name: 'other' } } } } } }))
    const stopped = await world.run('deploy')
    expect(stopped.error).toMatchObject({ code: 'gated', message: expect.stringContaining('second') })
    expect(stopped.outputs).toMatchObject({
      outcome: 'failed',
      changed: true,
      stacks: [
        { stack: 'first', outcome: 'succeeded' },
        { stack: 'second', outcome: 'gated' },
      ],
    })
    const { outputs } = await world.run('deploy', { consent: ['second.Table'] })
    expect(outputs).toMatchObject({
      outcome: 'succeeded',
      stacks: [
        { stack: 'first', outcome: 'unchanged' },
        { stack: 'second', outcome: 'succeeded' },
      ],
    })
  })
})

describe('a stack that is not ours', () => {
  const foreign = {
    name: 'delivery-staging-main',
    template: aTemplate(),
    tags: { 'towpath:service': 'billing', 'towpath:environment': 'staging' },
  }

  test.each([
    ["with another service's tags", foreign],
    ['without tags', { ...foreign, tags: {} }],
    ["with another environment's tags", { ...foreign, tags: { 'towpath:service': 'delivery', 'towpath:environment': 'production' } }],
  ])('%s is refused and left alone', async (_, placed) => {
    const world = await readyWorld()
    world.cloud.place(placed)
    const before = world.cloud.history(foreign.name).length
    const { error } = await world.run('deploy')
    expect(error).toMatchObject({ code: 'gated', hint: expect.stringContaining('--consent adopt:main') })
    expect(world.cloud.history(foreign.name)).toHaveLength(before)
  })

  test('is adopted with consent, given once', async () => {
    const world = await readyWorld()
    world.cloud.place(foreign)
    expect((await world.run('deploy', { consent: ['adopt:main'] })).outputs).toMatchObject({ outcome: 'succeeded' })
    expect(world.cloud.stack(foreign.name)?.tags).toMatchObject({ 'towpath:service': 'delivery' })
    world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('that exists under the name a service gives it is adopted the same way', async () => {
    const world = await readyWorld(aPlatform(), aService({ lines: ['stacks: { main: { name: legacy-main } }'] }))
    world.cloud.place({ ...foreign, name: 'legacy-main', tags: {} })
    expect((await world.run('deploy')).error).toMatchObject({ code: 'gated' })
    expect((await world.run('deploy', { consent: ['adopt:main'] })).outputs).toMatchObject({
      outcome: 'succeeded',
      stacks: [{ name: 'legacy-main' }],
    })
    expect(world.cloud.stack('delivery-staging-main')).toBeUndefined()
  })
})

describe('a stack that a release has no more', () => {
  test('is kept, and told each time', async () => {
    const extra = aService({ additions: { ledger: aTemplate() } })
    const world = await readyWorld(aPlatform(), extra)
    await world.run('deploy')
    world.write({
      ...Object.fromEntries(Object.keys(extra).map((path) => [path, undefined])),
      ...aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }),
    })
    for (const size of [2, 3]) {
      world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } }))
      world.lines.length = 0
      const { outputs } = await world.run('deploy')
      expect(outputs).toMatchObject({
        outcome: 'succeeded',
        stacks: [{ stack: 'main' }, { stack: 'ledger', name: 'delivery-staging-ledger', outcome: 'kept' }],
      })
      expect(world.lines.join('\n')).toContain("stack 'ledger' (delivery-staging-ledger) is not in this release any more; it is kept")
    }
    expect(world.cloud.stack('delivery-staging-ledger')).toMatchObject({ status: 'CREATE_COMPLETE' })
  })
})
