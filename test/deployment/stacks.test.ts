import { describe, expect, test } from '@jest/globals'
import type { DeploymentRecord } from '../../src/deployment/log/record.ts'
import type { ChangeSet } from '../../src/stack/stacks.ts'
import { NO_UPDATES } from '../world/cloudformation.ts'
import type { Interception } from '../world/intercept.ts'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld, region } from '../world/towpath.ts'

const name = 'delivery-staging-main'
const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })
const recordOf = (world: MemoryWorld, n: number) =>
  world.bucket.json(`deployments/staging/delivery/${String(n).padStart(8, '0')}.json`) as DeploymentRecord

async function deployedOnce(options: Parameters<typeof readyWorld>[2] = {}): Promise<MemoryWorld> {
  const world = await readyWorld(aPlatform(), aService(), options)
  await world.run('deploy')
  world.write(sized(2))
  return world
}

/** A client to which every change set looks as if it had no changes. */
const seeingNothing: Interception = {
  calls: 0,
  on: (port) =>
    new Proxy(port, {
      get(target, method, receiver) {
        const member: unknown = Reflect.get(target, method, receiver)
        if (method !== 'describeChangeSet' || typeof member !== 'function') return member
        return async (...given: unknown[]) => {
          const answer = (await member.apply(target, given)) as ChangeSet | undefined
          return answer?.status === 'CREATE_COMPLETE'
            ? { ...answer, status: 'FAILED', execution: 'UNAVAILABLE', reason: NO_UPDATES }
            : answer
        }
      },
    }),
}

describe('a change set', () => {
  test.each(['obsolete', 'deleted'] as const)(
    'that somebody else made %s just before it is executed is made anew, once',
    async (siblings) => {
      const world = await deployedOnce({ siblings })
      const held = world.cloud.hold({ call: 'executeChangeSet', caller: 'somebody' })
      const run = world.run('deploy')
      await held.reached
      const live = world.cloud.stack(name)
      world.cloud.place({ name, template: aTemplate({ properties: { Size: 7 } }), tags: live?.tags ?? {} })
      held.release()
      const { outputs, error } = await run
      expect({ outcome: outputs.outcome, error: error?.message }).toEqual({ outcome: 'succeeded', error: undefined })
      expect(world.cloud.resources(name).find(({ logicalId }) => logicalId === 'Thing')?.properties.Size).toBe(2)
      expect(world.cloud.count('executeChangeSet', name)).toBe(3)
      expect(recordOf(world, 2).entries).toContainEqual(
        expect.objectContaining({ kind: 'outcome', does: 'execute-change-set', result: 'OUTDATED' }),
      )
    },
  )

  test('that is made useless again and again ends in a failure that says so, with nothing changed by us', async () => {
    const world = await deployedOnce()
    const live = world.cloud.stack(name)
    let size = 10
    const spoil = async () => {
      const held = world.cloud.hold({ call: 'executeChangeSet', caller: 'somebody' })
      await held.reached
      world.cloud.place({ name, template: aTemplate({ properties: { Size: ++size } }), tags: live?.tags ?? {} })
      held.release()
    }
    const spoiled = spoil().then(spoil)
    const { outputs, error } = await world.run('deploy')
    await spoiled
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining('made useless by somebody else, twice') })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false })
    expect(recordOf(world, 2)).toMatchObject({ outcome: 'failed', changed: false })
  })

  test('that somebody else deletes while it is made is made anew', async () => {
    const world = await deployedOnce()
    const held = world.cloud.hold({ call: 'describeChangeSet', nth: 3 })
    const run = world.run('deploy')
    await held.reached
    await world.clock.advance(10_000)
    for (const ref of await world.cloud.listChangeSets(name)) if (ref.name.startsWith('towpath-2-')) await world.cloud.deleteChangeSet(ref)
    held.release()
    expect((await run).outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })

  test('without changes means unchanged only if every declared output is live', async () => {
    const world = await deployedOnce()
    const hidden = { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } }, Outputs: { Other: { Value: 'x', Condition: 'Never' } } }
    world.write(aService({ overrides: { main: {} }, additions: { main: hidden } }))
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', changed: false })
    // CloudFormation says that nothing changes where a change set would only add an output: it is made to say so here.
    const live = world.cloud.stack(name)
    world.write(aService({ additions: { main: { Outputs: { Missing: { Value: 'x' } } } } }))
    const { outputs, error } = await world.run('deploy', {}, { intercept: seeingNothing })
    expect(error).toMatchObject({ code: 'failed', message: expect.stringContaining("'Missing' is declared and not live") })
    expect(outputs).toMatchObject({ outcome: 'failed', changed: false })
    expect(world.cloud.stack(name)).toMatchObject({ updated: live?.updated })
  })
})

test('what the plan found is not used for a stack that is fed another value by now', async () => {
  const stacks = { first: {}, second: { From: 'first.Name' } }
  const world = await readyWorld(aPlatform({ stacks }))
  await world.run('deploy')
  world.write(aService({ overrides: { second: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
  // Between the plan, to which `first` was as it should be, and its turn, somebody replaces its Thing: the output is another one.
  const held = world.cloud.hold({ call: 'describe', stack: 'delivery-staging-first', caller: 'somebody', nth: 2 })
  const run = world.run('deploy')
  await held.reached
  const live = world.cloud.stack('delivery-staging-first')
  world.cloud.place({ name: 'delivery-staging-first', template: aTemplate({ properties: { Name: 'theirs' } }), tags: live?.tags ?? {} })
  held.release()
  expect((await run).outputs).toMatchObject({ outcome: 'succeeded' })
  const fed = world.cloud.stack('delivery-staging-second')?.parameters
  expect(fed).toEqual({ From: world.cloud.stack('delivery-staging-first')?.outputs.Name })
  expect(world.cloud.stack('delivery-staging-first')?.outputs.Name).not.toBe('theirs')
})

describe('an operation of ours', () => {
  test('that somebody else cuts short by deleting the stack is not waited for to the deadline', async () => {
    const world = await readyWorld(aPlatform({ templates: { main: aTemplate({ properties: { Seconds: 7_200 } }) } }))
    const held = world.cloud.hold({ call: 'events', stack: name, nth: 4 })
    const run = world.run('deploy')
    await held.reached
    world.cloud.enter(name, 'ROLLBACK_COMPLETE', 'cancelled by somebody')
    held.release()
    const { outputs, error } = await run
    expect(outputs).toMatchObject({ outcome: 'failed', changed: true })
    expect(error?.message).toContain('failed')
    expect(world.clock.monotonic()).toBeLessThan(600_000)
  })
})

describe('what a failed first creation left', () => {
  test('is deleted and made anew, and what it retained is told', async () => {
    const kept = { Kept: { Type: 'Test::Towpath::Thing', DeletionPolicy: 'Retain' } }
    const world = await readyWorld(aPlatform({ templates: { main: aTemplate({ properties: { Seconds: 5 }, resources: kept }) } }))
    const undo = world.cloud.failing('Thing', 'no')
    await world.run('deploy')
    undo()
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
    expect(world.lines.join('\n')).toContain('the failed creation left Kept behind')
  })

  test('of a stack that is not ours is not deleted, whatever was consented to', async () => {
    const world = await readyWorld()
    world.cloud.place({ name, template: aTemplate(), tags: {}, status: 'ROLLBACK_COMPLETE' })
    for (const consent of [[], ['adopt:main']]) {
      const { error } = await world.run('deploy', { consent })
      expect(error).toMatchObject({
        code: 'failed',
        message: expect.stringContaining('is not of this service and environment, so it is not deleted'),
      })
    }
    expect(world.cloud.count('deleteStack')).toBe(0)
  })

  test.each(['plan', 'deploy'])('that may not be deleted stops a %s before any other stack is changed', async (verb) => {
    const world = await readyWorld(aPlatform({ stacks: { main: {}, other: {} } }))
    world.cloud.place({ name, template: aTemplate(), status: 'ROLLBACK_COMPLETE', terminationProtection: true })
    expect((await world.run(verb)).error).toMatchObject({ code: 'failed', message: expect.stringContaining('termination protection') })
    expect(world.cloud.stack('delivery-staging-other')).toBeUndefined()
  })
})

describe('a stack that a release has no more', () => {
  const without = (service: Record<string, string>) => ({
    ...Object.fromEntries(Object.keys(aService({ additions: { ledger: {} } })).map((path) => [path, undefined])),
    ...service,
  })

  test('is told also where there is nothing to do', async () => {
    const world = await readyWorld(aPlatform(), aService({ additions: { ledger: aTemplate() } }))
    await world.run('deploy')
    world.write(without(sized(2)))
    await world.run('deploy')
    world.lines.length = 0
    expect((await world.run('deploy')).outputs).toMatchObject({
      changed: false,
      stacks: [{ stack: 'main' }, { stack: 'ledger', outcome: 'kept' }],
    })
    expect(world.lines.join('\n')).toContain("stack 'ledger' (delivery-staging-ledger) is not in this release any more; it is kept")
  })

  test('is not told any more once somebody deleted it', async () => {
    const world = await readyWorld(aPlatform(), aService({ additions: { ledger: aTemplate() } }))
    await world.run('deploy')
    world.write(without(sized(2)))
    await world.run('deploy')
    world.cloud.vanish('delivery-staging-ledger')
    world.write(sized(3))
    world.lines.length = 0
    const { outputs } = await world.run('deploy')
    expect((outputs.stacks as readonly { stack: string }[]).map(({ stack }) => stack)).toEqual(['main'])
    expect(Object.keys(recordOf(world, 3).stacks)).toEqual(['main'])
    expect(world.lines.join('\n')).not.toContain('ledger')
  })

  test('is told where its own deployment failed before it was whole', async () => {
    const world = await readyWorld(aPlatform(), aService({ additions: { ledger: aTemplate() } }))
    world.cloud.failing('Thing', 'no', { stack: 'delivery-staging-ledger' })
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'failed' })
    world.write(without(sized(2)))
    expect((await world.run('deploy')).outputs).toMatchObject({ stacks: [{ stack: 'main' }, { stack: 'ledger', outcome: 'kept' }] })
  })
})

describe('what is sent and stored', () => {
  test('a template above 51,200 bytes goes by URL, though it has fewer characters', async () => {
    const long = (count: number) => aTemplate({ properties: { Words: 'ö'.repeat(count) } })
    const world = await readyWorld(aPlatform({ stacks: { long: {}, short: {} }, templates: { long: long(30_000), short: long(20_000) } }))
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
    const manifest = world.bucket.keys('services/').map((key) => world.bucket.json(key) as { stacks?: Record<string, { bytes: number }> })
    const bytes = manifest.find(({ stacks }) => stacks)?.stacks
    expect(bytes?.long?.bytes).toBeGreaterThan(51_200)
    expect(JSON.stringify(long(30_000)).length).toBeLessThan(51_200)
    expect(bytes?.short?.bytes).toBeLessThan(51_200)
  })

  test('the value of a parameter that a service repeats in its reason is not stored in the record', async () => {
    const marker = 'a-very-particular-value'
    const world = await readyWorld(
      aPlatform({ templates: { main: aTemplate({ parameters: ['Word'] }) } }),
      aService({ lines: [`environments: { staging: { parameters: { main: { Word: ${marker} } } } }`] }),
    )
    world.cloud.failing('Thing', `the word '${marker}' is taken`)
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'failed', cause: { reason: expect.stringContaining(marker) } })
    const holding = world.bucket.keys().filter((key) => Buffer.from(world.bucket.bytes(key) ?? []).includes(marker))
    expect(holding.filter((key) => key.startsWith('deployments/') || key.startsWith('locks/'))).toEqual([])
    expect(recordOf(world, 1).cause?.reason).toBe("the word '<value of Word>' is taken")
  })

  test('an environment with a bucket of its own gets copies of what it reads, before anything is changed', async () => {
    const own = aPlatform({
      templates: {
        main: { Resources: { Child: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: './child.json' } } } },
        child: aTemplate(),
      },
    })
    const file = '/platform/platform.yml'
    const world = await readyWorld({
      ...own,
      [file]: (own[file] ?? '').replace(`region: ${region} }`, `region: ${region}, bucket: acme-staging }`),
    })
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded' })
    const copied = world.other.keys()
    expect(copied.length).toBeGreaterThan(1)
    for (const key of copied) expect(world.other.bytes(key)).toEqual(world.bucket.bytes(key) ?? world.other.bytes(key))
    const url = String(world.cloud.resources(name).find(({ logicalId }) => logicalId === 'Child')?.properties.TemplateURL)
    expect(url).toContain('/acme-staging/blobs/sha256/')
  })

  test('a copy, or a blob, that is not what its name says is refused before anything is written', async () => {
    const own = aPlatform()
    const file = '/platform/platform.yml'
    const world = await readyWorld({
      ...own,
      [file]: (own[file] ?? '').replace(`region: ${region} }`, `region: ${region}, bucket: acme-staging }`),
    })
    const { outputs } = await world.run('create-release')
    const manifest = world.bucket.json(`services/delivery/releases/${String(outputs.release).slice(7)}.json`) as {
      stacks: { main: { template: string } }
    }
    const key = `blobs/sha256/${manifest.stacks.main.template.slice(7)}`
    const release = { service: 'delivery', release: String(outputs.release) }
    world.other.put(key, 'damaged')
    expect((await world.run('deploy', release)).error).toMatchObject({
      code: 'failed',
      message: expect.stringContaining('is not what its name says'),
    })
    world.other.put(key, undefined)
    world.bucket.put(key, 'damaged')
    expect((await world.run('deploy', release)).error).toMatchObject({
      code: 'failed',
      message: expect.stringContaining('is not what its name says'),
    })
    expect(world.bucket.keys('deployments/')).toEqual([])
    expect(world.other.keys()).toEqual([])
  })

  test('consent that only the change set of a waiting stack made use of is recorded too', async () => {
    const stacks = { first: {}, second: { TableName: 'first.Name' } }
    const second = {
      Parameters: { TableName: { Type: 'String' } },
      Resources: { Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { Ref: 'TableName' } } } },
    }
    const world = await readyWorld(aPlatform({ stacks, templates: { second } }))
    await world.run('deploy')
    world.write(aService({ overrides: { first: { Resources: { Thing: { Properties: { Name: 'other' } } } } } }))
    expect((await world.run('deploy', { consent: ['second.Table'] })).outputs).toMatchObject({ outcome: 'succeeded' })
    expect(recordOf(world, 2).entries.filter(({ kind }) => kind === 'consented')).toMatchObject([{ consent: 'second.Table' }])
  })
})

describe('a damaged log', () => {
  const head = 'deployments/staging/delivery/head.json'
  test.each([
    ['no JSON', 'oops'],
    ['another document', JSON.stringify({ schema: 'something/else@1' })],
  ])('whose head is %s is broken at its last record, and mended by the next deployment', async (_, content) => {
    const world = await deployedOnce()
    world.bucket.put(head, content)
    expect((await world.run('log', { service: 'delivery', verify: true })).error).toMatchObject({
      message: expect.stringContaining('record 1 '),
    })
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 2 })
    expect((await world.run('log', { service: 'delivery', verify: true })).outputs).toMatchObject({ verified: true })
  })

  test('whose last record is not what the head says stops a deployment before it would hide that', async () => {
    const world = await deployedOnce()
    const key = 'deployments/staging/delivery/00000001.json'
    world.bucket.put(key, new TextDecoder().decode(world.bucket.bytes(key)).replace('"somebody"', '"eve"'))
    const before = world.bucket.keys('deployments/')
    const { error } = await world.run('deploy')
    expect(error).toMatchObject({
      code: 'gated',
      message: expect.stringContaining('record 1 of delivery in staging is not what the head'),
    })
    expect(world.bucket.keys('deployments/')).toEqual(before)
    expect(world.bucket.keys('locks/')).toEqual([])
  })
})
