import { beforeAll, describe, expect, test } from '@jest/globals'
import { act, type Run } from './engine.ts'
import { aClone, addCallers, type Clone, change, push } from './repository.ts'
import { all, built, expectSteps, notesOf, onLinux, planned, rolesOf, toldOf, verdictsOf, withoutBuild, withScene } from './world.ts'

onLinux('service.yml', () => {
  const scene = withScene()
  let greeter: Clone
  let first: Run

  beforeAll(async () => {
    greeter = await aClone(scene.engine.folder, scene.github, 'greeter', { '.': 'examples/greeter' })
    await addCallers(greeter, 'service.yml')
    await push(greeter)
  })

  const run = (environment: Readonly<Record<string, string>> = {}): Promise<Run> =>
    act(scene.engine, greeter, { caller: 'service.yml', environment })
  const logs = async () => [await scene.log('greeter', 'staging'), await scene.log('greeter', 'production')]

  test('builds without credentials and takes one release through both environments', async () => {
    first = await run()
    expectSteps(first, [
      ...all('build/build', built),
      ...all('staging/plan', planned),
      'staging/apply/Deploy: success',
      'production/plan/Plan: success',
      'production/apply/Deploy: success',
    ])
    expect(first.code).toBe(0)
    const [staging, production] = [await scene.deployments('greeter', 'staging'), await scene.deployments('greeter', 'production')]
    const commit = greeter.github.refs.get('main')
    expect(staging).toEqual([expect.objectContaining({ kind: 'deploy', outcome: 'succeeded', actor: 'ada', commit })])
    expect(production.map(({ release }) => release)).toEqual(staging.map(({ release }) => release))
    for (const environment of ['staging', 'production'])
      expect(await scene.stack(`greeter-${environment}-function`)).toMatchObject({ StackStatus: 'CREATE_COMPLETE' })
    expect(notesOf(first)).toEqual([])
  })

  test('acts as the role of each job, by an id token for STS and nobody else, and in the build as nobody', () => {
    expect(rolesOf(first)).toEqual([
      'staging/plan/Compose the release: towpath-staging-plan',
      'staging/plan/Plan: towpath-staging-plan',
      'staging/apply/Deploy: towpath-staging-deploy',
      'production/plan/Plan: towpath-production-plan',
      'production/apply/Deploy: towpath-production-deploy',
    ])
    const tokens = scene.tokensAsked()
    expect(tokens.map((query) => query.get('audience'))).toEqual(Array(5).fill('sts.amazonaws.com'))
    expect(tokens.map((query) => query.get('environment'))).toEqual(['', '', 'staging', '', 'production'])
  })

  test('keeps a record of each deployment on GitHub, opened before and closed after, with where to look', () => {
    const opened = 'repos/create-deployment 201'
    const told = 'repos/create-deployment-status 201'
    expect(scene.asked().filter((line) => !line.startsWith('repos/list'))).toEqual([opened, told, told, opened, told, told])
    expect(toldOf(greeter.github)).toEqual([
      'deploy:greeter to staging: in_progress, success',
      'deploy:greeter to production: in_progress, success',
    ])
    const deployments = [...greeter.github.deployments.values()]
    expect(deployments.map(({ production }) => production)).toEqual([false, true])
    for (const { statuses, sha } of deployments) {
      expect(sha).toBe(greeter.github.refs.get('main'))
      for (const { logUrl } of statuses) expect(logUrl).toMatch(/^https:\/\/github\.com\/acme\/greeter\/actions\/runs\/\d+/)
    }
  })

  test('tells each step in its summary, the verdict first', () => {
    expect(verdictsOf(first)).toEqual([
      '### ✅ Service `greeter`: no problem found',
      expect.stringMatching(/^### ✅ Release `[0-9a-f]{12}` of `greeter`$/),
      '### 📝 `greeter` to `staging`: first deployment, 2 stacks with 10 resources',
      '### ✅ Deployment 1 of `greeter` to `staging` succeeded',
      '### 📝 `greeter` to `production`: first deployment, 2 stacks with 10 resources',
      '### ✅ Deployment 1 of `greeter` to `production` succeeded',
    ])
  })

  test('changes nothing when nothing has changed', async () => {
    const again = await run()
    expect(again.code).toBe(0)
    expect(verdictsOf(again).slice(2)).toEqual([
      '### ✅ `greeter` to `staging`: nothing to do',
      '### ✅ Nothing to do for `greeter` in `staging`',
      '### ✅ `greeter` to `production`: nothing to do',
      '### ✅ Nothing to do for `greeter` in `production`',
    ])
    expect(await logs()).toEqual([['deploy succeeded'], ['deploy succeeded']])
    // Nothing was deployed, so there is nothing to tell.
    expect(greeter.github.deployments.size).toBe(2)
  })

  test('stops at the environment where it fails, and tells GitHub', async () => {
    await change(greeter, 'cloudFormation/additions/inbox.yml', 'VisibilityTimeout: 60', 'VisibilityTimeout: 86400')
    await push(greeter)
    const ended = await run()
    expectSteps(ended, [...all('build/build', built), ...all('staging/plan', planned), 'staging/apply/Deploy: failure'])
    expect(ended.code).toBe(1)
    expect(await logs()).toEqual([['deploy succeeded', 'deploy failed'], ['deploy succeeded']])
    expect(toldOf(greeter.github).slice(2)).toEqual(['deploy:greeter to staging: in_progress, failure'])
    expect(notesOf(ended)).toEqual([
      expect.stringMatching(
        /^staging\/apply\/Deploy: error: stack 'inbox' failed at Queue .* VisibilityTimeout.*\n.*go back: towpath rollback/,
      ),
    ])
    expect(await scene.stack('greeter-staging-inbox')).toMatchObject({ StackStatus: 'UPDATE_ROLLBACK_COMPLETE' })
    expect(await scene.stack('greeter-production-inbox')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' })
  })

  test('by hand it deploys one environment, with a consent that names what is there', async () => {
    const other = await aClone(scene.engine.folder, scene.github, 'handmade', { '.': 'examples/greeter' })
    await addCallers(other, 'service.yml')
    await change(other, 'service.yml', 'service: greeter', 'service: handmade')
    await push(other)
    const dispatch = (inputs: Readonly<Record<string, string>>): Promise<Run> =>
      act(scene.engine, other, { caller: 'service.yml', event: 'workflow_dispatch', payload: { inputs } })
    const ended = await dispatch({ environment: 'production', consent: 'function.Function inbox.Queue' })
    if (ended.code !== 0) process.stderr.write(ended.text)
    expectSteps(withoutBuild(ended), [...all('production/plan', planned), 'production/apply/Deploy: success'])
    expect(await scene.log('handmade', 'staging')).toEqual([])
    expect(await scene.log('handmade', 'production')).toEqual(['deploy succeeded'])
    // One that names nothing ends the run before anybody is asked to approve it.
    const wrong = await dispatch({ environment: 'staging', consent: 'function.Functoin' })
    expect(wrong.steps.at(-1)).toBe('staging/plan/Plan: failure')
    expect(notesOf(wrong)).toEqual([expect.stringContaining("did you mean 'function.Function'?")])
  })

  test('refuses an archive that is not what the build made, before anything of it is unpacked', async () => {
    const before = await logs()
    const ended = await run({ TEST_TAMPER: 'x' })
    expectSteps(ended, [
      ...all('build/build', built),
      ...all('staging/plan', ['Check out', 'Take the archive over']),
      'staging/plan/Compose the release: failure',
    ])
    expect(ended.text).toMatch(/artefact\.tar\.gz' has digest sha256:[0-9a-f]{64}, not sha256:/)
    expect(await logs()).toEqual(before)
  })

  test('own-build.yml deploys what a build job of its own made', async () => {
    const counter = await aClone(scene.engine.folder, scene.github, 'counter', { '.': 'examples/counter' })
    await addCallers(counter, 'own-build.yml')
    await push(counter)
    const ended = await act(scene.engine, counter, { caller: 'own-build.yml' })
    expectSteps(withoutBuild(ended), [...all('staging/plan', planned), 'staging/apply/Deploy: success'])
    expect(await scene.log('counter', 'staging')).toEqual(['deploy succeeded'])
  })

  describe('with a mistake in the caller', () => {
    async function mistaken(name: string, from: string, to: string): Promise<Run> {
      const other = await aClone(scene.engine.folder, scene.github, name, { '.': 'examples/greeter' })
      await addCallers(other, 'own-build.yml')
      await change(other, 'service.yml', 'service: greeter', `service: ${name}`)
      await change(other, '.github/workflows/own-build.yml', from, to)
      await push(other)
      const ended = await act(scene.engine, other, { caller: 'own-build.yml' })
      expect(ended.code).toBe(1)
      expect(other.github.deployments.size).toBe(0)
      return ended
    }

    test('an environment that nobody has is named, with what there is, and nothing is changed', async () => {
      const ended = await mistaken('stagging', 'environment: staging', 'environment: stagging')
      expect(ended.steps.at(-1)).toBe('staging/plan/Plan: failure')
      expect(notesOf(ended)).toEqual([
        "staging/plan/Plan: error: the platform does not declare environment 'stagging'\ndid you mean 'staging'? it declares production, staging",
      ])
    })

    test('an account that is none is refused before anybody is asked for a token', async () => {
      scene.tokensAsked()
      const ended = await mistaken('short', '${{ fromJSON(vars.TOWPATH_ACCOUNTS).staging }}', '12345')
      expect(ended.steps.at(-1)).toBe('staging/plan/Compose the release: failure')
      expect(notesOf(ended)).toEqual([
        "staging/plan/Compose the release: error: '12345' is no AWS account\nan account has twelve digits; in YAML put them in quotes",
      ])
      expect(scene.tokensAsked()).toEqual([])
    })

    test('credentials of another account than the one that is named are not used', async () => {
      const ended = await mistaken(
        'elsewhere',
        '"${{ fromJSON(vars.TOWPATH_ACCOUNTS).staging }}"',
        '"111111111111", plan-role: "arn:aws:iam::000000000000:role/towpath-staging-plan"',
      )
      expect(notesOf(ended)).toEqual([
        "staging/plan/Compose the release: error: role 'arn:aws:iam::000000000000:role/towpath-staging-plan' is of account 000000000000, and only account 111111111111 is allowed\ncheck role and account (or TOWPATH_ROLE and TOWPATH_ACCOUNT): one of them is of another environment",
      ])
    })
  })
})
