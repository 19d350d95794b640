import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../src/errors.ts'
import { intercept } from '../world/intercept.ts'
import { account, aPlatform, aService, type MemoryWorld, readyWorld, type Who } from '../world/towpath.ts'

const mine: Who = { name: 'ada', origin: { repositoryId: '7', repository: 'acme/delivery' } }
const foreign: Who = { name: 'mallory', origin: { repositoryId: '6666', repository: 'evil/repo' } }
const reborn: Who = { name: 'ada', origin: { repositoryId: '9', repository: 'acme/delivery' } }
const renamed: Who = { name: 'ada', origin: { repositoryId: '7', repository: 'acme/parcels' } }
const nobody: Who = { name: 'somebody' }
const proposal = { event: 'pull_request', attempt: 1 }

const delivery = 'delivery: { repository: acme/delivery, id: "7", owner-id: "77", blueprint: thing }'
const operators = `operators: ["arn:aws:iam::${account}:role/oncall", "arn:aws:iam::${account}:user/grace"]`

function session(role: string): Who {
  return { name: 'person', arn: `arn:aws:sts::${account}:assumed-role/${role}/person` }
}

/** A world in which delivery was deployed twice by its own repository, with a register of it or without. */
async function deployedTwice(register: string | undefined): Promise<{ world: MemoryWorld; first: string }> {
  const world = await readyWorld(aPlatform({ extra: register === undefined ? '' : `${operators}\nservices: { ${register} }` }))
  const { outputs, error } = await world.run('deploy', {}, mine)
  if (error) throw error
  world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
  await world.run('deploy', {}, mine)
  return { world, first: String(outputs.release) }
}

/** Everything that changes something, each as it is called of a service that is not one's own. */
const verbs: readonly (readonly [string, string, (first: string) => Readonly<Record<string, unknown>>])[] = [
  ['create-release', 'create-release --path', () => ({})],
  ['deploy', 'deploy --path', () => ({})],
  ['deploy', 'deploy --release', (first) => ({ service: 'delivery', release: first })],
  ['deploy-stacks', 'deploy-stacks --release', (first) => ({ service: 'delivery', release: first })],
  ['rollback', 'rollback --path', () => ({})],
  ['rollback', 'rollback --service', () => ({ service: 'delivery' })],
  ['log-deployment', 'log-deployment --version', () => ({ service: 'delivery', version: '2024', outcome: 'succeeded' })],
]

/** What is in the bucket, and what CloudFormation was asked to change. */
const state = (world: MemoryWorld) => [
  ...world.bucket.keys().map((key) => `${key} ${/\.json$/.test(key) ? JSON.stringify(world.bucket.json(key)) : ''}`),
  ...world.cloud.requests.filter(({ call }) => /execute|create|delete/i.test(call)).map(({ call }) => call),
]

describe.each([
  ['with a register', delivery],
  ['without one, by the first claim', undefined],
])('%s, of a service of another repository', (_, register) => {
  test.each(verbs)('%s is refused before anything is written (%s)', async (verb, __, inputs) => {
    const { world, first } = await deployedTwice(register)
    const before = state(world)
    const { error } = await world.run(verb, inputs(first), foreign)
    expect(error).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/'delivery'.*acme\/delivery \(id 7\), not (of|to) evil\/repo \(id 6666\)/),
    })
    expect(state(world)).toEqual(before)
  })

  test.each(verbs)('%s passes for its own repository, renamed or not (%s, canary)', async (verb, __, inputs) => {
    for (const who of [mine, renamed]) {
      const { world, first } = await deployedTwice(register)
      expect((await world.run(verb, inputs(first), who)).error).toBeUndefined()
    }
  })

  test.each(verbs)('%s is refused to a repository that was deleted and made again (%s)', async (verb, __, inputs) => {
    const { world, first } = await deployedTwice(register)
    expect((await world.run(verb, inputs(first), reborn)).error?.code).toBe('conflict')
  })
})

describe('with a register', () => {
  test('a service that it does not hold is refused, with the nearest name', async () => {
    const { world } = await deployedTwice(delivery)
    const { error } = await world.run('rollback', { service: 'delivrey' }, mine)
    expect(error).toMatchObject({ code: 'conflict', message: "the platform's register has no service 'delivrey'" })
    expect(error?.hint).toContain("did you mean 'delivery'?")
    expect(error?.hint).toContain('towpath github-id --repository acme/delivery')
  })

  test.each(['../billing', 'a/b', 'Billing'])('%s is no name of a service', async (service) => {
    const { world } = await deployedTwice(delivery)
    expect((await world.run('rollback', { service }, mine)).error?.code).toBe('bad-input')
  })

  test('no name is claimed: the register says whose it is, and --transfer has no effect', async () => {
    const { world } = await deployedTwice(delivery)
    expect(world.bucket.keys('services/delivery/owner.json')).toEqual([])
    expect((await world.run('create-release', { transfer: true }, mine)).error?.code).toBe('bad-input')
  })

  test('it is read as it is now: a service that is handed over cannot be rolled back by who had it', async () => {
    const { world } = await deployedTwice(delivery)
    world.write(aPlatform({ extra: `services: { ${delivery.replace('"7"', '"8"').replace('acme/', 'other/')} }` }))
    await world.run('sync-platform', { path: '/platform' })
    expect((await world.run('rollback', {}, mine)).error?.code).toBe('conflict')
    expect((await world.run('rollback', {}, { origin: { repositoryId: '8', repository: 'other/delivery' } })).error).toBeUndefined()
  })

  test.each<[string, string]>([
    ["an operator's role", 'oncall'],
    ["the environment's operator", 'towpath-staging-operator'],
  ])('%s acts for any service, and the record says so', async (_, role) => {
    const { world } = await deployedTwice(delivery)
    expect((await world.run('rollback', {}, session(role))).error).toBeUndefined()
    expect(world.bucket.json('deployments/staging/delivery/00000003.json')).toMatchObject({ origin: { as: 'operator' } })
    await world.run('log-deployment', { version: '1', outcome: 'succeeded' }, session(role))
    expect(world.bucket.json('deployments/staging/delivery/00000004.json')).toMatchObject({ origin: { as: 'operator' } })
  })

  test("the service's own role passes, as nobody else", async () => {
    const { world } = await deployedTwice(delivery)
    expect((await world.run('rollback', {}, session('towpath-staging-delivery-deploy'))).error).toBeUndefined()
    expect((world.bucket.json('deployments/staging/delivery/00000003.json') as { origin: object }).origin).not.toHaveProperty('as')
  })

  test.each([
    'towpath-staging-deploy',
    'towpath-production-operator',
    'towpath-staging-billing-deploy',
    'towpath-staging-delivery-plan',
    'oncall2',
  ])('%s is no identity that passes', async (role) => {
    const { world } = await deployedTwice(delivery)
    expect((await world.run('rollback', {}, session(role))).error?.code).toBe('conflict')
  })

  test("an operator's role of another account does not pass", async () => {
    const { world } = await deployedTwice(delivery)
    const { error } = await world.run('rollback', {}, { arn: 'arn:aws:sts::999999999999:assumed-role/oncall/person' })
    expect(error?.code).toMatch(/bad-input|conflict/)
  })

  test('on a laptop --repository says which repository it is, else the git remote, else it is refused', async () => {
    const { world } = await deployedTwice(delivery)
    expect((await world.run('rollback', {}, nobody)).error).toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('--repository acme/delivery'),
    })
    expect((await world.run('rollback', { repository: 'evil/repo' }, nobody)).error?.code).toBe('conflict')
    expect((await world.run('rollback', { repository: 'acme/delivery' }, nobody)).error).toBeUndefined()
    for (const [url, code] of [
      ['git@github.com:evil/repo.git', 'conflict'],
      ['/home/ada/acme/delivery', 'conflict'],
      ['git@github.com:acme/delivery.git', undefined],
      ['https://github.com/Acme/Delivery', undefined],
      ['ssh://git@github.com/acme/delivery.git', undefined],
    ] as const) {
      world.programs.git = (args) => (args[0] === 'remote' ? `${url}\n` : undefined)
      expect([url, (await world.run('deploy-stacks', { release: 'sha256', 'dry-run': true }, nobody)).error?.code]).toEqual([
        url,
        expect.anything(),
      ])
      expect([url, (await world.run('log-deployment', { version: '1', outcome: 'failed' }, nobody)).error?.code]).toEqual([url, code])
    }
  })

  test('in a workflow its own repository counts, whatever --repository says', async () => {
    const { world } = await deployedTwice(delivery)
    const { error } = await world.run('rollback', { repository: 'acme/delivery#7' }, foreign)
    expect(error).toMatchObject({ code: 'bad-input', message: expect.stringContaining('this workflow is of evil/repo') })
  })

  test('a service.yml with another blueprint is refused', async () => {
    const { world } = await deployedTwice(delivery)
    world.write(aPlatform({ extra: `services: { ${delivery.replace('blueprint: thing', 'blueprint: other')} }` }))
    const register = world.bucket.json('platform/register.json') as { services: { delivery: object } }
    world.bucket.put(
      'platform/register.json',
      JSON.stringify({ ...register, services: { delivery: { ...register.services.delivery, blueprint: 'other' } } }),
    )
    for (const verb of ['create-release', 'deploy'])
      expect((await world.run(verb, {}, mine)).error).toMatchObject({
        code: 'conflict',
        message: expect.stringContaining("follows blueprint 'thing'"),
      })
  })

  test('a stack of another name is its own only where the platform says so', async () => {
    const { world } = await deployedTwice(delivery)
    world.write(aService({ lines: ['stacks: { main: { name: billing-staging-main } }'] }))
    const before = state(world).length
    expect((await world.run('deploy', { consent: ['adopt:main'] }, mine)).error).toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('services.delivery.stacks.staging'),
    })
    expect(world.bucket.keys('locks/')).toEqual([])
    expect(state(world).length - before).toBeLessThanOrEqual(3) // the release and its blobs, which are nobody's right
  })

  test('a denial is never taken for "no register": nothing is changed, and bootstrap is named', async () => {
    const { world, first } = await deployedTwice(delivery)
    for (const [verb, , inputs] of verbs) {
      const before = state(world)
      const { error } = await world.run(verb, inputs(first), { ...mine, intercept: denied })
      expect(error).toMatchObject({ code: 'denied', hint: expect.stringContaining('towpath bootstrap --bucket') })
      expect(state(world)).toEqual(before)
    }
  })
})

/** Denies the register alone, as a role or a bucket does that an earlier version made. */
const denied = intercept((_, call, [key]) => {
  if (call === 'get' && key === 'platform/register.json') throw new TowpathError('denied', 's3:GetObject was denied')
})

describe('without a register', () => {
  test('a pull request claims no name, and its real team gets it', async () => {
    const world = await readyWorld()
    await world.run('create-release', {}, { ...foreign, workflow: proposal })
    expect(world.bucket.keys('services/delivery/owner.json')).toEqual([])
    expect((await world.run('create-release', {}, mine)).error).toBeUndefined()
    expect(world.bucket.json('services/delivery/owner.json')).toMatchObject({ id: '7' })
    expect((await world.run('create-release', {}, { ...foreign, workflow: proposal })).error?.code).toBe('conflict')
  })

  test('who is not known may still go back, and is told whose the service is', async () => {
    const { world } = await deployedTwice(undefined)
    expect((await world.run('rollback', {}, nobody)).error).toBeUndefined()
    expect(world.lines.join('\n')).toContain("the service name 'delivery' belongs to acme/delivery")
  })
})
