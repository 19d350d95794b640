import { describe, expect, test } from '@jest/globals'
import { aService, readyWorld } from '../../world/towpath.ts'

const origin = { run: 'https://example.org/run/1' }

/** A world in which a first deployment, of another size, waits for CloudFormation; `finish` lets it go on. */
async function underWay() {
  const world = await readyWorld()
  expect((await world.run('deploy')).error).toBeUndefined()
  world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
  const release = world.cloud.park('delivery-staging-main', 'Thing')
  const first = world.run('deploy', {}, { name: 'ada', origin })
  await world.clock.advance(5_000)
  world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 3 } } } } } }))
  const { outputs } = await world.run('create-release')
  const plan = { service: 'delivery', release: String(outputs.release) }
  const finish = async () => {
    release()
    return first
  }
  return { world, plan, finish }
}

describe('a plan that waits', () => {
  test('is of what the deployment under way leaves, so that the next one may be held to it', async () => {
    const { world, plan, finish } = await underWay()
    const waiting = world.run('plan', { ...plan, wait: 600_000 })
    await world.clock.advance(20_000)
    expect(world.lines).toContain('waiting for deployment 2 by ada (https://example.org/run/1)')
    expect((await finish()).outputs).toMatchObject({ outcome: 'succeeded', deployment: 2 })
    const { digest } = (await waiting).outputs
    expect((await world.run('deploy', { ...plan, plan: digest })).outputs).toMatchObject({ outcome: 'succeeded', deployment: 3 })
  })

  test('gives up when its time is over, and says that the plan may be out of date', async () => {
    const { world, plan, finish } = await underWay()
    const waiting = world.run('plan', { ...plan, wait: 90_000 })
    await world.clock.advance(120_000)
    expect(world.lines.filter((line) => line.includes('may be out of date'))).toHaveLength(1)
    await finish()
    expect((await waiting).outputs['has-changes']).toBe(true)
  })

  test('does not wait for a holder that gives no sign of life', async () => {
    const world = await readyWorld()
    const lock = { schema: 'towpath/lock@1', holder: 'ada', token: 'dead', run: null, epoch: 1, counter: 1 }
    await world.bucket.as('ada').create('locks/staging/delivery.json', new TextEncoder().encode(JSON.stringify(lock)))
    const waiting = world.run('plan', { wait: 3_600_000 })
    await world.clock.advance(70_000)
    expect((await waiting).error).toBeUndefined()
    expect(world.lines.filter((line) => line.startsWith('warning: deployment 1 by ada gave no sign of life'))).toHaveLength(1)
  })

  test('is made at once where it need not wait', async () => {
    const { world, plan, finish } = await underWay()
    const planning = world.run('plan', { ...plan, wait: 0 })
    await finish()
    await planning
    expect(world.lines.filter((line) => line.startsWith('waiting for deployment'))).toEqual([])
  })
})
