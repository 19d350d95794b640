import { describe, expect, test } from '@jest/globals'
import { TowpathError } from '../../../src/errors.ts'
import { outages } from '../../world/github/outages.ts'
import { stateOf } from '../../world/github/repository.ts'
import { intercept, killedAt } from '../../world/intercept.ts'
import { aPlatform, aService, aTemplate } from '../../world/towpath.ts'
import { commit, deployed, gitHubWorld, onGitHub, run, shownOnGitHub } from './support.ts'

const url = { Url: { Value: 'https://delivery.acme.test' } }

describe('on GitHub', () => {
  test('a deployment is announced as it is opened, and told how it ended with its log and its address', async () => {
    const world = await gitHubWorld(aPlatform({ templates: { main: aTemplate({ outputs: url }) } }))
    await deployed(world, 1)
    expect(world.github.deployments).toEqual([
      {
        id: 42,
        sha: commit(1),
        ref: commit(1),
        task: 'deploy:delivery',
        environment: 'staging',
        description: expect.stringMatching(/^deploy release [0-9a-f]{12} of delivery to staging \(deployment 1\)$/),
        payload: {
          schema: 'towpath/github-deployment@1',
          kind: 'deploy',
          service: 'delivery',
          environment: 'staging',
          deployment: 1,
          release: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          record: 's3://acme-platform/deployments/staging/delivery/00000001.json',
        },
        production_environment: false,
        transient_environment: false,
        created_at: expect.any(String),
        statuses: [
          expect.objectContaining({ state: 'in_progress', log_url: run(1), environment_url: '' }),
          expect.objectContaining({
            state: 'success',
            log_url: run(1),
            environment_url: 'https://delivery.acme.test',
            description: expect.stringMatching(/^succeeded: release [0-9a-f]{12} of delivery is live in staging \(deployment 1\)$/),
          }),
        ],
      },
    ])
    expect(world.github.requests[0]?.body).toMatchObject({ auto_merge: false, required_contexts: [] })
    expect(world.lines.filter((line) => line.includes('GitHub'))).toEqual([])
  })

  test('one that fails is a failure with its cause, and leaves the one before it live', async () => {
    const world = await gitHubWorld()
    await deployed(world, 1)
    world.cloud.failing('Thing', 'the tape ran out')
    await deployed(world, 2)
    expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery success', '2 deploy:delivery failure'])
    expect(world.github.deployments[1]?.statuses.at(-1)?.description).toMatch(/^failed \(deployment 2\): main Thing .*the tape ran out/)
  })

  test('one that a gate stops is a failure that names what it stops at', async () => {
    const table = (name: string) => ({ Type: 'AWS::DynamoDB::Table', Properties: { TableName: name } })
    const world = await gitHubWorld(aPlatform({ templates: { main: aTemplate({ resources: { Table: table('orders') } }) } }))
    await world.run('deploy', {}, onGitHub(world, 1))
    world.write(aService({ overrides: { main: { Resources: { Table: { Properties: { TableName: 'sales' } } } } } }))
    expect((await world.run('deploy', {}, onGitHub(world, 2))).error?.code).toBe('gated')
    expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery success', '2 deploy:delivery failure'])
    expect(world.github.deployments[1]?.statuses.at(-1)?.description).toMatch(/^failed \(deployment 2\): main\.Table stopped by a gate/)
  })

  test('nothing to do is no deployment', async () => {
    const world = await gitHubWorld()
    await deployed(world, 1)
    world.github.requests.length = 0
    await deployed(world, 1)
    expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery success'])
    expect(world.github.requests.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  test('a dry run tells nothing', async () => {
    const world = await gitHubWorld()
    await world.run('deploy', { 'dry-run': true }, onGitHub(world, 1))
    expect(world.github.requests).toEqual([])
  })

  test('a rollback is marked as such, and is of the commit that it goes back to', async () => {
    const world = await gitHubWorld()
    await deployed(world, 1)
    await deployed(world, 2)
    await world.run('rollback', {}, onGitHub(world, 3))
    expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery inactive', '2 deploy:delivery inactive', '3 rollback:delivery success'])
    expect(world.github.deployments[2]).toMatchObject({ ref: commit(1), statuses: [{}, { log_url: run(3) }] })
    expect(world.github.deployments[2]?.description).toMatch(/^roll back delivery to release [0-9a-f]{12} in staging \(deployment 3\)$/)
  })

  test('a rollback to what GitHub has no commit of any more is of the commit that goes back', async () => {
    const world = await gitHubWorld()
    await deployed(world, 1)
    await deployed(world, 2)
    world.github.forget(commit(1))
    await world.run('rollback', {}, onGitHub(world, 3))
    expect(world.github.deployments[2]).toMatchObject({ ref: commit(3), task: 'rollback:delivery' })
  })

  test('a rollback with nowhere to go tells nothing', async () => {
    const world = await gitHubWorld()
    await deployed(world, 1)
    world.github.requests.length = 0
    await world.run('rollback', {}, onGitHub(world, 2))
    expect(world.github.requests).toEqual([])
  })

  test('services that share an environment and a repository do not take one another for live no more', async () => {
    const world = await gitHubWorld()
    const other = (n: number) => ({ environment: 'staging', path: '/other', n })
    const files = aService({ name: 'billing' })
    world.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace('/service/', '/other/'), text])))
    await deployed(world, 1)
    await world.run('deploy', { path: other(2).path }, onGitHub(world, 2))
    await deployed(world, 3)
    expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery inactive', '1 deploy:billing success', '2 deploy:delivery success'])
  })

  test.each([
    ['staging', false],
    ['production', true],
  ] as const)('%s is production: %p', async (environment, production) => {
    const world = await gitHubWorld()
    await world.run('deploy', { environment }, onGitHub(world, 1))
    expect(world.github.deployments[0]).toMatchObject({ environment, production_environment: production, transient_environment: false })
  })

  test('without a token nothing is told, and with one that is no good it is said once', async () => {
    const world = await gitHubWorld()
    const { token: _, ...without } = onGitHub(world, 1)
    await world.run('deploy', {}, without)
    expect({ requests: world.github.requests, lines: world.lines.filter((line) => line.includes('GitHub')) }).toEqual({
      requests: [],
      lines: [],
    })
    expect((await deployed(world, 2, { token: 'gho_old' })).error).toBeUndefined()
    expect(world.lines.filter((line) => line.includes('GitHub'))).toEqual([
      'warning: GitHub was not told all of this deployment: GitHub refused to list deployments (401: Bad credentials); the token is no longer good: a job may have ended, or its time; the log has it, and the next run tells GitHub',
    ])
  })

  test('what the log has of before it was told at all is shown, oldest first, as of when it was', async () => {
    const world = await gitHubWorld()
    const { token: _, ...without } = onGitHub(world, 1)
    await world.run('deploy', {}, without)
    await world.clock.advance(86_400_000)
    await deployed(world, 2)
    expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery inactive', '2 deploy:delivery success'])
    expect(world.github.deployments[0]?.description).toMatch(/\(deployment 1, told late: it ended 2026-03-02 09:00 UTC\)$/)
    expect(world.lines).toContain('what GitHub showed of deployment 1 was behind the log, and is not any more')
  })
})

describe('a run that does not end well', () => {
  test('and is interrupted tells that the outcome is unknown, within half a second', async () => {
    const world = await gitHubWorld()
    await deployed(world, 1)
    const controller = new AbortController()
    const client = intercept((_, method) => {
      if (method === 'executeChangeSet') controller.abort(new TowpathError('interrupted', 'interrupted by SIGINT'))
    })
    expect((await deployed(world, 2, { interrupt: controller.signal, intercept: client })).error?.code).toBe('interrupted')
    expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery success', '2 deploy:delivery error'])
    expect(world.github.deployments[1]?.statuses.at(-1)?.description).toBe('outcome unknown (deployment 2): interrupted by SIGINT')
  })

  test.each(outages)('and is interrupted while GitHub is %s is over within half a second', async (outage) => {
    const world = await gitHubWorld()
    await deployed(world, 1)
    world.github.falls(outage)
    const controller = new AbortController()
    let since = 0
    const client = intercept((_, method) => {
      if (method !== 'executeChangeSet') return
      since = world.clock.monotonic()
      controller.abort(new TowpathError('interrupted', 'interrupted by SIGINT'))
    })
    await deployed(world, 2, { interrupt: controller.signal, intercept: client })
    expect(world.clock.monotonic() - since).toBeLessThanOrEqual(500)
    expect(world.bucket.keys('locks/')).toEqual([])
  })

  test('and is killed is closed by the next one, wherever it was killed', async () => {
    let k = 4
    for (; k < 200; k += 3) {
      const world = await gitHubWorld()
      await deployed(world, 1)
      world.write(aService({ overrides: { main: { Resources: { Thing: { Properties: { Size: 2 } } } } } }))
      const client = killedAt(k, 'after')
      const ended = await Promise.race([world.run('deploy', {}, { ...onGitHub(world, 2), intercept: client }), client.dead])
      if (ended) break
      const { outputs } = await world.run('deploy', {}, onGitHub(world, 3))
      const { outputs: log } = await world.run('log', { service: 'delivery' })
      const outcomes = (log.deployments as { outcome: string }[]).map(({ outcome }) => outcome)
      const states = outcomes.map((outcome, at) => (outcome === 'unknown' ? 'error' : at === outcomes.length - 1 ? 'success' : 'inactive'))
      expect({ k, outcome: outputs.outcome, states: world.github.deployments.map(stateOf) }).toEqual({ k, outcome: 'succeeded', states })
    }
    expect(k).toBeGreaterThan(30)
    expect(k).toBeLessThan(200)
  })
})

describe('a run after others', () => {
  test('takes back what two of them announced at the same time', async () => {
    const world = await gitHubWorld()
    const { token: _, ...without } = onGitHub(world, 1)
    await world.run('deploy', {}, without)
    await Promise.all([2, 3].map((n) => world.run('deploy', {}, onGitHub(world, n))))
    expect(world.github.deployments.length).toBe(2)
    await world.run('deploy', {}, onGitHub(world, 4))
    expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery success'])
  })

  test('leaves alone what GitHub has forgotten the state of, and what somebody made inactive', async () => {
    const world = await gitHubWorld()
    await deployed(world, 1)
    world.clock.setNow('2026-08-02T09:00:00.000Z')
    world.github.requests.length = 0
    await deployed(world, 1)
    expect(world.github.requests.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })

  test('asks and tells little: no more than three requests where there is nothing to do, and ten for a deployment', async () => {
    const world = await gitHubWorld()
    const counts: number[] = []
    for (let n = 1; n <= 6; n++) {
      for (const again of [false, true]) {
        world.github.requests.length = 0
        await deployed(world, n)
        counts.push(world.github.requests.length)
        expect({ n, again, few: world.github.requests.length <= (again ? 3 : 10) }).toEqual({ n, again, few: true })
      }
    }
    world.github.requests.length = 0
    await world.run('rollback', {}, onGitHub(world, 9))
    counts.push(world.github.requests.length)
    expect(counts).toEqual([3, 2, 6, 3, 7, 3, 7, 3, 7, 3, 7, 3, 7])
    // What creates content counts towards GitHub's secondary limits: about 80 a minute.
    expect(world.github.requests.filter(({ method }) => method === 'POST').length).toBe(4)
  })
})

test('nothing that GitHub is told holds the token or a value of a parameter', async () => {
  const world = await gitHubWorld(
    aPlatform({ stacks: { main: {} }, templates: { main: aTemplate({ parameters: ['Password'] }) } }),
    aService({ lines: ['environments: { staging: { parameters: { main: { Password: hunter2-hunter2 } } }}'] }),
  )
  world.cloud.failing('Thing', 'no good: hunter2-hunter2')
  await world.run('deploy', {}, onGitHub(world, 1))
  const sent = JSON.stringify(world.github.requests.map(({ body, path, query }) => ({ body, path, query })))
  expect(shownOnGitHub(world)).toEqual(['1 deploy:delivery failure'])
  expect(sent).not.toContain('hunter2')
  expect(sent).not.toContain(world.github.token)
  expect(world.lines.join('\n')).not.toContain(world.github.token)
})
