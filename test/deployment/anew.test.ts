import { describe, expect, test } from '@jest/globals'
import { aPlatform, aTemplate, readyWorld } from '../world/towpath.ts'

const name = 'delivery-staging-main'

describe('point 5: nothing is proved that CloudFormation would read anew', () => {
  const anew = aPlatform({
    templates: {
      main: { ...aTemplate(), Parameters: { Image: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/image' } } },
    },
  })

  test('a stack with an SSM parameter gets a change set each time, and an empty one means unchanged', async () => {
    const world = await readyWorld(anew)
    await world.run('deploy')
    const before = world.cloud.count('createChangeSet', name)
    const { outputs, error } = await world.run('deploy')
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: false, stacks: [{ outcome: 'unchanged' }] })
    expect(world.cloud.count('createChangeSet', name)).toBe(before + 1)
    await world.run('plan')
    expect(world.cloud.count('createChangeSet', name)).toBe(before + 2)
  })

  test('any other stack is proved (the test can fail), unless it is forced', async () => {
    const world = await readyWorld()
    await world.run('deploy')
    const before = world.cloud.count('createChangeSet', name)
    expect((await world.run('deploy')).outputs).toMatchObject({ changed: false, deployment: 1 })
    await world.run('plan')
    expect(world.cloud.count('createChangeSet', name)).toBe(before)
    expect((await world.run('deploy', { force: true })).outputs).toMatchObject({ outcome: 'succeeded', changed: false })
    await world.run('plan', { force: true })
    expect(world.cloud.count('createChangeSet', name)).toBe(before + 2)
  })
})
