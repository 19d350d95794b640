import { beforeAll, expect, test } from '@jest/globals'
import { act } from './engine.ts'
import { aClone, addCallers, type Clone, change, push } from './repository.ts'
import { all, expectSteps, notesOf, onLinux, rolesOf, toldOf, withScene } from './world.ts'

onLinux('platform.yml', () => {
  const scene = withScene({ platform: 'absent' })
  let platform: Clone

  beforeAll(async () => {
    platform = await aClone(scene.engine.folder, scene.github, 'platform', { '.': 'platform' })
    await addCallers(platform, 'platform.yml')
    await push(platform)
  })

  const each = (environment: string) => all(environment, ['plan/Check out', 'plan/Compose the release', 'plan/Plan', 'apply/Deploy'])
  const checked = all('platform/check', ['Choose the environments', 'Check out', 'Validate'])

  test('publishes, and deploys one environment after the other', async () => {
    const run = await act(scene.engine, platform, { caller: 'platform.yml' })
    expectSteps(run, [...checked, ...all('platform/publish', ['Check out', 'Publish']), ...each('staging'), ...each('production')])
    expect(run.code).toBe(0)
    expect(await scene.log('platform', 'staging')).toEqual(['deploy succeeded'])
    expect(await scene.log('platform', 'production')).toEqual(['deploy succeeded'])
    expect(rolesOf(run)).toEqual([
      'platform/publish/Publish: towpath-publish',
      ...['staging', 'production'].flatMap((environment) => [
        ...['Compose the release', 'Plan'].map((step) => `${environment}/plan/${step}: towpath-${environment}-plan`),
        `${environment}/apply/Deploy: towpath-${environment}-deploy`,
      ]),
    ])
    expect(toldOf(platform.github)).toEqual([
      'deploy:platform to staging: in_progress, success',
      'deploy:platform to production: in_progress, success',
    ])
    expect(await scene.stack('platform-staging-network')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' })
  })

  test('only checks on a pull request, and asks for no token', async () => {
    scene.asked()
    scene.tokensAsked()
    const pull_request = {
      number: 42,
      user: { login: 'ada' },
      head: { ref: 'change', repo: { full_name: 'acme/platform' } },
      base: { ref: 'main' },
    }
    const run = await act(scene.engine, platform, { caller: 'platform.yml', event: 'pull_request', payload: { number: 42, pull_request } })
    expectSteps(run, checked)
    expect([scene.asked(), scene.tokensAsked()]).toEqual([[], []])
  })

  test('refuses other content under a version that was published, before any environment', async () => {
    await change(platform, 'platform.yml', '10.1.0.0/16', '10.3.0.0/16')
    await push(platform)
    const run = await act(scene.engine, platform, { caller: 'platform.yml' })
    expectSteps(run, [...checked, ...all('platform/publish', ['Check out']), 'platform/publish/Publish: failure'])
    expect(notesOf(run)).toEqual([
      expect.stringMatching(
        /^platform\/publish\/Publish: error: platform release 1\.0\.0 is published already with other content: 'environments\.staging/,
      ),
    ])
    expect(await scene.log('platform', 'staging')).toEqual(['deploy succeeded'])
  })
})
