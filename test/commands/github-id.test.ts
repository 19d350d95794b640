import { expect, test } from '@jest/globals'
import { parsePlatform } from '../../src/platform/read.ts'
import { memoryWorld } from '../world/towpath.ts'

const token = 'gho_secret'

test('github-id prints the whole line of a repository, as platform.yml takes it', async () => {
  const world = memoryWorld()
  const { outputs, error } = await world.run('github-id', { repository: 'acme/greeter' }, { token })
  expect(error).toBeUndefined()
  expect(outputs.line).toBe('  greeter: { repository: Acme/greeter, id: "123456789", owner-id: "77", blueprint: <name> }')
  const text = [
    'platform: acme',
    'version: 1.0.0',
    'environments: { staging: { account: "000000000001", region: eu-west-1 } }',
    'blueprints: { function: { stacks: { main: { template: main.yml } }, ship: { with: stack } } }',
    'services:',
    String(outputs.line).replace('<name>', 'function'),
  ]
  expect(parsePlatform(`${text.join('\n')}\n`, 'platform.yml').problems).toEqual([])
})

test('github-id says of an old repository that it sends names, and when it would not', async () => {
  const world = memoryWorld()
  const { outputs } = await world.run('github-id', { repository: 'acme/old' }, { token })
  expect(outputs.line).toBe(
    '  old: { repository: Acme/old, id: "123456789", owner-id: "77", subject: names, branch: trunk, blueprint: <name> }',
  )
  expect(world.lines.join()).toContain('renamed or moved since')
})

test('github-id refuses what is no repository, and tells where a token is needed', async () => {
  const world = memoryWorld()
  expect((await world.run('github-id', { repository: 'greeter' }, { token })).error?.code).toBe('bad-input')
  expect((await world.run('github-id', { repository: 'acme/secret' }, { token })).error?.code).toBe('not-found')
})
