import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { act, type Run } from './engine.ts'
import { aClone, addCallers, type Clone, change, push } from './repository.ts'
import { all, built, expectSteps, onLinux, planned, withoutBuild, withScene } from './world.ts'

jest.setTimeout(120_000)

onLinux('service.yml', () => {
  const scene = withScene()
  let greeter: Clone

  beforeAll(async () => {
    greeter = await aClone(scene.engine.folder, scene.github, 'greeter', { '.': 'examples/greeter' })
    await addCallers(greeter, 'service.yml')
    await push(greeter)
  })

  const run = (environment: Readonly<Record<string, string>> = {}): Promise<Run> =>
    act(scene.engine, greeter, { caller: 'service.yml', environment })
  const logs = async () => [await scene.log('greeter', 'staging'), await scene.log('greeter', 'production')]

  test('builds without credentials and takes one release through both environments', async () => {
    const ended = await run()
    expectSteps(ended, [
      ...all('build/build', built),
      ...all('staging/plan', planned),
      'staging/apply/Deploy: success',
      'production/plan/Plan: success',
      'production/apply/Deploy: success',
    ])
    expect(ended.code).toBe(0)
    const [staging, production] = [await scene.deployments('greeter', 'staging'), await scene.deployments('greeter', 'production')]
    expect(staging).toEqual([expect.objectContaining({ kind: 'deploy', outcome: 'succeeded', actor: 'ada' })])
    expect(production.map(({ release }) => release)).toEqual(staging.map(({ release }) => release))
    expect(ended.summaries.at(-1)).toContain('greeter')
  })

  test('asks for an id token in the jobs that may, for STS and nobody else, and keeps a record of each deployment on GitHub', () => {
    const asked = scene.asked()
    const tokens = asked.filter(({ operation }) => operation === 'oidc').map(({ url }) => new URL(url, 'http://github').searchParams)
    expect(tokens.map((query) => query.get('audience'))).toEqual(tokens.map(() => 'sts.amazonaws.com'))
    expect(new Set(tokens.map((query) => query.get('environment')))).toEqual(new Set(['', 'staging', 'production']))
    expect(
      [...greeter.github.deployments.values()].map(({ environment, production, statuses }) => [
        environment,
        production,
        statuses.at(-1)?.state,
      ]),
    ).toEqual([
      ['staging', false, 'success'],
      ['production', true, 'success'],
    ])
  })

  test('changes nothing when nothing has changed', async () => {
    const { code } = await run()
    expect(code).toBe(0)
    expect(await logs()).toEqual([['deploy succeeded'], ['deploy succeeded']])
  })

  test('stops at the environment where it fails, and tells GitHub', async () => {
    await change(greeter, 'cloudFormation/additions/inbox.yml', 'VisibilityTimeout: 60', 'VisibilityTimeout: 86400')
    await push(greeter)
    const ended = await run()
    expectSteps(ended, [...all('build/build', built), ...all('staging/plan', planned), 'staging/apply/Deploy: failure'])
    expect(ended.code).toBe(1)
    expect(await logs()).toEqual([['deploy succeeded', 'deploy failed'], ['deploy succeeded']])
    expect([...greeter.github.deployments.values()].at(-1)?.statuses.at(-1)?.state).toBe('failure')
  })

  test('refuses an archive that is not what the build made, before anything of it is unpacked', async () => {
    const before = await logs()
    const ended = await run({ TEST_TAMPER: 'x' })
    expectSteps(ended, [
      ...all('build/build', built),
      ...all('staging/plan', ['Check out', 'Take the archive over']),
      'staging/plan/Check and unpack the archive: failure',
    ])
    expect(ended.text).toContain('artefact.tar.gz: FAILED')
    expect(await logs()).toEqual(before)
  })
})

onLinux('own-build.yml', () => {
  const scene = withScene()

  test('deploys what a build job of its own made', async () => {
    const counter = await aClone(scene.engine.folder, scene.github, 'counter', { '.': 'examples/counter' })
    await addCallers(counter, 'own-build.yml')
    await push(counter)
    const ended = await act(scene.engine, counter, { caller: 'own-build.yml' })
    expectSteps(withoutBuild(ended), [...all('staging/plan', planned), 'staging/apply/Deploy: success'])
    expect(await scene.log('counter', 'staging')).toEqual(['deploy succeeded'])
  })

  describe('with an environment that nobody has', () => {
    test('fails before anything is changed, and names it', async () => {
      const other = await aClone(scene.engine.folder, scene.github, 'other', { '.': 'examples/greeter' })
      await addCallers(other, 'own-build.yml')
      await change(other, '.github/workflows/own-build.yml', 'environment: staging', 'environment: stagging')
      await push(other)
      const ended = await act(scene.engine, other, { caller: 'own-build.yml' })
      expect(ended.code).toBe(1)
      expect(ended.steps.at(-1)).toMatch(/^staging\/plan\/.*: failure$/)
      expect(ended.text).toContain('stagging')
    })
  })
})
