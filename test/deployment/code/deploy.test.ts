import { describe, expect, test } from '@jest/globals'
import { unzipped } from '../../artefact/support.ts'
import { type Deed, scriptFailed } from '../../world/codedeploy.ts'
import { aCodeScene } from './scene.ts'

const record = (n: number): string => `deployments/staging/delivery/${String(n).padStart(8, '0')}.json`

describe('deploy, of a service that ships by CodeDeploy', () => {
  test('puts its code live after its stacks, and records both', async () => {
    const { world, codeDeploy } = await aCodeScene()
    const { outputs, error } = await world.run('deploy')
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true, deployment: 1, cause: null })
    const rollout = {
      id: expect.stringMatching(/^d-/),
      revision: {
        bucket: world.bucket.bucket,
        key: expect.stringMatching(/^revisions\/delivery\/[0-9a-f]{64}\.zip$/),
        etag: expect.any(String),
      },
      hosts: [
        { name: 'web-1', outcome: 'succeeded' },
        { name: 'web-2', outcome: 'succeeded' },
      ],
    }
    expect(outputs.rollout).toEqual(rollout)
    const call = { stack: null, application: 'delivery', group: 'production', does: 'create-deployment' }
    expect(world.bucket.json(record(1))).toMatchObject({
      parts: ['stacks', 'code'],
      rollout,
      entries: expect.arrayContaining([
        expect.objectContaining({ kind: 'intent', ...call, id: null, token: expect.stringMatching(/^towpath-1-/) }),
        expect.objectContaining({ kind: 'outcome', ...call, id: expect.stringMatching(/^d-/), result: 'Succeeded', reason: null }),
      ]),
    })
    expect(codeDeploy.account.deployments.size).toBe(1)
    expect(world.lines).toContainEqual(expect.stringMatching(/^web-1: AfterInstall succeeded/))
  })

  test('gives the hosts the bundle with the values of the environment', async () => {
    const { world } = await aCodeScene()
    await world.run('deploy')
    const [key = ''] = world.bucket.keys('revisions/')
    const files = await unzipped(world.bucket.bytes(key) ?? Buffer.alloc(0))
    expect(JSON.parse(files.find(({ name }) => name === 'variables.json')?.text ?? '')).toEqual({
      service_port: 80,
      service_thing: expect.stringMatching(/Thing/),
    })
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['appspec.yml', 'artefact.zip', 'variables.json']))
  })

  test('does nothing where all is live, at the price of two reads of CodeDeploy', async () => {
    const { world, codeDeploy } = await aCodeScene()
    const first = await world.run('deploy')
    const before = codeDeploy.requests.length
    const keys = world.bucket.keys('')
    const { outputs } = await world.run('deploy')
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: false, deployment: 1, rollout: first.outputs.rollout })
    expect(codeDeploy.requests.slice(before).map(({ operation }) => operation)).toEqual(['GetDeploymentGroup', 'GetDeployment'])
    expect(world.bucket.keys('')).toEqual(keys)
  })

  test('deploys the code anew if somebody else deployed to the group since', async () => {
    const { world, codeDeploy } = await aCodeScene()
    await world.run('deploy')
    const s3Location = { bucket: 'else', key: 'else.zip', bundleType: 'zip', eTag: 'x' }
    codeDeploy.api('CreateDeployment', {
      ...{ applicationName: 'delivery', deploymentGroupName: 'production' },
      revision: { revisionType: 'S3', s3Location },
    })
    const { outputs, error } = await world.run('deploy')
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', changed: true, deployment: 2 })
    expect(codeDeploy.account.deployments.size).toBe(3)
  })
})

describe('a hook that fails', () => {
  test('fails the deployment with host, event, script, exit code and log; a rollback brings the revision before back', async () => {
    let broken = false
    const deed: Deed = ({ event }) => (broken && event === 'ValidateService' ? scriptFailed(42) : 1_000)
    const { world, change } = await aCodeScene({ hosts: { 'web-1': deed, 'web-2': deed } })
    const first = await world.run('deploy')
    const live = first.outputs.rollout as { revision: { key: string } }
    change('print(2)\n')
    broken = true
    const { outputs, error } = await world.run('deploy')
    expect(error).toMatchObject({
      code: 'failed',
      message: expect.stringMatching(
        /^deployment d-\w+ failed: no host has the new revision: scripts\/validate\.sh failed with exit code 42 in ValidateService on web-1$/,
      ),
    })
    expect(outputs).toMatchObject({
      outcome: 'failed',
      changed: true,
      cause: { stack: null, reason: 'scripts/validate.sh failed with exit code 42 in ValidateService on web-1' },
      rollout: {
        diagnosis: { failures: [{ hosts: ['web-1'], exitCode: 42, log: ['checking', 'connection refused'] }] },
        restored: null,
        hosts: [
          { name: 'web-1', outcome: 'failed' },
          { name: 'web-2', outcome: 'skipped' },
        ],
      },
    })
    expect(world.bucket.json(record(2))).not.toHaveProperty('rollout.diagnosis')
    broken = false
    const back = await world.run('rollback', { service: 'delivery' })
    expect(back.error).toBeUndefined()
    expect(back.outputs).toMatchObject({
      outcome: 'succeeded',
      release: first.outputs.release,
      rollout: { revision: { key: live.revision.key } },
    })
  })
})

describe('deploy-code', () => {
  test('deploys the code of a release whose stacks are live', async () => {
    const { world, codeDeploy } = await aCodeScene()
    const { release } = (await world.run('create-release')).outputs
    expect((await world.run('deploy-stacks', { service: 'delivery', release })).outputs).toMatchObject({
      outcome: 'succeeded',
      rollout: null,
    })
    expect(codeDeploy.requests).toEqual([])
    const { outputs, error } = await world.run('deploy-code', { service: 'delivery', release })
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded', deployment: 2, stacks: [{ stack: 'main', outcome: 'unchanged' }] })
    expect(world.bucket.json(record(2))).toMatchObject({
      parts: ['code'],
      rollout: { hosts: [{}, {}] },
      stacks: { main: { outcome: 'unchanged' } },
    })
    expect((await world.run('deploy-code', { service: 'delivery', release })).outputs).toMatchObject({ changed: false, deployment: 2 })
  })

  test('is refused unless the stacks of the release are live, and writes nothing', async () => {
    const { world, codeDeploy } = await aCodeScene()
    const { release } = (await world.run('create-release')).outputs
    const { error } = await world.run('deploy-code', { service: 'delivery', release })
    expect(error).toMatchObject({
      code: 'failed',
      message: expect.stringMatching(/^the stacks of release \w{12} of delivery are not live in staging$/),
    })
    expect(world.bucket.keys('deployments/')).toEqual([])
    expect(codeDeploy.requests).toEqual([])
  })
})
