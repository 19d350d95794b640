import { describe, expect, test } from '@jest/globals'
import { type Deed, scriptFailed } from '../../world/codedeploy.ts'
import { aCodeScene } from './scene.ts'

const slow: Deed = () => 60_000
const sideBySide = { deploymentConfigName: 'CodeDeployDefault.AllAtOnce' }
const manyHosts = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`web-${index}`, slow]))

const rollsBack = { autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] } }

describe('fault 27: a group that is busy, and one that rolls back by itself', () => {
  test('its rollback is followed to its end: failed, and restored to the release before', async () => {
    let broken = false
    const deed: Deed = ({ event, revision }) =>
      broken && event === 'ValidateService' && revision.s3Location?.key !== first ? scriptFailed(42) : 1_000
    const { world, change, codeDeploy } = await aCodeScene({ hosts: { 'web-1': deed, 'web-2': deed }, group: rollsBack })
    const before = await world.run('deploy')
    const first = (before.outputs.rollout as { revision: { key: string } }).revision.key
    change('print(2)\n')
    broken = true
    const { outputs, error } = await world.run('deploy')
    expect(error?.message).toMatch(
      /^deployment d-\w+ failed, and CodeDeploy restored release \w{12} \(deployment d-\w+\): scripts\/validate/,
    )
    expect(outputs).toMatchObject({ outcome: 'failed', rollout: { restored: { outcome: 'succeeded' } } })
    expect(codeDeploy.account.deployments.size).toBe(3)
    // What was restored is another deployment than the record's, so it is not taken for granted later.
    broken = false
    expect((await world.run('rollback', { service: 'delivery' })).outputs).toMatchObject({
      outcome: 'succeeded',
      release: before.outputs.release,
    })
  })
})

describe('fault 28: Ansible dies midway', () => {
  test('the record keeps what each host came to, and the same command again goes on', async () => {
    let dies = true
    const deed: Deed = ({ event }) => (dies && event === 'AfterInstall' ? scriptFailed(137) : 1_000)
    const { world } = await aCodeScene({ hosts: { 'web-1': () => 1_000, 'web-2': deed }, group: sideBySide })
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'failed', changed: true })
    expect(world.bucket.json('deployments/staging/delivery/00000001.json')).toMatchObject({
      outcome: 'failed',
      rollout: {
        partial: true,
        hosts: [
          { name: 'web-1', outcome: 'succeeded' },
          { name: 'web-2', outcome: 'failed' },
        ],
      },
    })
    dies = false
    expect((await world.run('deploy')).outputs).toMatchObject({ outcome: 'succeeded', deployment: 2 })
  })
})

describe('what goes wrong around CodeDeploy', () => {
  test('a lost reply to CreateDeployment makes one deployment, which is followed', async () => {
    const { world, codeDeploy } = await aCodeScene()
    codeDeploy.next('CreateDeployment', 'lost')
    const { outputs, error } = await world.run('deploy')
    expect(error).toBeUndefined()
    expect(outputs).toMatchObject({ outcome: 'succeeded' })
    expect(codeDeploy.account.deployments.size).toBe(1)
  })

  test('an interruption stops the deployment, says so, and closes the record as unknown', async () => {
    const interrupt = new AbortController()
    let begun = 0
    const deed: Deed = () => {
      if (++begun === 3) interrupt.abort(new Error('Ctrl-C'))
      return 5_000
    }
    const { world, codeDeploy } = await aCodeScene({ hosts: { 'web-1': deed, 'web-2': deed } })
    const { outputs, error } = await world.run('deploy', {}, { interrupt: interrupt.signal })
    expect(error).toMatchObject({ code: 'interrupted', message: expect.stringMatching(/deployment d-\w+ is stopping/) })
    expect(outputs).toMatchObject({ outcome: 'unknown', changed: true })
    expect(world.bucket.json('deployments/staging/delivery/00000001.json')).toMatchObject({
      outcome: 'unknown',
      entries: expect.arrayContaining([
        expect.objectContaining({ kind: 'intent', does: 'stop-deployment', stack: null, group: 'production' }),
        expect.objectContaining({ kind: 'outcome', does: 'stop-deployment', result: 'STOPPING' }),
      ]),
    })
    expect(codeDeploy.count('StopDeployment')).toBe(1)
    expect(world.bucket.keys('locks/')).toEqual([])
  })

  test('a group that stays busy fails the deployment within its wait, and the record is closed', async () => {
    // Many hosts, one after the other: the virtual clock goes on while a revision is really zipped, and the group must still be busy then.
    const { world, codeDeploy } = await aCodeScene({ hosts: manyHosts })
    const s3Location = { bucket: 'else', key: 'else.zip', bundleType: 'zip', eTag: 'x' }
    codeDeploy.api('CreateDeployment', {
      ...{ applicationName: 'delivery', deploymentGroupName: 'production' },
      revision: { revisionType: 'S3', s3Location },
    })
    const { outputs, error } = await world.run('deploy', { wait: 10_000 })
    expect(error).toMatchObject({ code: 'locked', message: expect.stringContaining("group 'production' is busy with deployment d-") })
    expect(outputs).toMatchObject({ outcome: 'failed' })
    expect(world.bucket.json('deployments/staging/delivery/00000001.json')).toMatchObject({ outcome: 'failed' })
    expect(world.bucket.keys('locks/')).toEqual([])
  })
})
