import { beforeAll, expect, test } from '@jest/globals'
import { act, type Run } from './engine.ts'
import { aClone, addCallers, type Clone, change, push } from './repository.ts'
import { all, expectSteps, notesOf, onLinux, rolesOf, toldOf, verdictsOf, withScene } from './world.ts'

onLinux('rollback.yml', () => {
  const scene = withScene()
  let greeter: Clone

  beforeAll(async () => {
    greeter = await aClone(scene.engine.folder, scene.github, 'greeter', { '.': 'examples/greeter' })
    await addCallers(greeter, 'own-build.yml', 'rollback.yml')
    await push(greeter, 'first')
    await act(scene.engine, greeter, { caller: 'own-build.yml' })
    await change(greeter, 'src/index.mjs', "'world'", "'all'")
    await push(greeter, 'second')
    await act(scene.engine, greeter, { caller: 'own-build.yml' })
  })

  const dispatch = (inputs: Readonly<Record<string, string>>): Promise<Run> =>
    act(scene.engine, greeter, { caller: 'rollback.yml', event: 'workflow_dispatch', payload: { inputs } })

  test('goes back to the release that worked, on dispatch, and marks it as a rollback on GitHub', async () => {
    const [first, second] = await scene.deployments('greeter', 'staging')
    const run = await dispatch({ environment: 'staging' })
    expectSteps(run, all('rollback/rollback', ['Check out', 'Roll back']))
    expect(run.code).toBe(0)
    const deployments = await scene.deployments('greeter', 'staging')
    expect(deployments.at(-1)).toMatchObject({ kind: 'rollback', outcome: 'succeeded', release: first?.release, actor: 'ada' })
    expect(rolesOf(run)).toEqual(['rollback/rollback/Roll back: towpath-staging-deploy'])
    expect(toldOf(greeter.github)).toEqual([
      'deploy:greeter to staging: in_progress, success, inactive',
      'deploy:greeter to staging: in_progress, success, inactive',
      'rollback:greeter to staging: in_progress, success',
    ])
    expect(verdictsOf(run)).toEqual(['### ✅ Deployment 3 to `staging`, a rollback, succeeded'])
    expect(second?.release).not.toBe(first?.release)
  })

  test('goes to the release that is named', async () => {
    const [, second] = await scene.deployments('greeter', 'staging')
    const run = await dispatch({ environment: 'staging', release: (second?.release ?? '').replace('sha256:', '').slice(0, 12) })
    expect(run.code).toBe(0)
    expect((await scene.deployments('greeter', 'staging')).at(-1)).toMatchObject({ kind: 'rollback', release: second?.release })
  })

  test('refuses an environment that there is not, and changes nothing', async () => {
    const before = await scene.log('greeter', 'staging')
    const run = await dispatch({ environment: 'Nowhere' })
    expect(run.code).toBe(1)
    expect(run.steps.at(-1)).toBe('rollback/rollback/Roll back: failure')
    expect(notesOf(run)).toEqual([
      "rollback/rollback/Roll back: error: the platform does not declare environment 'Nowhere'\nchoose one that it declares (production, staging), or add it there",
    ])
    expect(await scene.log('greeter', 'staging')).toEqual(before)
  })
})
