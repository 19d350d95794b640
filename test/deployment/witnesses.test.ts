import { describe, expect, test } from '@jest/globals'
import { intercept } from '../world/intercept.ts'
import { aPlatform, aService, aTemplate, type MemoryWorld, readyWorld, type Who } from '../world/towpath.ts'

const name = 'delivery-staging-main'
const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })
const theirs = aTemplate({ properties: { Size: 99 } })

async function deployedOnce(platform = aPlatform()): Promise<MemoryWorld> {
  const world = await readyWorld(platform)
  await world.run('deploy')
  world.write(sized(2))
  return world
}

/** A client beside which somebody does something, once: right before our first description of the stack after the execution. */
function beside(deed: () => void): Who {
  let executed = false
  let done = false
  return {
    intercept: intercept((_, method) => {
      if (method === 'executeChangeSet') executed = true
      if (method !== 'describe' || !executed || done) return
      done = true
      deed()
    }),
  }
}

describe('point 4: an update of somebody else right behind ours', () => {
  const cases: readonly [string, (world: MemoryWorld) => void, Parameters<typeof aPlatform>[0]][] = [
    ['an update', ({ cloud }) => void cloud.place({ name, template: theirs }), {}],
    [
      'an update of a stack with a nested one',
      ({ cloud }) => void cloud.place({ name, template: theirs }),
      {
        templates: {
          main: aTemplate({
            resources: { Child: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://s3.example/child' } } },
          }),
        },
      },
    ],
    [
      'a deletion, and another creation under the same name',
      ({ cloud }) => {
        cloud.vanish(name)
        cloud.place({ name, template: theirs })
      },
      {},
    ],
  ]
  test.each(cases)('%s: unknown, no proof, and the next deployment makes it live', async (_, deed, platform) => {
    const world = await readyWorld(aPlatform(platform))
    await world.run('deploy')
    world.write(sized(2))
    const { outputs, error } = await world.run(
      'deploy',
      {},
      beside(() => deed(world)),
    )
    expect(error).toMatchObject({ code: 'unknown' })
    expect(outputs).toMatchObject({ outcome: 'unknown', stacks: [{ outcome: 'unknown', outputs: {} }] })
    const record = world.bucket.json('deployments/staging/delivery/00000002.json') as { stacks: { main: { proof: unknown } } }
    expect(record.stacks.main.proof).not.toMatchObject({ time: world.cloud.stack(name)?.updated })
    const again = await world.run('deploy', { consent: ['adopt:main'] })
    expect(again.outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    expect(world.cloud.resources(name).find(({ logicalId }) => logicalId === 'Thing')?.properties).toMatchObject({ Size: 2 })
  })

  test('nobody beside us: succeeded (the test can fail)', async () => {
    const world = await deployedOnce()
    const { outputs } = await world.run(
      'deploy',
      {},
      beside(() => {}),
    )
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true })
  })
})

describe('point 9: no witness is alone', () => {
  const forever = Number.POSITIVE_INFINITY

  test('events that are never answered: the description tells the end, in less than a minute', async () => {
    const world = await deployedOnce()
    world.cloud.throttle({ call: 'events', times: forever })
    const from = world.clock.monotonic()
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true, stacks: [{ outcome: 'succeeded' }] })
    expect(world.clock.monotonic() - from).toBeLessThan(60_000)
    const again = await world.run('deploy')
    expect(again.outputs).toMatchObject({ outcome: 'succeeded', changed: false })
  })

  test('events that are never answered, and a failure', async () => {
    const world = await deployedOnce()
    world.cloud.failing('Thing', 'too big', { when: ['update'] })
    world.cloud.throttle({ call: 'events', times: forever })
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'failed', stacks: [{ outcome: 'failed' }] })
  })

  test('events that are never answered, and somebody else right behind us: never green', async () => {
    const world = await deployedOnce()
    world.cloud.throttle({ call: 'events', times: forever })
    let begun = false
    const { outputs } = await world.run(
      'deploy',
      {},
      {
        intercept: intercept((_, method) => {
          if (method !== 'describe' || world.cloud.stack(name)?.status === 'UPDATE_IN_PROGRESS') return
          if (world.cloud.count('executeChangeSet') === 2 && !begun) {
            begun = true
            world.cloud.place({ name, template: theirs })
          }
        }),
      },
    )
    expect(begun).toBe(true)
    expect(outputs).toMatchObject({ outcome: 'unknown' })
  })

  test('a description that is never answered: unknown within minutes, not at the end of the wait', async () => {
    const world = await deployedOnce()
    const { intercept: counted } = beside(() => world.cloud.throttle({ call: 'describe', times: forever }))
    const from = world.clock.monotonic()
    const { outputs } = await world.run('deploy', {}, counted ? { intercept: counted } : {})
    expect(outputs).toMatchObject({ outcome: 'unknown' })
    expect(world.clock.monotonic() - from).toBeLessThan(300_000)
  })

  test.each(['plan', 'deploy'])('%s: a busy stack that only the refusal of the change set shows is waited for', async (verb) => {
    const world = await deployedOnce()
    let begun = false
    const { outputs, error } = await world.run(
      verb,
      {},
      {
        intercept: intercept((_, method) => {
          if (method !== 'createChangeSet' || begun) return
          begun = true
          world.cloud.enter(name, 'UPDATE_IN_PROGRESS')
          void world.clock.sleep(20_000).then(() => world.cloud.enter(name, 'UPDATE_COMPLETE'))
        }),
      },
    )
    expect(error).toBeUndefined()
    expect(begun).toBe(true)
    if (verb === 'deploy') expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true })
    expect(world.lines.join('\n')).toContain(`waiting for stack ${name}, which is UPDATE_IN_PROGRESS`)
  })
})
