import { join } from 'node:path'
import { beforeAll, expect, test } from '@jest/globals'
import { tokenFor } from '../../local/github/permission.ts'
import { act, type Run } from './engine.ts'
import { commit, ID_TOKEN_REQUEST, ID_TOKEN_URL, own } from './kit.ts'
import { put } from './process.ts'
import { aClone, type Clone, push } from './repository.ts'
import { ACCOUNT, BUCKET, notesOf, onLinux, rolesOf, toldOf, verdictsOf, withScene } from './world.ts'

onLinux('an action by itself, in a job of the service', () => {
  const scene = withScene()
  let greeter: Clone

  beforeAll(async () => {
    greeter = await aClone(scene.engine.folder, scene.github, 'greeter', { '.': 'examples/greeter' })
  })

  /** Runs steps in a job of environment staging, after a checkout, as a workflow that somebody wrote. */
  async function run(name: string, ...steps: readonly object[]): Promise<Run> {
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `\${{ vars.${ID_TOKEN_URL} }}&environment=staging`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: `\${{ vars.${ID_TOKEN_REQUEST} }}`,
    }
    const job = { 'runs-on': 'ubuntu-latest', env, steps: [{ name: 'Check out', uses: 'actions/checkout@v7' }, ...steps] }
    await put(join(greeter.folder, `.github/workflows/${name}.yml`), JSON.stringify({ name, on: 'push', jobs: { deploy: job } }))
    await push(greeter, name)
    return act(scene.engine, greeter, { caller: `${name}.yml` })
  }

  test('the root action is the whole deploy, and gives what came of it to the next step', async () => {
    const inputs = { path: '.', environment: 'staging', bucket: BUCKET, region: scene.aws.region, account: ACCOUNT }
    const deploy = {
      ...{ name: 'Deploy', id: 'deploy', uses: `${own}@${commit}` },
      with: { ...inputs, role: 'towpath-staging-deploy', 'github-token': tokenFor({ contents: 'read', deployments: 'write' }) },
    }
    const say = 'echo "$OUTCOME $NUMBER ${STACKS:0:9}"'
    const outputOf = (name: string): string => `\${{ steps.deploy.outputs.${name} }}`
    const env = { OUTCOME: outputOf('outcome'), NUMBER: outputOf('deployment'), STACKS: outputOf('stacks') }
    const ended = await run('direct', deploy, { name: 'Say', shell: 'bash', run: say, env })
    expect([ended.code, notesOf(ended)]).toEqual([0, []])
    expect(rolesOf(ended)).toEqual(['direct/deploy/Deploy: towpath-staging-deploy'])
    expect(ended.lines.filter(({ at }) => at.endsWith('/Say')).map(({ line }) => line)).toEqual(['succeeded 1 [{"stack"'])
    expect(verdictsOf(ended)).toEqual(['### ✅ Deployment 1 to `staging` succeeded'])
    expect(await scene.log('greeter', 'staging')).toEqual(['deploy succeeded'])
    expect(toldOf(greeter.github)).toEqual(['deploy:greeter to staging: in_progress, success'])
  })

  test('an input that it does not know fails it, where GitHub would only warn', async () => {
    const ended = await run('misspelt', {
      name: 'Go',
      uses: `${own}/actions/rollback@${commit}`,
      with: { path: '.', enviroment: 'staging' },
    })
    expect(ended.code).toBe(1)
    const [note = '', ...others] = notesOf(ended)
    expect(others).toEqual([])
    expect(note).toContain("deploy/Go: error: 3 inputs of rollback are wrong: rollback has no input 'enviroment'")
    expect(note.split('\n')).toContain("enviroment: did you mean 'environment'?")
    expect(await scene.log('greeter', 'staging')).toEqual(['deploy succeeded'])
  })
})
