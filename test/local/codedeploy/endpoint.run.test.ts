import {
  AddTagsToOnPremisesInstancesCommand,
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  ContinueDeploymentCommand,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  CreateDeploymentGroupCommand,
  GetApplicationCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  ListOnPremisesInstancesCommand,
  PutLifecycleEventHookExecutionStatusCommand,
  RegisterApplicationRevisionCommand,
  RegisterOnPremisesInstanceCommand,
  StopDeploymentCommand,
  UpdateDeploymentGroupCommand,
} from '@aws-sdk/client-codedeploy'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Host } from '../../../local/codedeploy/host.ts'
import { type CodeDeployServer, startCodeDeploy } from '../../../local/codedeploy/server.ts'
import { nodeClock } from '../../../src/adapters/node/clock.ts'
import { until } from '../../support/until.ts'

jest.setTimeout(30_000)

/** A host on which everything succeeds, or one event fails. */
const aHost = (name: string, fails?: string): Host => ({
  name,
  tags: { service: 'delivery' },
  perform: async ({ event }) =>
    event === fails ? { failed: { errorCode: 'ScriptFailed', scriptName: 'x.sh', message: 'no', logTail: '' } } : 'succeeded',
})

let server: CodeDeployServer
let client: CodeDeployClient

async function start(
  hosts: readonly Host[] = ['web-1', 'web-2', 'web-3', 'web-4'].map((name) => aHost(name)),
  more: object = {},
): Promise<void> {
  server = await startCodeDeploy({
    clock: nodeClock(),
    hosts,
    page: 2,
    timing: { created: 5, queued: 5, rollbackInfo: 20, silence: 20 },
    ...more,
  })
  client = new CodeDeployClient({
    endpoint: server.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  await client.send(new CreateApplicationCommand({ applicationName: 'delivery' }))
  await client.send(
    new CreateDeploymentGroupCommand({
      ...group,
      serviceRoleArn: 'arn:aws:iam::000000000000:role/x',
      ec2TagFilters: [{ Key: 'service', Value: 'delivery' }],
    }),
  )
}

const group = { applicationName: 'delivery', deploymentGroupName: 'production' }
const revision = { revisionType: 'S3', s3Location: { bucket: 'acme', key: 'a.zip', bundleType: 'zip' } } as const

const create = async (more: Partial<CreateDeploymentCommandInput> = {}): Promise<string> =>
  (await client.send(new CreateDeploymentCommand({ ...group, revision, ...more }))).deploymentId ?? ''
const info = async (deploymentId: string) => (await client.send(new GetDeploymentCommand({ deploymentId }))).deploymentInfo
const ended = (id: string) =>
  until('the deployment has ended', async () => {
    const now = await info(id)
    return ['Succeeded', 'Failed', 'Stopped'].includes(now?.status ?? '') && now
  })

beforeEach(() => start())
afterEach(async () => {
  client.destroy()
  await server.close()
})

describe('a deployment', () => {
  test('takes every host through the events in order, and is told page by page', async () => {
    const id = await create({ description: 'ours' })
    expect(id).toMatch(/^d-[A-Z0-9]{9}$/)
    expect(await ended(id)).toMatchObject({
      status: 'Succeeded',
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 4, Failed: 0, Skipped: 0, Ready: 0 },
      ...{
        creator: 'user',
        description: 'ours',
        computePlatform: 'Server',
        deploymentConfigName: 'CodeDeployDefault.OneAtATime',
        revision,
      },
      ...{ createTime: expect.any(Date), startTime: expect.any(Date), completeTime: expect.any(Date) },
    })
    const first = await client.send(new ListDeploymentTargetsCommand({ deploymentId: id }))
    expect(first).toMatchObject({ targetIds: ['web-1', 'web-2'], nextToken: expect.any(String) })
    const second = await client.send(new ListDeploymentTargetsCommand({ deploymentId: id, nextToken: first.nextToken }))
    expect(second.targetIds).toEqual(['web-3', 'web-4'])
    const { deploymentTarget } = await client.send(new GetDeploymentTargetCommand({ deploymentId: id, targetId: 'web-3' }))
    expect(
      deploymentTarget?.instanceTarget?.lifecycleEvents?.map(({ lifecycleEventName, status }) => [lifecycleEventName, status]),
    ).toEqual(
      ['ApplicationStop', 'DownloadBundle', 'BeforeInstall', 'Install', 'AfterInstall', 'ApplicationStart', 'ValidateService'].map(
        (event) => [event, 'Succeeded'],
      ),
    )
    expect((await client.send(new GetDeploymentGroupCommand(group))).deploymentGroupInfo).toMatchObject({
      ...{
        targetRevision: revision,
        lastSuccessfulDeployment: { deploymentId: id },
        lastAttemptedDeployment: { deploymentId: id, status: 'Succeeded' },
      },
    })
  })

  test('has the events of a load balancer where its group has one', async () => {
    const deploymentStyle = { deploymentType: 'IN_PLACE', deploymentOption: 'WITH_TRAFFIC_CONTROL' } as const
    await client.send(
      new UpdateDeploymentGroupCommand({
        ...{ applicationName: 'delivery', currentDeploymentGroupName: 'production', deploymentStyle },
        loadBalancerInfo: { targetGroupInfoList: [{ name: 'web' }] },
      }),
    )
    const id = await create()
    await ended(id)
    const { deploymentTargets } = await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId: id, targetIds: ['web-1'] }))
    const events = deploymentTargets?.[0]?.instanceTarget?.lifecycleEvents?.map(({ lifecycleEventName }) => lifecycleEventName)
    expect(events?.slice(0, 4)).toEqual(['BeforeBlockTraffic', 'BlockTraffic', 'AfterBlockTraffic', 'ApplicationStop'])
    expect(events?.slice(-3)).toEqual(['BeforeAllowTraffic', 'AllowTraffic', 'AfterAllowTraffic'])
  })

  test('that failed is rolled back by one of its own, which is told a moment later; the group is busy until then', async () => {
    await ended(await create())
    const hosts = server.state.hosts
    hosts.set('web-2', { ...aHost('web-2', 'Install') })
    const id = await create({
      deploymentConfigName: 'CodeDeployDefault.AllAtOnce',
      autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] },
    })
    // One good host of four is a success to CodeDeploy.
    expect(await ended(id)).toMatchObject({ status: 'Succeeded', deploymentOverview: { Succeeded: 3, Failed: 1 } })
    const second = await create({ autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE'] } })
    expect(await ended(second)).toMatchObject({
      status: 'Failed',
      errorInformation: { code: 'HEALTH_CONSTRAINTS' },
      deploymentOverview: { Succeeded: 1, Failed: 1, Skipped: 2 },
    })
    const told = await until('the rollback is told', async () => (await info(second))?.rollbackInfo)
    const rollback = told.rollbackDeploymentId ?? ''
    expect(await info(rollback)).toMatchObject({ creator: 'codeDeployRollback', rollbackInfo: { rollbackTriggeringDeploymentId: second } })
    await ended(rollback)
  })

  test('that is asked to stop ends the event that runs, skips the rest, and is over for whoever asks again', async () => {
    let go = (): void => {}
    const held = new Promise<void>((resolve) => {
      go = resolve
    })
    server.state.hosts.set('web-1', { ...aHost('web-1'), perform: () => held.then(() => 'succeeded' as const) })
    const id = await create()
    await until('it has begun', async () => (await info(id))?.status === 'InProgress')
    expect(await client.send(new StopDeploymentCommand({ deploymentId: id }))).toMatchObject({ status: 'Pending' })
    go()
    expect(await ended(id)).toMatchObject({
      status: 'Stopped',
      errorInformation: { code: 'MANUAL_STOP' },
      deploymentOverview: { Skipped: 3 },
    })
    await expect(client.send(new StopDeploymentCommand({ deploymentId: id }))).rejects.toMatchObject({
      name: 'DeploymentAlreadyCompletedException',
    })
  })

  test('whose host does not answer fails, and says that of its agent', async () => {
    server.state.hosts.set('web-1', { ...aHost('web-1'), perform: async () => 'silent' })
    const id = await create()
    expect(await ended(id)).toMatchObject({ status: 'Failed' })
    const { deploymentTarget } = await client.send(new GetDeploymentTargetCommand({ deploymentId: id, targetId: 'web-1' }))
    expect(deploymentTarget?.instanceTarget?.lifecycleEvents?.[0]?.diagnostics?.message).toMatch(
      /^CodeDeploy agent was not able to receive/,
    )
  })

  test('waits in Ready where it is blue/green, until it is continued', async () => {
    const input = { applicationName: 'delivery', currentDeploymentGroupName: 'production' }
    await client.send(
      new UpdateDeploymentGroupCommand({
        ...input,
        deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITHOUT_TRAFFIC_CONTROL' },
        blueGreenDeploymentConfiguration: { deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 60 } },
      }),
    )
    const id = await create()
    await until('it is ready', async () => (await info(id))?.status === 'Ready')
    await client.send(new ContinueDeploymentCommand({ deploymentId: id, deploymentWaitType: 'READY_WAIT' }))
    expect(await ended(id)).toMatchObject({ status: 'Succeeded' })
  })

  test('of the mode RESTART takes the revision that succeeded last', async () => {
    await ended(await create())
    const id = await create({ deploymentMode: 'RESTART', revision: undefined })
    expect(await ended(id)).toMatchObject({ revision, deploymentMode: 'RESTART' })
  })
})

describe('what is refused', () => {
  const role = 'arn:aws:iam::000000000000:role/x'
  const filter = [{ Key: 'a', Value: 'b' }]
  const rows: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['ApplicationAlreadyExistsException', () => client.send(new CreateApplicationCommand({ applicationName: 'delivery' }))],
    ['ApplicationNameRequiredException', () => client.send(new CreateApplicationCommand({ applicationName: '' }))],
    [
      'InvalidComputePlatformException',
      () => client.send(new CreateApplicationCommand({ applicationName: 'x', computePlatform: 'Toaster' as 'Server' })),
    ],
    ['ApplicationDoesNotExistException', () => client.send(new GetApplicationCommand({ applicationName: 'none' }))],
    ['DeploymentGroupAlreadyExistsException', () => client.send(new CreateDeploymentGroupCommand({ ...group, serviceRoleArn: role }))],
    [
      'ApplicationDoesNotExistException',
      () => client.send(new CreateDeploymentGroupCommand({ ...group, applicationName: 'none', serviceRoleArn: role })),
    ],
    [
      'DeploymentConfigDoesNotExistException',
      () =>
        client.send(
          new CreateDeploymentGroupCommand({ ...group, deploymentGroupName: 'b', deploymentConfigName: 'none', serviceRoleArn: role }),
        ),
    ],
    [
      'InvalidEC2TagCombinationException',
      () =>
        client.send(
          new CreateDeploymentGroupCommand({
            ...group,
            deploymentGroupName: 'b',
            serviceRoleArn: role,
            ec2TagFilters: filter,
            ec2TagSet: { ec2TagSetList: [filter] },
          }),
        ),
    ],
    [
      'InvalidOnPremisesTagCombinationException',
      () =>
        client.send(
          new CreateDeploymentGroupCommand({
            ...group,
            deploymentGroupName: 'b',
            serviceRoleArn: role,
            onPremisesInstanceTagFilters: filter,
            onPremisesTagSet: { onPremisesTagSetList: [filter] },
          }),
        ),
    ],
    [
      'InvalidLoadBalancerInfoException',
      () =>
        client.send(
          new CreateDeploymentGroupCommand({
            ...group,
            deploymentGroupName: 'b',
            serviceRoleArn: role,
            deploymentStyle: { deploymentOption: 'WITH_TRAFFIC_CONTROL' },
          }),
        ),
    ],
    [
      'DeploymentGroupDoesNotExistException',
      () => client.send(new UpdateDeploymentGroupCommand({ applicationName: 'delivery', currentDeploymentGroupName: 'none' })),
    ],
    ['DeploymentGroupDoesNotExistException', () => client.send(new GetDeploymentGroupCommand({ ...group, deploymentGroupName: 'none' }))],
    ['IamArnRequiredException', () => client.send(new RegisterOnPremisesInstanceCommand({ instanceName: 'a' }))],
    [
      'MultipleIamArnsProvidedException',
      () => client.send(new RegisterOnPremisesInstanceCommand({ instanceName: 'a', iamUserArn: role, iamSessionArn: role })),
    ],
    [
      'InstanceNotRegisteredException',
      () => client.send(new AddTagsToOnPremisesInstancesCommand({ instanceNames: ['none'], tags: filter })),
    ],
    ['TagRequiredException', () => client.send(new AddTagsToOnPremisesInstancesCommand({ instanceNames: ['none'], tags: [] }))],
    [
      'InvalidRevisionException',
      () => client.send(new RegisterApplicationRevisionCommand({ applicationName: 'delivery', revision: { revisionType: 'S3' } })),
    ],
    ['DeploymentConfigDoesNotExistException', () => client.send(new GetDeploymentConfigCommand({ deploymentConfigName: 'none' }))],
    ['RevisionRequiredException', () => create({ revision: undefined })],
    ['InvalidRevisionException', () => create({ deploymentMode: 'RESTART' })],
    ['RevisionDoesNotExistException', () => create({ deploymentMode: 'RESTART', revision: undefined })],
    ['DeploymentGroupDoesNotExistException', () => create({ deploymentGroupName: 'none' })],
    ['DeploymentConfigDoesNotExistException', () => create({ deploymentConfigName: 'none' })],
    ['DescriptionTooLongException', () => create({ description: 'x'.repeat(257) })],
    ['InvalidFileExistsBehaviorException', () => create({ fileExistsBehavior: 'MAYBE' as 'RETAIN' })],
    ['DeploymentLimitExceededException', () => create().then(() => create())],
    ['DeploymentDoesNotExistException', () => info('d-AAAAAAAAA')],
    ['InvalidDeploymentIdException', () => info('d-1')],
    ['DeploymentIdRequiredException', () => info('')],
    [
      'InvalidDeploymentStatusException',
      () => client.send(new ListDeploymentsCommand({ ...group, includeOnlyStatuses: ['Odd' as 'Ready'] })),
    ],
    ['DeploymentNotStartedException', async () => client.send(new ListDeploymentTargetsCommand({ deploymentId: await create() }))],
    ['DeploymentIsNotInReadyStateException', () => blueGreen().then(continued)],
    [
      'UnsupportedActionForDeploymentTypeException',
      async () => client.send(new ContinueDeploymentCommand({ deploymentId: await create(), deploymentWaitType: 'READY_WAIT' })),
    ],
    [
      'InvalidDeploymentWaitTypeException',
      async () => client.send(new ContinueDeploymentCommand({ deploymentId: await create(), deploymentWaitType: 'LONG' as 'READY_WAIT' })),
    ],
    ['UnsupportedActionForDeploymentTypeException', () => client.send(new PutLifecycleEventHookExecutionStatusCommand({}))],
    [
      'DeploymentTargetDoesNotExistException',
      async () => client.send(new GetDeploymentTargetCommand({ deploymentId: await begun(), targetId: 'none' })),
    ],
    [
      'DeploymentTargetListSizeExceededException',
      async () =>
        client.send(new BatchGetDeploymentTargetsCommand({ deploymentId: await begun(), targetIds: Array.from({ length: 26 }, String) })),
    ],
  ]
  const blueGreen = () =>
    client.send(
      new UpdateDeploymentGroupCommand({
        applicationName: 'delivery',
        currentDeploymentGroupName: 'production',
        deploymentStyle: { deploymentType: 'BLUE_GREEN' },
      }),
    )
  const continued = async () =>
    client.send(new ContinueDeploymentCommand({ deploymentId: await create(), deploymentWaitType: 'READY_WAIT' }))
  async function begun(): Promise<string> {
    const id = await create()
    await ended(id)
    return id
  }
  test.each(rows)('%s (%#)', async (name, ask) => {
    await expect(ask()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400, attempts: 1 } })
  })

  test('what it does not have is an unknown operation, and it says so', async () => {
    const reply = await fetch(server.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'CodeDeploy_20141006.DeleteApplication' },
      body: '{}',
    })
    expect([reply.status, reply.headers.get('x-local-codedeploy')]).toEqual([400, 'true'])
    expect(await reply.json()).toMatchObject({ __type: 'UnknownOperationException' })
  })
})

test('an instance that is registered is a host of its tags', async () => {
  await server.close()
  await start([], { makeHost: (name: string) => aHost(name) })
  for (const instanceName of ['a', 'b', 'c']) {
    await client.send(new RegisterOnPremisesInstanceCommand({ instanceName, iamUserArn: 'arn:aws:iam::000000000000:user/x' }))
    await client.send(
      new AddTagsToOnPremisesInstancesCommand({
        instanceNames: [instanceName],
        tags: [{ Key: 'of', Value: instanceName === 'c' ? 'other' : 'web' }],
      }),
    )
  }
  const twice = new RegisterOnPremisesInstanceCommand({ instanceName: 'a', iamUserArn: 'arn:aws:iam::000000000000:user/x' })
  await expect(client.send(twice)).rejects.toMatchObject({ name: 'InstanceNameAlreadyRegisteredException' })
  const tagFilters = [{ Key: 'of', Value: 'web', Type: 'KEY_AND_VALUE' as const }]
  expect((await client.send(new ListOnPremisesInstancesCommand({ tagFilters }))).instanceNames).toEqual(['a', 'b'])
  await client.send(
    new UpdateDeploymentGroupCommand({
      applicationName: 'delivery',
      currentDeploymentGroupName: 'production',
      onPremisesInstanceTagFilters: tagFilters,
    }),
  )
  expect(await ended(await create())).toMatchObject({ status: 'Succeeded', deploymentOverview: { Succeeded: 2 } })
})
