import { describe, expect, test } from '@jest/globals'
import { account, aPlatform, aService, type MemoryWorld, memoryWorld, readyWorld, region } from '../world/towpath.ts'

const arn = (name: string, of = account) => `arn:aws:iam::${of}:role/team/${name}`
const session = (name: string) => `arn:aws:sts::${account}:assumed-role/${name}/acme-delivery@1.1`
const roles = { deploy: arn('deployer'), execute: arn('executor'), plan: arn('planner') }

/** A platform whose staging has these roles, and maybe a bucket of its own. */
function platformWith(given: Readonly<Record<string, string>>, more = ''): Record<string, string> {
  const platform = aPlatform()
  const text = platform['/platform/platform.yml'] ?? ''
  const listed = Object.entries(given).map(([purpose, role]) => `${purpose}: "${role}"`)
  return {
    ...platform,
    '/platform/platform.yml': text.replace(`region: ${region} }`, `region: ${region}${more}, roles: { ${listed.join(', ')} } }`),
  }
}

const sized = (size: number) => aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: size } } } } } })
const callers = (world: MemoryWorld): readonly string[] => [...new Set(world.cloud.requests.map(({ caller }) => caller))]
const named = (world: MemoryWorld, call: string) => world.cloud.requests.filter((request) => request.call === call).map(({ role }) => role)

/** The errors of a world that is not as the platform needs it. */
async function published(platform: Record<string, string>): Promise<MemoryWorld> {
  const world = memoryWorld()
  world.write({ ...platform, ...aService() })
  const { error } = await world.run('sync-platform', { path: '/platform' })
  if (error) throw error
  return world
}

describe('the entry of an environment', () => {
  test('holds its roles', async () => {
    const { bucket } = await published(platformWith(roles))
    expect(bucket.json('environments/staging.json')).toMatchObject({ account, region, bucket: null, roles })
  })

  test.each([
    ['there are none', aPlatform()],
    ['the table is empty', platformWith({})],
  ])('is what it always was where %s', async (_, platform) => {
    const { bucket } = await published(platform)
    expect(Object.keys(bucket.json('environments/staging.json') as object).sort()).toEqual([
      'account',
      'bucket',
      'environment',
      'region',
      'schema',
    ])
  })

  test('a role of another account is refused, at its place', async () => {
    const world = memoryWorld()
    world.write(platformWith({ ...roles, execute: arn('executor', '000000000002') }))
    const { error } = await world.run('sync-platform', { path: '/platform' })
    expect(error).toMatchObject({
      code: 'bad-input',
      message: `environments.staging.roles.execute: the role is of account 000000000002, and the environment is in account ${account}`,
      at: { file: '/platform/platform.yml', line: 4 },
    })
  })
})

describe('an environment with roles', () => {
  test('is changed by the one that deploys, and its stacks are the work of the one that executes', async () => {
    const world = await readyWorld(platformWith(roles))
    expect((await world.run('deploy')).outputs.outcome).toBe('succeeded')
    expect(callers(world)).toEqual(['deployer'])
    expect(named(world, 'createChangeSet')).toEqual([roles.execute])
    world.write(sized(2))
    expect((await world.run('deploy')).outputs.outcome).toBe('succeeded')
    expect((await world.run('rollback', { service: 'delivery' })).outputs.outcome).toBe('succeeded')
    expect(named(world, 'createChangeSet')).toEqual(Array(3).fill(roles.execute))
    expect(callers(world)).toEqual(['deployer'])
    expect(world.cloud.roleOf('delivery-staging-main')).toBe(roles.execute)
  })

  test('is planned by the one that plans, which passes no role: CloudFormation keeps the one it has', async () => {
    const world = await readyWorld(platformWith(roles))
    await world.run('deploy')
    const { length } = world.cloud.requests
    world.write(sized(2))
    const planned = await world.run('plan', { path: '/service' })
    expect(planned.outputs['has-changes']).toBe(true)
    const asked = world.cloud.requests.slice(length)
    expect(asked.map(({ call }) => call)).toContain('createChangeSet')
    expect([...new Set(asked.map(({ caller, role }) => `${caller} ${role}`))]).toEqual(['planner undefined'])
    expect(world.cloud.roleOf('delivery-staging-main')).toBe(roles.execute)
  })

  test('has its failed creation deleted with the role that made it', async () => {
    const world = await readyWorld(platformWith(roles))
    const mend = world.cloud.failing('Thing', 'no')
    await world.run('deploy')
    mend()
    expect((await world.run('deploy')).outputs.outcome).toBe('succeeded')
    expect(named(world, 'deleteStack')).toEqual([roles.execute])
  })

  test('its own bucket is reached as that role, the platform bucket as before', async () => {
    const world = await readyWorld(platformWith(roles, ', bucket: acme-staging'))
    await world.run('deploy', {}, { name: 'base' })
    const by = (bucket: typeof world.bucket) =>
      [...new Set(bucket.requests.map(({ caller }) => caller))].filter((caller) => caller !== 'somebody')
    expect(by(world.bucket)).toEqual(['base'])
    expect(by(world.other)).toEqual(['deployer'])
  })

  test('nobody becomes who they are already', async () => {
    const world = await readyWorld(platformWith(roles))
    await world.run('deploy', {}, { name: 'base', arn: session('deployer') })
    expect(callers(world)).toEqual(['base'])
    // Canary: another role does.
    world.write(sized(2))
    await world.run('deploy', {}, { name: 'base', arn: session('deploy') })
    expect(callers(world)).toEqual(['base', 'deployer'])
  })

  test('is left alone by whoever has no role for it and is of another account', async () => {
    const world = await readyWorld(platformWith({ execute: roles.execute }))
    const { error } = await world.run('deploy', {}, { arn: 'arn:aws:iam::000000000009:user/x' })
    expect(error).toMatchObject({
      code: 'bad-input',
      message: `environment 'staging' is in account ${account}, and these credentials are of account 000000000009 (arn:aws:iam::000000000009:user/x)`,
    })
    expect(world.cloud.requests).toEqual([])
  })

  test('may be in another account than whoever becomes its role', async () => {
    const world = await readyWorld(platformWith(roles))
    const { outputs } = await world.run('deploy', {}, { arn: 'arn:aws:iam::000000000009:user/x' })
    expect(outputs.outcome).toBe('succeeded')
  })
})

describe('the role that executes is part of what is applied', () => {
  test('another one is a change, which is made once; none at all is what it was before there were roles', async () => {
    const world = await readyWorld(aPlatform())
    await world.run('deploy')
    const moveTo = async (platform: Record<string, string>, version: string): Promise<void> => {
      const text = (platform['/platform/platform.yml'] ?? '').replace('version: 1.0.0', `version: ${version}`)
      world.write({ ...platform, '/platform/platform.yml': text })
      const { error } = await world.run('sync-platform', { path: '/platform' })
      if (error) throw error
    }
    const changeSets = async (): Promise<number> => {
      const before = world.cloud.count('createChangeSet')
      expect((await world.run('deploy')).error).toBeUndefined()
      return world.cloud.count('createChangeSet') - before
    }
    await moveTo(platformWith({ deploy: roles.deploy, plan: roles.plan }), '1.0.1')
    const withoutExecutor = await changeSets()
    await moveTo(platformWith(roles), '1.0.2')
    const withExecutor = await changeSets()
    expect([withoutExecutor, withExecutor]).toEqual([0, 1])
    expect(await changeSets()).toBe(0)
  })

  test('and the plan is another one', async () => {
    const digests = await Promise.all(
      [aPlatform(), platformWith({}), platformWith(roles), platformWith({ ...roles, execute: arn('other') })].map(async (platform) => {
        const world = await readyWorld(platform)
        return (await world.run('plan', { path: '/service' })).outputs.digest
      }),
    )
    expect(digests[1]).toBe(digests[0])
    expect(new Set(digests).size).toBe(3)
  })
})
