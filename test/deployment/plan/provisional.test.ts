import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../../src/errors.ts'
import { aPlatform, aTemplate, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

/** The stack that feeds, and the stack that is fed. */
const [feeder, fed] = ['delivery-staging-queue', 'delivery-staging-reader']

const table = { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } }
const alarm = { Type: 'Test::Towpath::Thing', Properties: { Size: 1 } }

interface Fed {
  readonly resources?: Readonly<Record<string, unknown>>
  /** What the fed stack says beside its resources. */
  readonly sections?: Readonly<Record<string, unknown>>
  readonly from?: string
  readonly outputs?: Readonly<Record<string, unknown>>
  readonly properties?: Readonly<Record<string, unknown>>
  readonly version?: string
}

/** A platform in which `queue` feeds `reader`. @param shape what replaces the queue's thing, and so gives it another name */
function feeding(
  shape: string,
  { resources = {}, sections = {}, from = 'Name', outputs = {}, properties = {}, version = '1.0.0' }: Fed = {},
) {
  const stacks = { queue: {}, reader: { From: `queue.${from}` } }
  const template = { ...aTemplate({ parameters: ['From'], resources, properties }), ...sections }
  return aPlatform({
    version,
    stacks,
    templates: { queue: aTemplate({ properties: { Size: 1, ...(shape === '' ? {} : { Shape: shape }) }, outputs }), reader: template },
  })
}

/** A world in which the first was deployed and the second is published and stored as a release. */
async function between(before: ReturnType<typeof feeding>, after: ReturnType<typeof feeding>) {
  const world = await readyWorld(before)
  const first = await world.run('deploy')
  if (first.error) throw first.error
  world.write(after)
  const synced = await world.run('sync-platform', { path: '/platform' })
  if (synced.error) throw synced.error
  const release = String((await world.run('create-release')).outputs.release)
  world.lines.length = 0
  return { world, stored: { service: 'delivery', release } }
}

interface PlannedReader {
  readonly action: string
  readonly provisional: boolean
  readonly foretold: boolean
  readonly changes: readonly { readonly action: string; readonly logicalId: string }[]
  readonly gates: readonly { readonly consent: string; readonly foretold?: boolean }[]
  readonly notes: readonly string[]
}

async function planned(world: MemoryWorld, inputs: Readonly<Record<string, unknown>>) {
  const { outputs, error } = await world.run('plan', inputs)
  if (error) throw error
  const stacks = outputs.stacks as readonly (PlannedReader & { readonly stack: string })[]
  const found = stacks.find(({ stack }) => stack === 'reader')
  if (found === undefined) throw new Error('no such stack')
  return { reader: found, digest: String(outputs.digest), outputs }
}

const entriesOf = (world: MemoryWorld, deployment: number): readonly { readonly kind: string }[] =>
  (world.bucket.json(`deployments/staging/delivery/0000000${deployment}.json`) as { entries: readonly { kind: string }[] }).entries

describe('1: a stack behind a changing stack', () => {
  const before = feeding('', { resources: { Orders: table, Alarm: alarm } })
  const after = feeding('round', { version: '1.1.0' })

  test('shows what it changes, counts it, and meets its gates before anything is changed', async () => {
    const { world, stored } = await between(before, after)
    const { reader, outputs } = await planned(world, stored)
    expect(reader).toMatchObject({ action: 'update', provisional: true, foretold: false })
    expect(reader.changes).toMatchObject([
      { action: 'Remove', logicalId: 'Orders' },
      { action: 'Remove', logicalId: 'Alarm' },
    ])
    expect(reader.gates).toMatchObject([{ gate: 'stateful', consent: 'reader.Orders' }])
    expect(outputs.gated).toBe(true)
    expect(outputs.markdown).toContain('2 removed')
    const executed = world.cloud.count('executeChangeSet')
    expect((await world.run('deploy', stored)).error).toMatchObject({ code: 'gated', message: expect.stringContaining('reader.Orders') })
    expect(world.cloud.count('executeChangeSet')).toBe(executed)
    expect(world.cloud.resources(fed).map(({ logicalId }) => logicalId)).toContain('Orders')
  })

  test('is in the digest: another change of it is another plan', async () => {
    const { world, stored } = await between(before, after)
    const { digest } = await planned(world, stored)
    world.write(feeding('round', { resources: { Alarm: alarm }, version: '1.2.0' }))
    await world.run('sync-platform', { path: '/platform' })
    expect((await planned(world, {})).digest).not.toBe(digest)
    expect((await planned(world, stored)).digest).toBe(digest)
  })

  test('is done under that digest with its consent, and what comes of the open input is told and recorded', async () => {
    const { world, stored } = await between(before, after)
    const { digest } = await planned(world, stored)
    const { outputs, error } = await world.run('deploy', { ...stored, plan: digest, consent: ['reader.Orders'] })
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    expect(entriesOf(world, 2)).toContainEqual(
      expect.objectContaining({
        kind: 'beside-plan',
        stack: 'reader',
        because: ['queue.Name'],
        differences: 'would also change Thing (/Properties/From)',
      }),
    )
    expect(world.lines.join('\n')).toContain(
      'reader: beside the plan, because of queue.Name, it would also change Thing (/Properties/From)',
    )
  })

  test('that nothing else changes in is no change, unless the output changes', async () => {
    const { world, stored } = await between(feeding(''), feeding('round', { version: '1.1.0' }))
    const { reader, outputs } = await planned(world, stored)
    expect(reader).toMatchObject({ action: 'none', provisional: true, changes: [] })
    expect(outputs.markdown).toContain('no change, unless `queue.Name` changes')
    expect(outputs.markdown).not.toContain('unchanged')
    expect((await world.run('deploy', { ...stored, plan: outputs.digest })).outputs).toMatchObject({
      outcome: 'succeeded',
      stacks: [{ outcome: 'succeeded' }, { outcome: 'succeeded' }],
    })
  })

  test('is not there yet: it is planned from its template, and a condition that depends on nothing unknown is judged', async () => {
    const sections = { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] }, Open: { 'Fn::Equals': [{ Ref: 'From' }, 'b'] } } }
    const resources = { Group: { ...alarm, Condition: 'Never' }, Maybe: { ...alarm, Condition: 'Open' } }
    const world = await readyWorld(feeding('', { sections, resources }))
    const { reader } = await planned(world, {})
    expect(reader).toMatchObject({ action: 'create', provisional: true })
    expect(reader.changes.map(({ logicalId }) => logicalId)).toEqual(['Thing', 'Maybe'])
  })
})

describe('1: a new gate that comes of the open value', () => {
  // The name of a table is fed: only once it is known does the table have to be replaced.
  const tabled = (shape: string, version: string) =>
    feeding(shape, { version, resources: { Orders: { ...table, Properties: { TableName: { Ref: 'From' } } } } })

  test('stops that branch with exit 4, and the same plan goes on once it is permitted', async () => {
    const { world, stored } = await between(tabled('', '1.0.0'), tabled('round', '1.1.0'))
    const { reader, digest } = await planned(world, stored)
    expect(reader.gates).toEqual([])
    const { outputs, error } = await world.run('deploy', { ...stored, plan: digest })
    expect(error).toMatchObject({ code: 'gated', hint: expect.stringContaining('--consent reader.Orders') })
    expect(outputs).toMatchObject({ gated: true, stacks: [{ outcome: 'succeeded' }, { outcome: 'gated' }] })
    const again = await world.run('deploy', { ...stored, plan: digest, consent: ['reader.Orders'] })
    expect(again.error).toBeUndefined()
    expect(again.outputs).toMatchObject({ stacks: [{ outcome: 'unchanged' }, { outcome: 'succeeded' }] })
  })
})

describe('1: under the lock inputs are compared', () => {
  test('another input of a stack with open ones is refused before anything is changed', async () => {
    const { world, stored } = await between(feeding(''), feeding('round', { version: '1.1.0' }))
    const { digest } = await planned(world, stored)
    world.cloud.place({
      name: fed,
      template: aTemplate({ parameters: ['From'] }),
      parameters: { From: 'x' },
      tags: world.cloud.stack(fed)?.tags ?? {},
    })
    const executed = world.cloud.count('executeChangeSet')
    expect((await world.run('deploy', { ...stored, plan: digest })).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining("stack 'reader' moved since"),
    })
    expect(world.cloud.count('executeChangeSet')).toBe(executed)
  })

  test('after a failed update the stack has moved: what is done counts as done in a new plan', async () => {
    const { world, stored } = await between(feeding(''), feeding('round', { version: '1.1.0', properties: { Size: 2 } }))
    const { digest } = await planned(world, stored)
    const mend = world.cloud.failing('Thing', 'out of luck', { stack: fed })
    expect((await world.run('deploy', { ...stored, plan: digest })).error).toMatchObject({ code: 'failed' })
    mend()
    expect((await world.run('deploy', { ...stored, plan: digest })).error).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining("stack 'reader' moved since"),
    })
    const fresh = (await planned(world, stored)).digest
    expect((await world.run('deploy', { ...stored, plan: fresh })).outputs).toMatchObject({
      outcome: 'succeeded',
      stacks: [{ outcome: 'unchanged' }, { outcome: 'succeeded' }],
    })
  })

  test('a plan of an earlier version is refused: plan again', async () => {
    const { world, stored } = await between(feeding(''), feeding('round', { version: '1.1.0' }))
    const { digestOf } = await import('../../../src/digest.ts')
    const bytes = new TextEncoder().encode('{"schema":"towpath/plan@1","stacks":[]}')
    await world.bucket.create(`blobs/sha256/${digestOf(bytes).slice(7)}`, bytes)
    expect((await world.run('deploy', { ...stored, plan: digestOf(bytes) })).error).toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('plan again'),
    })
  })
})

describe('1: where CloudFormation makes no change set with the present values, gates are foretold', () => {
  const before = feeding('', { resources: { Orders: table, Alarm: alarm } })
  const refuse = (world: MemoryWorld, reason: string) =>
    world.cloud.fail({ call: 'createChangeSet', stack: fed }, new TowpathError('failed', reason))

  async function foretold(after: ReturnType<typeof feeding>, meddle: (world: MemoryWorld) => void = () => {}) {
    const { world, stored } = await between(before, after)
    meddle(world)
    const { reader, outputs } = await planned(world, stored)
    expect(reader).toMatchObject({ action: 'update', provisional: true, foretold: true })
    expect(reader.gates).toMatchObject([{ consent: 'reader.Orders', foretold: true, consented: false }])
    expect(reader.changes).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'Remove', logicalId: 'Orders' })]))
    expect(world.cloud.stack(fed)).toBeDefined()
    return { world, stored, notes: reader.notes.join(), outputs }
  }

  test('an output that is new', async () => {
    const after = feeding('round', { version: '1.1.0', from: 'Fresh', outputs: { Fresh: { Value: { Ref: 'Thing' } } } })
    const { notes, world, stored, outputs } = await foretold(after)
    expect(notes).toContain('output queue.Fresh is not there yet')
    expect(outputs.markdown).toContain('foretold')
    expect((await world.run('deploy', { ...stored, consent: ['reader.Orders'] })).outputs).toMatchObject({ outcome: 'succeeded' })
  })

  test('a present value that the new template refuses', async () => {
    const sections = { Parameters: { From: { Type: 'String', AllowedPattern: 'never' } } }
    const { notes } = await foretold(feeding('round', { version: '1.1.0', sections }))
    expect(notes).toMatch(/CloudFormation makes no change set with the present values: .*From/)
  })

  test('early validation, and an import of an export that is not there yet', async () => {
    for (const reason of ['AWS::EarlyValidation::ResourceExistenceCheck: Orders already exists', 'No export named fresh found']) {
      const { notes } = await foretold(feeding('round', { version: '1.1.0' }), (world) => refuse(world, reason))
      expect(notes).toContain(reason)
    }
  })

  test('a stack in a state that takes no update is told by a plan, and refused by a deployment', async () => {
    const { notes, world, stored } = await foretold(feeding('round', { version: '1.1.0' }), (world) =>
      world.cloud.enter(fed, 'UPDATE_ROLLBACK_FAILED'),
    )
    expect(notes).toContain('UPDATE_ROLLBACK_FAILED')
    const executed = world.cloud.count('executeChangeSet')
    expect((await world.run('deploy', { ...stored, consent: ['reader.Orders'] })).error).toMatchObject({ code: 'failed' })
    expect(world.cloud.count('executeChangeSet')).toBe(executed)
  })

  test('canary: a fault of the service is no reason, and fails the plan', async () => {
    const { world, stored } = await between(before, feeding('round', { version: '1.1.0' }))
    world.cloud.fail({ call: 'createChangeSet', stack: fed }, new TowpathError('denied', 'no'))
    expect((await world.run('plan', stored)).error).toMatchObject({ code: 'denied' })
  })
})

test('no change set that was made with present values outlives a plan or a deployment', async () => {
  const { world, stored } = await between(feeding(''), feeding('round', { version: '1.1.0', properties: { Size: 2 } }))
  await planned(world, stored)
  const left = async () => {
    const refs = (await Promise.all([feeder, fed].map((name) => world.cloud.listChangeSets(name)))).flat()
    const all = await Promise.all(refs.map((ref) => world.cloud.describeChangeSet(ref)))
    return all.filter((one) => one !== undefined && !one.execution.startsWith('EXECUTE_')).length
  }
  expect(await left()).toBe(0)
  await world.run('deploy', stored)
  expect(await left()).toBe(0)
})
