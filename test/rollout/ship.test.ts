import { describe, expect, test } from '@jest/globals'
import { findByToken } from '../../src/rollout/find.ts'
import { shipCode, shipped } from '../../src/rollout/ship.ts'
import { scriptFailed } from '../world/codedeploy.ts'
import { aRevision, aScene, fourHosts } from './scene.ts'

const sideBySide = { deploymentConfigName: 'CodeDeployDefault.AllAtOnce' }
const rollsBack = { autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] } }
/** A host that fails in ValidateService, with the second revision. */
const broken = ({ event, revision }: { event: string; revision: { s3Location?: { key?: string | undefined } | undefined } }) =>
  event === 'ValidateService' && revision.s3Location?.key?.includes('two') ? scriptFailed(42) : 1_000

describe('a revision goes live', () => {
  test('on every host, each event told once and in order; the intent comes before the call', async () => {
    const scene = aScene({ hosts: { 'web-1': () => 1_500, 'web-2': () => 1_500 } })
    const result = await shipCode(scene.request())
    expect(result).toEqual({
      outcome: 'succeeded',
      rollout: {
        id: expect.stringMatching(/^d-/),
        revision: aRevision('one'),
        hosts: [
          { name: 'web-1', outcome: 'succeeded' },
          { name: 'web-2', outcome: 'succeeded' },
        ],
      },
    })
    expect(scene.journal).toEqual([
      'intent create-deployment',
      'outcome create-deployment of an id: begun',
      'outcome create-deployment of an id: Succeeded',
    ])
    const ends = scene.told.filter((line) => /^web-1: .* Succeeded$/.test(line))
    expect(ends).toEqual(
      [
        ...['ApplicationStop', 'DownloadBundle', 'BeforeInstall', 'Install', 'AfterInstall', 'ApplicationStart', 'ValidateService'],
        'host',
      ].map((event) => `web-1: ${event} Succeeded`),
    )
    const [rollout] = [...scene.codeDeploy.account.deployments.values()]
    expect(rollout?.info).toMatchObject({
      description: '[towpath-delivery-7] release 0123',
      revision: { s3Location: { eTag: 'one', bundleType: 'zip' } },
    })
  })

  test('without a deployment if it is proved to be live already: two reads', async () => {
    const scene = aScene()
    const { rollout } = await shipCode(scene.request())
    const before = scene.codeDeploy.count()
    const last = { id: rollout.id, revision: aRevision('one') }
    expect(await shipCode(scene.request({ last }))).toMatchObject({ outcome: 'unchanged', rollout: { id: rollout.id } })
    expect(scene.codeDeploy.count() - before).toBe(2)
    expect(scene.codeDeploy.account.deployments.size).toBe(1)
  })

  test.each([
    ['the record is of another revision', { revision: aRevision('other') }],
    ['the record names another deployment', { id: 'd-AAAAAAAAA' }],
  ])('anew if %s', async (_, more) => {
    const scene = aScene()
    const { rollout } = await shipCode(scene.request())
    const last = { id: rollout.id, revision: aRevision('one'), ...more }
    expect(await shipCode(scene.request({ last, token: 'towpath-delivery-8' }))).toMatchObject({ outcome: 'succeeded' })
    expect(scene.codeDeploy.account.deployments.size).toBe(2)
  })

  test('anew if somebody else has deployed since', async () => {
    const scene = aScene()
    const { rollout } = await shipCode(scene.request())
    await shipCode(scene.request({ revision: aRevision('other'), token: 'else' }))
    const last = { id: rollout.id, revision: aRevision('one') }
    expect(await shipCode(scene.request({ last, token: 'again' }))).toMatchObject({ outcome: 'succeeded' })
  })

  test.each(['Baking', 'a status that nobody knows'])('though it passes through %s', async (status) => {
    const scene = aScene({ timing: { baking: 5_000 } })
    const shipping = shipCode(scene.request())
    const [deployment] = [...scene.codeDeploy.account.deployments.values()]
    if (status !== 'Baking' && deployment) deployment.info = { ...deployment.info, status: 'Simmering' as 'Baking' }
    expect(await shipping).toMatchObject({ outcome: 'succeeded' })
  })
})

describe('it fails', () => {
  test('with a cause in one line, host by host, and the rest is skipped', async () => {
    const scene = aScene({ hosts: { ...fourHosts, 'web-2': broken } })
    const result = await shipCode(scene.request({ revision: aRevision('two') }))
    expect(result).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^deployment d-\w+ failed: only 1 of 4 hosts have the new revision$/),
      restored: null,
      diagnosis: {
        cause: 'scripts/validate.sh failed with exit code 42 in ValidateService on web-2',
        failures: [
          {
            hosts: ['web-2'],
            event: 'ValidateService',
            script: 'scripts/validate.sh',
            exitCode: 42,
            log: ['checking', 'connection refused'],
          },
        ],
      },
      rollout: {
        partial: true,
        hosts: [
          { name: 'web-1', outcome: 'succeeded' },
          { name: 'web-2', outcome: 'failed' },
          { name: 'web-3', outcome: 'skipped' },
          { name: 'web-4', outcome: 'skipped' },
        ],
      },
    })
    expect(scene.journal.at(-1)).toBe(
      'outcome create-deployment of an id: Failed (scripts/validate.sh failed with exit code 42 in ValidateService on web-2)',
    )
  })

  test('though CodeDeploy calls one good host of four a success: partial', async () => {
    const scene = aScene({
      hosts: { ...fourHosts, 'web-1': broken, 'web-2': broken, 'web-3': broken },
      group: { ...sideBySide, ...rollsBack },
    })
    expect(await shipCode(scene.request({ revision: aRevision('two') }))).toMatchObject({
      outcome: 'failed',
      rollout: { partial: true },
      restored: null,
      diagnosis: { cause: 'scripts/validate.sh failed with exit code 42 in ValidateService on web-1 and 2 more hosts' },
    })
  })

  // Fault 27.
  test('and CodeDeploy restores what was there: followed by its id, though it is told late', async () => {
    const scene = aScene({ hosts: { ...fourHosts, 'web-1': broken }, group: rollsBack, timing: { rollbackInfo: 4_000 } })
    await shipCode(scene.request())
    const result = await shipCode(scene.request({ revision: aRevision('two'), token: 'second', nameOf: ({ etag }) => `release ${etag}` }))
    expect(result).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^deployment d-\w+ failed, and CodeDeploy restored release one \(deployment d-\w+\)$/),
      restored: { outcome: 'succeeded', revision: aRevision('one') },
    })
    expect(scene.codeDeploy.account.deployments.size).toBe(3)
    expect([...scene.codeDeploy.account.deployments.values()].every(({ info }) => info.completeTime !== undefined)).toBe(true)
  })

  test('and so does the rollback of CodeDeploy', async () => {
    let failing = false
    const scene = aScene({ hosts: { 'web-1': () => (failing ? scriptFailed(1) : 1_000) }, group: rollsBack })
    await shipCode(scene.request())
    failing = true
    expect(await shipCode(scene.request({ revision: aRevision('two'), token: 'second' }))).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/failed, and so did CodeDeploy's rollback to revisions\/delivery\/one\.zip/),
      restored: { outcome: 'failed' },
    })
  })

  test('since somebody stopped it, and what was there is restored', async () => {
    const autoRollbackConfiguration = { enabled: true, events: ['DEPLOYMENT_STOP_ON_REQUEST'] }
    const scene = aScene({ group: { autoRollbackConfiguration } })
    await shipCode(scene.request())
    const shipping = shipCode(scene.request({ revision: aRevision('two'), token: 'second' }))
    await scene.clock.sleep(5_000)
    scene.codeDeploy.api('StopDeployment', { deploymentId: [...scene.codeDeploy.account.deployments.keys()].at(-1) })
    expect(await shipping).toMatchObject({
      ...{ outcome: 'failed', restored: { outcome: 'succeeded', revision: aRevision('one') } },
      diagnosis: { cause: expect.stringMatching(/stopped/) },
    })
  })

  test('and there is nothing to go back to: nothing is waited for', async () => {
    const scene = aScene({ hosts: { 'web-1': broken }, group: rollsBack })
    expect(await shipCode(scene.request({ revision: aRevision('two') }))).toMatchObject({ outcome: 'failed', restored: null })
  })

  test('when a host is down, which names the host and its agent', async () => {
    const scene = aScene({ hosts: { 'web-1': () => 'silent' }, timing: { silence: 60_000 } })
    expect(await shipCode(scene.request())).toMatchObject({
      diagnosis: {
        cause: 'the CodeDeploy agent did not answer in ApplicationStop on web-1',
        hint: expect.stringContaining('systemctl status codedeploy-agent'),
      },
    })
  })
})

// Fault 28.
test('a hook that dies midway, a host that does not answer and one that was never begun are told apart; the next run heals them', async () => {
  let now: 'dies' | 'down' | 'works' = 'dies'
  const message = 'Script at specified location: ansible.sh failed with exit code '
  const died = { failed: { errorCode: 'ScriptFailed' as const, scriptName: 'ansible.sh', message, logTail: '[stdout]TASK [service]\n' } }
  const scene = aScene({
    hosts: {
      ...fourHosts,
      'web-2': ({ event }) => (now === 'down' ? 'silent' : now === 'dies' && event === 'AfterInstall' ? died : 1_000),
    },
    timing: { silence: 1_000 },
  })
  const ship = async (token: typeof now) => {
    now = token
    return shipCode(scene.request({ token }))
  }
  const outcomes = ['succeeded', 'failed', 'skipped', 'skipped'].map((outcome, index) => ({ name: `web-${index + 1}`, outcome }))
  expect(await ship('dies')).toMatchObject({
    ...{ outcome: 'failed', rollout: { partial: true, hosts: outcomes } },
    diagnosis: {
      cause: 'ansible.sh was killed by a signal in AfterInstall on web-2',
      failures: [{ exitCode: null, log: ['TASK [service]'] }],
    },
  })
  expect(await ship('down')).toMatchObject({
    ...{ outcome: 'failed', rollout: { hosts: outcomes } },
    diagnosis: { cause: 'the CodeDeploy agent did not answer in ApplicationStop on web-2', failures: [{ script: null }] },
  })
  expect(await ship('works')).toMatchObject({ outcome: 'succeeded' })
})

describe('before anything is begun it is refused', () => {
  test.each([
    ['a group that is not there', { group: 'none' }, {}, /^application 'delivery' has no deployment group 'none'$/],
    ['a group that looks for nothing', {}, { ec2TagFilters: [] }, /^deployment group 'production' of application 'delivery' has no hosts$/],
    [
      'a group whose registered hosts are none',
      {},
      { ec2TagFilters: [], onPremisesInstanceTagFilters: [{ Key: 'of', Value: 'web' }] },
      /has no hosts$/,
    ],
  ])('%s', async (_, more, group, message) => {
    const scene = aScene({ group })
    await expect(shipCode(scene.request(more))).rejects.toMatchObject({ code: 'failed', message: expect.stringMatching(message) })
    expect(scene.journal).toEqual([])
    expect(scene.codeDeploy.count('CreateDeployment')).toBe(0)
  })

  test('a minimum of healthy hosts that cannot be kept', async () => {
    const scene = aScene({
      group: {
        ec2TagFilters: [],
        onPremisesInstanceTagFilters: [{ Key: 'of', Value: 'web' }],
        deploymentConfigName: 'CodeDeployDefault.HalfAtATime',
      },
    })
    scene.codeDeploy.api('RegisterOnPremisesInstance', { instanceName: 'a', iamUserArn: 'arn' })
    scene.codeDeploy.api('AddTagsToOnPremisesInstances', { instanceNames: ['a'], tags: [{ Key: 'of', Value: 'web' }] })
    await expect(shipCode(scene.request())).rejects.toMatchObject({
      message: expect.stringMatching(/has 1 host, and configuration 'CodeDeployDefault.HalfAtATime' wants 1 healthy/),
    })
    expect(scene.codeDeploy.count('CreateDeployment')).toBe(0)
  })

  test('what CodeDeploy alone knows fails before a host is touched, and is told in our words', async () => {
    const scene = aScene({ hosts: {} })
    expect(await shipCode(scene.request())).toMatchObject({
      outcome: 'failed',
      diagnosis: { cause: 'the deployment group has no hosts' },
      rollout: { hosts: [] },
    })
  })
})

describe('a busy group', () => {
  test('is asked, waited for and told whose it is; then the order is checked again', async () => {
    const scene = aScene({ hosts: { 'web-1': () => 5_000 } })
    scene.codeDeploy.api('CreateDeployment', {
      applicationName: 'delivery',
      deploymentGroupName: 'production',
      description: 'by hand',
      revision: { revisionType: 'S3', s3Location: { bucket: 'acme', key: 'x', bundleType: 'zip' } },
    })
    expect(await shipCode(scene.request())).toMatchObject({ outcome: 'succeeded' })
    expect(scene.told[0]).toMatch(/^group 'production' is busy with deployment d-\w+ \(by user, 'by hand'\); waiting for it$/)
    expect(scene.journal.slice(0, 2)).toEqual(['recheck', 'intent create-deployment'])
  })

  test('is given up after the wait', async () => {
    const scene = aScene({ hosts: { 'web-1': () => 500_000 } })
    const first = scene.request({ token: 'first' })
    const running = shipCode(first)
    await scene.clock.sleep(5_000)
    await expect(shipCode(scene.request({ waitMilliseconds: 60_000 }))).rejects.toMatchObject({
      code: 'locked',
      message: expect.stringContaining('[first] release 0123'),
    })
    await running
  })

  test('that becomes busy between look and call is waited for as well; the limit is no error', async () => {
    const scene = aScene()
    const other = () =>
      scene.codeDeploy.api('CreateDeployment', {
        applicationName: 'delivery',
        deploymentGroupName: 'production',
        revision: { revisionType: 'S3', s3Location: { bucket: 'acme', key: 'x', bundleType: 'zip' } },
      })
    const { hooks } = scene.request()
    let done = false
    const intent: typeof hooks.intent = async (change) => {
      await hooks.intent(change)
      if (!done) other()
      done = true
    }
    expect(await shipCode(scene.request({ hooks: { ...hooks, intent } }))).toMatchObject({ outcome: 'succeeded' })
    expect(scene.journal.filter((line) => line.includes('BUSY'))).toHaveLength(1)
    expect(scene.journal.filter((line) => line.startsWith('intent'))).toHaveLength(2)
  })
})

describe('a request without an answer', () => {
  test.each(['lost', 'unsent', 'refused'] as const)('that was %s makes one deployment', async (trouble) => {
    const scene = aScene()
    scene.codeDeploy.next('CreateDeployment', trouble, { times: 1 })
    expect(await shipCode(scene.request())).toMatchObject({ outcome: 'succeeded' })
    expect(scene.codeDeploy.account.deployments.size).toBe(1)
    expect(scene.journal.filter((line) => line.startsWith('intent'))).toHaveLength(1)
  })

  test('whose deployment has ended by the time it is looked for makes no second', async () => {
    const scene = aScene({ hosts: {} })
    scene.codeDeploy.next('CreateDeployment', 'lost')
    scene.codeDeploy.next('ListDeployments', 'refused', { times: 0 })
    expect(await shipCode(scene.request())).toMatchObject({ outcome: 'failed' })
    expect(scene.codeDeploy.account.deployments.size).toBe(1)
  })

  test('that never gets one is unknown, and names what to look for', async () => {
    const scene = aScene()
    scene.codeDeploy.next('CreateDeployment', 'unsent', { times: 1_000_000 })
    const deadline = { clock: scene.clock, until: 60_000, signal: scene.interrupt.signal }
    await expect(shipCode(scene.request({ deadline }))).rejects.toMatchObject({
      code: 'unknown',
      hint: expect.stringContaining('towpath-delivery-7'),
    })
  })

  test.each(['GetDeploymentGroup', 'BatchGetDeploymentTargets', 'ListDeploymentTargets', 'GetDeployment', 'ListDeployments'])(
    'to %s is asked again where it is followed',
    async (operation) => {
      const scene = aScene()
      const shipping = shipCode(scene.request())
      await scene.clock.sleep(500)
      scene.codeDeploy.next(operation, 'refused', { times: operation === 'GetDeploymentGroup' ? 0 : 3 })
      expect(await shipping).toMatchObject({ outcome: 'succeeded' })
    },
  )
})

describe('an interruption', () => {
  test('stops the deployment within the second, and says what goes on', async () => {
    const scene = aScene({ hosts: { 'web-1': () => 20_000 } })
    const shipping = shipCode(scene.request())
    shipping.catch(() => {})
    await scene.clock.sleep(10_000)
    const at = scene.clock.monotonic()
    scene.interrupt.abort(new Error('SIGINT'))
    await expect(shipping).rejects.toMatchObject({ code: 'interrupted', message: expect.stringMatching(/deployment d-\w+ is stopping/) })
    expect(scene.clock.monotonic() - at).toBeLessThan(1_000)
    expect(scene.journal.slice(-2)).toEqual(['intent stop-deployment of an id', 'outcome stop-deployment of an id: STOPPING'])
  })

  test('leaves it where that is asked for', async () => {
    const scene = aScene({ hosts: { 'web-1': () => 20_000 } })
    const shipping = shipCode(scene.request({ onInterrupt: 'leave' }))
    shipping.catch(() => {})
    await scene.clock.sleep(10_000)
    scene.interrupt.abort(new Error('SIGINT'))
    await expect(shipping).rejects.toMatchObject({
      code: 'interrupted',
      message: expect.stringMatching(/goes on in CodeDeploy without us$/),
    })
    expect(scene.codeDeploy.count('StopDeployment')).toBe(0)
  })
})

test('what a run that died left under way is found by its token and taken up', async () => {
  const scene = aScene({ hosts: { 'web-1': () => 5_000 } })
  const dead = shipCode(scene.request())
  dead.catch(() => {})
  await scene.clock.sleep(8_000)
  const left = await findByToken(scene.codeDeploy.rollouts, { application: 'delivery', group: 'production' }, 'towpath-delivery-7')
  expect(left?.status).toBe('InProgress')
  expect(await shipped(scene.request(), left?.id ?? '')).toMatchObject({ outcome: 'succeeded' })
  await dead
})

test('a wait that ends before the deployment is unknown', async () => {
  const scene = aScene({ hosts: { 'web-1': () => 600_000 } })
  const deadline = { clock: scene.clock, until: 60_000, signal: scene.interrupt.signal }
  await expect(shipCode(scene.request({ deadline }))).rejects.toMatchObject({
    code: 'unknown',
    message: expect.stringMatching(/^deployment d-\w+ was not over in time$/),
  })
})
