import { beforeAll, expect, jest, test } from '@jest/globals'
import { act } from './engine.ts'
import { aClone, addCallers, type Clone, change, push } from './repository.ts'
import { all, expectSteps, onLinux, withScene } from './world.ts'

jest.setTimeout(120_000)

onLinux('platform.yml', () => {
  const scene = withScene({ platform: 'absent' })
  let platform: Clone

  beforeAll(async () => {
    platform = await aClone(scene.engine.folder, scene.github, 'platform', { '.': 'platform' })
    await addCallers(platform, 'platform.yml')
    await push(platform)
  }, 300_000)

  const each = (environment: string) => all(environment, ['plan/Check out', 'plan/Compose the release', 'plan/Plan', 'apply/Deploy'])
  const checked = all('platform/check', ['Check out', 'Validate'])

  test('publishes, and deploys one environment after the other', async () => {
    const run = await act(scene.engine, platform, { caller: 'platform.yml' })
    expectSteps(run, [...checked, ...all('platform/publish', ['Check out', 'Publish']), ...each('staging'), ...each('production')])
    expect(run.code).toBe(0)
    expect(await scene.log('platform', 'staging')).toEqual(['deploy succeeded'])
    expect(await scene.log('platform', 'production')).toEqual(['deploy succeeded'])
  })

  test('only checks on a pull request, and asks for no token', async () => {
    scene.asked()
    const pull_request = {
      number: 42,
      user: { login: 'ada' },
      head: { ref: 'change', repo: { full_name: 'acme/platform' } },
      base: { ref: 'main' },
    }
    const run = await act(scene.engine, platform, { caller: 'platform.yml', event: 'pull_request', payload: { number: 42, pull_request } })
    expectSteps(run, checked)
    expect(scene.asked()).toEqual([])
  })

  test('refuses other content under a version that was published, before any environment', async () => {
    await change(platform, 'platform.yml', '10.1.0.0/16', '10.3.0.0/16')
    await push(platform)
    const run = await act(scene.engine, platform, { caller: 'platform.yml' })
    expectSteps(run, [...checked, ...all('platform/publish', ['Check out']), 'platform/publish/Publish: failure'])
    expect(await scene.log('platform', 'staging')).toEqual(['deploy succeeded'])
  })
})
