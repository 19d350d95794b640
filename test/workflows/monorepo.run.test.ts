import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation'
import { beforeAll, expect, test } from '@jest/globals'
import { act, type Run } from './engine.ts'
import { put } from './process.ts'
import { aClone, addCallers, type Clone, change, push } from './repository.ts'
import { notesOf, onLinux, toldOf, withScene } from './world.ts'

onLinux('monorepo.yml', () => {
  const scene = withScene()
  let both: Clone
  let run: Run

  beforeAll(async () => {
    both = await aClone(scene.engine.folder, scene.github, 'both', {
      'services/greeter': 'examples/greeter',
      'services/counter': 'examples/counter',
    })
    // The greeter is built, and each service overrides what the platform gives.
    await change(both, 'services/greeter/service.yml', '  path: src', '  build: mkdir -p built && cp src/index.mjs built/\n  path: built')
    for (const service of ['greeter', 'counter']) {
      const file = join(both.folder, `services/${service}/cloudFormation/overrides/function.yml`)
      expect(await readFile(file, 'utf8')).toContain('Resources')
    }
    await addCallers(both, 'monorepo.yml', 'monorepo-service.yml')
    await push(both)
    run = await act(scene.engine, both, { caller: 'monorepo.yml' })
  })

  test('takes two services through both environments, each with its own overrides', async () => {
    if (run.code !== 0) process.stderr.write(run.text)
    expect(run.code).toBe(0)
    expect(notesOf(run)).toEqual([])
    for (const service of ['greeter', 'counter'])
      for (const environment of ['staging', 'production']) expect(await scene.log(service, environment)).toEqual(['deploy succeeded'])
    const [greeter, counter] = [await templateOf('greeter-production-function'), await templateOf('counter-production-function')]
    // The greeter's alarm and the counter's variable are what their overrides say.
    expect(greeter).toMatchObject({ Resources: { ErrorAlarm: { Properties: { EvaluationPeriods: 3 } } } })
    expect(counter).toMatchObject({ Resources: { ErrorAlarm: { Properties: { EvaluationPeriods: 1 } } } })
    const variables = { TABLE_NAME: { Ref: 'TableName' } }
    expect(counter).toMatchObject({ Resources: { Function: { Properties: { Environment: { Variables: variables } } } } })
    expect(JSON.stringify(greeter)).not.toContain('TABLE_NAME')
  })

  test('deploys one and the same release to both environments', async () => {
    for (const service of ['greeter', 'counter']) {
      const [staging] = await scene.deployments(service, 'staging')
      const [production] = await scene.deployments(service, 'production')
      expect(production?.release).toBe(staging?.release)
    }
  })

  test('keeps one record on GitHub for each service and environment', () => {
    expect(toldOf(both.github).toSorted()).toEqual(
      ['counter', 'greeter'].flatMap((service) =>
        ['production', 'staging'].map((environment) => `deploy:${service} to ${environment}: in_progress, success`),
      ),
    )
  })

  test('touches only the service that changed', async () => {
    await put(join(both.folder, 'services/counter/README.md'), 'Not part of what is deployed.\n')
    await change(both, 'services/greeter/src/index.mjs', "'world'", "'all'")
    await push(both)
    expect((await act(scene.engine, both, { caller: 'monorepo.yml' })).code).toBe(0)
    expect(await scene.log('greeter', 'production')).toEqual(['deploy succeeded', 'deploy succeeded'])
    expect(await scene.log('counter', 'production')).toEqual(['deploy succeeded'])
    expect(toldOf(both.github).slice(4).toSorted()).toEqual([
      'deploy:greeter to production: in_progress, success',
      'deploy:greeter to staging: in_progress, success',
    ])
  })

  async function templateOf(stack: string): Promise<unknown> {
    const cloudFormation = new CloudFormationClient(scene.aws.client('000000000000'))
    return JSON.parse((await cloudFormation.send(new GetTemplateCommand({ StackName: stack }))).TemplateBody ?? '{}')
  }
})
