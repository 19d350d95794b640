import { afterEach, describe, expect, test } from '@jest/globals'
import { type DecisionKind, type Rule, rules } from '../../../src/deployment/target/decision-table.ts'
import { aService, type MemoryWorld, readyWorld } from '../../world/towpath.ts'

const name = 'delivery-staging-main'
const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })

const table = rules as Rule[]
const asItIs = [...rules]
afterEach(() => void table.splice(0, table.length, ...asItIs))

/** Changes the row of the table that decides this. */
function replaceRow(is: DecisionKind, row: Rule): void {
  const at = table.findIndex((rule) => rule.is === is)
  expect(at).toBeGreaterThanOrEqual(0)
  table.splice(at, 1, row)
}

/** What plan, apply and the proof that there is nothing to do each say of the stack, without a word of the others. */
async function saidOf(world: MemoryWorld) {
  const planned = await world.run('plan')
  const before = { changeSets: world.cloud.count('createChangeSet', name), log: world.bucket.keys('deployments/').length }
  const applied = await world.run('deploy')
  const [plan] = (planned.outputs.stacks ?? []) as readonly { readonly action: string }[]
  const [stack] = (applied.outputs.stacks ?? []) as readonly { readonly outcome: string }[]
  return {
    plan: plan?.action ?? planned.error?.code,
    apply: stack?.outcome ?? applied.error?.code,
    proved: world.bucket.keys('deployments/').length === before.log,
  }
}

async function deployed(): Promise<MemoryWorld> {
  const world = await readyWorld()
  await world.run('deploy')
  return world
}

describe('one row of the decision changed', () => {
  test('as it is, a stack that did not move is left alone by all three', async () => {
    expect(await saidOf(await deployed())).toEqual({ plan: 'none', apply: 'unchanged', proved: true })
  })

  test('what is proved is refused: by all three', async () => {
    const world = await deployed()
    replaceRow('proved', { is: 'refused', when: ({ proved }) => proved() })
    expect(await saidOf(world)).toEqual({ plan: 'failed', apply: 'waiting', proved: false })
  })

  test('nothing is proved any more: plan asks CloudFormation, apply does, and there is no proof', async () => {
    const world = await deployed()
    replaceRow('proved', { is: 'update', when: ({ proved }) => proved() })
    const asked = world.cloud.count('createChangeSet', name)
    expect(await saidOf(world)).toEqual({ plan: 'none', apply: 'unchanged', proved: false })
    expect(world.cloud.count('createChangeSet', name)).toBe(asked + 2)
  })

  test('what would be updated counts as proved: plan sees nothing, and apply has nothing to do', async () => {
    const world = await deployed()
    world.write(sized(2))
    replaceRow('update', { is: 'proved', when: ({ step }) => step === 'update' })
    const asked = world.cloud.count('createChangeSet', name)
    expect(await saidOf(world)).toEqual({ plan: 'none', apply: 'unchanged', proved: false })
    // The release is another one, so its record is written. From then on the proof says so too.
    expect(await saidOf(world)).toEqual({ plan: 'none', apply: 'unchanged', proved: true })
    expect(world.cloud.count('createChangeSet', name)).toBe(asked)
  })
})

describe('a stack of somebody else', () => {
  test('is stopped by the same gate, in the same words, wherever it is met', async () => {
    const world = await readyWorld()
    world.cloud.place({ name, template: { Resources: { Thing: { Type: 'Test::Towpath::Thing' } } } })
    const planned = await world.run('plan')
    const [stack] = planned.outputs.stacks as readonly { readonly gates: readonly { readonly reason: string }[] }[]
    const reason = `stack ${name} exists and is not of this service and environment`
    expect(stack?.gates).toEqual([expect.objectContaining({ gate: 'adopt', consent: 'adopt:main', reason })])
    expect((await world.run('deploy')).error).toMatchObject({ code: 'gated', message: expect.stringContaining(reason) })
  })

  test('that came between the plan and the apply is stopped by that gate too', async () => {
    const world = await readyWorld()
    const held = world.cloud.hold({ call: 'describe', stack: name, caller: 'somebody', nth: 2 })
    const run = world.run('deploy')
    await held.reached
    world.cloud.place({ name, template: { Resources: { Thing: { Type: 'Test::Towpath::Thing' } } } })
    held.release()
    const { error } = await run
    const reason = `stack ${name} exists and is not of this service and environment`
    expect(error).toMatchObject({ code: 'gated', message: expect.stringContaining(`stopped by a gate: ${reason}`) })
  })
})
