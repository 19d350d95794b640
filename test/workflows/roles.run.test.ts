import { beforeAll, expect, test } from '@jest/globals'
import { loosen } from '../support/loose.ts'
import { act } from './engine.ts'
import { commit, own } from './kit.ts'
import { aClone, addCallers, type Clone, change, push } from './repository.ts'
import { ACCOUNT, BUCKET, notesOf, onLinux, rolesOf, withScene } from './world.ts'

/**
 * The callers with the roles that `bootstrap` makes, on a local AWS that judges who may do what, and id tokens of GitHub's stand-in. A job has
 * no other credentials. What this AWS cannot judge is loosened by the code that says so.
 */
onLinux('with the roles that are shipped', () => {
  const scene = withScene({ platform: 'absent', auth: true })
  let platform: Clone
  let greeter: Clone

  const callerOf = ({ name, github: { id, ownerId } }: Clone): readonly string[] => ['--repository', `acme/${name}=${id}@${ownerId}`]
  const logOf = (service: string): Promise<readonly string[]> => scene.log(service, 'staging')

  beforeAll(async () => {
    platform = await aClone(scene.engine.folder, scene.github, 'platform', { '.': 'platform' })
    greeter = await aClone(scene.engine.folder, scene.github, 'greeter', { '.': 'examples/greeter' })
    await addCallers(platform, 'platform.yml')
    await addCallers(greeter, 'own-build.yml', 'rollback.yml', 'plan.yml')
    // One environment is enough to see each role at work.
    await change(platform, '.github/workflows/platform.yml', / },\n.*production.*\}\]/, ' }]')
    await change(greeter, '.github/workflows/plan.yml', /\n.*environment: production.*/, '')
    const workflows = ['--workflows', `${own}@${commit}`]
    await scene.towpath('bootstrap', ...workflows, ...callerOf(platform))
    const made = await scene.towpath(
      ...['bootstrap', '--environment', 'staging', ...workflows, ...callerOf(platform), ...callerOf(greeter)],
    )
    // What is printed for platform.yml goes there, as a person would do it.
    await change(platform, 'platform.yml', / {2}staging:\n {4}account: .*\n {4}region: .*\n/, `${made.descriptor}\n`)
    expect(made).toMatchObject({ created: true, descriptor: expect.stringContaining('execute') })
    await loosen(scene.aws, {
      account: ACCOUNT,
      roles: ['towpath-publish', 'towpath-staging-plan', 'towpath-staging-deploy'],
      bucket: BUCKET,
    })
  })

  test('a platform is published and deployed', async () => {
    await push(platform)
    const run = await act(scene.engine, platform, { caller: 'platform.yml' })
    expect([run.code, notesOf(run)]).toEqual([0, []])
    expect(rolesOf(run).map((line) => line.replace(/^.*: /, ''))).toEqual([
      ...['towpath-publish', 'towpath-staging-plan', 'towpath-staging-plan', 'towpath-staging-deploy'],
    ])
    expect(await logOf('platform')).toEqual(['deploy succeeded'])
  })

  test('a service is deployed', async () => {
    await push(greeter)
    const run = await act(scene.engine, greeter, { caller: 'own-build.yml' })
    expect([run.code, notesOf(run)]).toEqual([0, []])
    expect(await logOf('greeter')).toEqual(['deploy succeeded'])
  })

  test('a pull request is planned', async () => {
    await change(greeter, 'cloudFormation/additions/inbox.yml', 'VisibilityTimeout: 60', 'VisibilityTimeout: 90')
    const main = greeter.github.refs.get('main') ?? ''
    const head = { ref: 'change', sha: await push(greeter), repository: 'acme/greeter' }
    greeter.github.pulls.set(42, { number: 42, title: 'change', state: 'open', author: 'ada', head, base: { ref: 'main', sha: main } })
    const pull_request = {
      ...{ number: 42, user: { login: 'ada' } },
      ...{ head: { ref: 'change', repo: { full_name: 'acme/greeter' } }, base: { ref: 'main' } },
    }
    const run = await act(scene.engine, greeter, {
      ...{ caller: 'plan.yml', event: 'pull_request', payload: { action: 'opened', number: 42, pull_request } },
    })
    expect([run.code, notesOf(run)]).toEqual([0, []])
    expect([...greeter.github.comments.values()].map(({ body }) => body)).toEqual([expect.stringContaining('`VisibilityTimeout`')])
  })

  test('a service is rolled back', async () => {
    expect((await act(scene.engine, greeter, { caller: 'own-build.yml' })).code).toBe(0)
    const run = await act(scene.engine, greeter, {
      ...{ caller: 'rollback.yml', event: 'workflow_dispatch', payload: { inputs: { environment: 'staging' } } },
    })
    expect([run.code, notesOf(run)]).toEqual([0, []])
    expect(await logOf('greeter')).toEqual(['deploy succeeded', 'deploy succeeded', 'rollback succeeded'])
  })

  test('a job is refused the role of an environment that it is not in, and is told what GitHub says of it', async () => {
    await change(
      greeter,
      '.github/workflows/rollback.yml',
      'environment: ${{ inputs.environment }}\n',
      'environment: ${{ inputs.environment }}\n      deploy-role: towpath-staging-deploy\n',
    )
    await push(greeter)
    const before = await logOf('greeter')
    const run = await act(scene.engine, greeter, {
      ...{ caller: 'rollback.yml', event: 'workflow_dispatch', payload: { inputs: { environment: 'production' } } },
    })
    expect(run.code).toBe(1)
    const [note = '', ...others] = notesOf(run)
    expect(others).toEqual([])
    expect(note.split('\n')).toEqual(
      expect.arrayContaining([
        "rollback/rollback/Roll back: error: this job may not act as role 'arn:aws:iam::000000000000:role/towpath-staging-deploy': Not authorized to perform sts:AssumeRoleWithWebIdentity",
        `  sub: repo:acme@12/greeter@${greeter.github.id}:environment:production`,
        "- the trust names another environment, or a branch: a job with `environment:` has no branch in its 'sub'",
      ]),
    )
    expect(await logOf('greeter')).toEqual(before)
  })

  test('a repository that nobody named is refused', async () => {
    const other = await aClone(scene.engine.folder, scene.github, 'stranger', { '.': 'examples/counter' })
    await addCallers(other, 'own-build.yml')
    await push(other)
    const run = await act(scene.engine, other, { caller: 'own-build.yml' })
    expect(run.steps.at(-1)).toBe('staging/plan/Compose the release: failure')
    expect(notesOf(run)).toEqual([expect.stringContaining(`--repository acme/stranger=${other.github.id}@12`)])
    expect(await logOf('counter')).toEqual([])
  })
})
