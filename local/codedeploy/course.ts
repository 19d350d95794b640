import type { DeploymentGroupInfo, DeploymentInfo, ErrorCode } from '@aws-sdk/client-codedeploy'
import { eventsOf } from './events.ts'
import { type Health, healthOf } from './health.ts'
import type { Host } from './host.ts'
import { isOf } from './membership.ts'
import { rollBack } from './rollback.ts'
import type { Account, Deployment } from './state.ts'
import { aTarget, deployTo, skip } from './target.ts'

const TOO_MANY_FAILED =
  'The overall deployment failed because too many individual instances failed deployment, too few healthy instances are available for deployment, or some instances in your deployment group are experiencing problems.'

/** Takes a deployment from Created to its end, and begins a rollback where one is due. Returns at once. */
export function begin(account: Account, deployment: Deployment): void {
  void run(account, deployment).catch((error: unknown) => {
    account.said(`deployment ${deployment.id} failed by a mistake of the stand-in: ${error instanceof Error ? error.stack : error}`)
    end(account, deployment, 'Failed', 'INTERNAL_ERROR', String(error))
  })
}

async function run(account: Account, deployment: Deployment): Promise<void> {
  const { clock, timing } = account
  await clock.sleep(timing.created)
  set(deployment, { status: 'Queued' })
  await clock.sleep(timing.queued)
  const group = account.applications.get(deployment.application)?.groups.get(deployment.group)
  const hosts = group ? hostsOf(account, group, deployment) : []
  if (!group || hosts.length === 0) {
    end(account, deployment, 'Failed', 'NO_INSTANCES', 'The deployment failed because no instances were found for your deployment group.')
  } else {
    const config = account.configs.get(deployment.info.deploymentConfigName ?? '')
    const health = config && healthOf(config, hosts.length)
    if (health) await deploy(account, deployment, group, hosts, health)
    else
      end(
        account,
        deployment,
        'Failed',
        'HEALTH_CONSTRAINTS_INVALID',
        `The minimum of healthy hosts cannot be kept with ${hosts.length} hosts.`,
      )
  }
  rollBack(account, deployment, begin)
}

function hostsOf(account: Account, group: DeploymentGroupInfo, { info }: Deployment): readonly Host[] {
  const of = [...account.hosts.values()].filter((host) => isOf(group, host))
  if (info.updateOutdatedInstancesOnly !== true || info.targetInstances === undefined) return of
  const { tagFilters, ec2TagSet, autoScalingGroups = [] } = info.targetInstances
  const only = { ec2TagFilters: tagFilters, ec2TagSet, autoScalingGroups: autoScalingGroups.map((name) => ({ name })) }
  return of.filter((host) => isOf(only, host))
}

async function deploy(
  account: Account,
  deployment: Deployment,
  group: DeploymentGroupInfo,
  hosts: readonly Host[],
  health: Health,
): Promise<void> {
  const { clock, timing } = account
  const events = eventsOf(isLoadBalanced(group))
  deployment.targets = new Map(hosts.map(({ name }) => [name, aTarget(account, deployment.id, name, events)]))
  set(deployment, { status: 'InProgress', startTime: clock.now() })
  if (waitsForTraffic(group)) await untilContinued(deployment)
  const left = [...hosts]
  let failed = 0
  const worker = async (): Promise<void> => {
    for (let host = left.shift(); host; host = left.shift()) {
      if (deployment.stop || !health.goesOn(failed)) skip(account, deployment, host.name)
      else if (!(await deployTo(account, deployment, group, host))) failed += 1
    }
  }
  await Promise.all(Array.from({ length: health.atOnce }, worker))
  if (timing.baking > 0 && !deployment.stop) {
    set(deployment, { status: 'Baking' })
    await clock.sleep(timing.baking)
  }
  const succeeded = [...deployment.targets.values()].filter(({ status }) => status === 'Succeeded').length
  if (deployment.stop) end(account, deployment, 'Stopped', 'MANUAL_STOP', 'The deployment was stopped by the user.')
  else if (health.succeeded(succeeded)) end(account, deployment, 'Succeeded')
  else end(account, deployment, 'Failed', 'HEALTH_CONSTRAINTS', TOO_MANY_FAILED)
}

function isLoadBalanced({ loadBalancerInfo, deploymentStyle }: DeploymentGroupInfo): boolean {
  return loadBalancerInfo !== undefined && deploymentStyle?.deploymentOption === 'WITH_TRAFFIC_CONTROL'
}

/** Only a blue/green deployment waits in Ready. */
function waitsForTraffic({ deploymentStyle, blueGreenDeploymentConfiguration: blueGreen }: DeploymentGroupInfo): boolean {
  return deploymentStyle?.deploymentType === 'BLUE_GREEN' && blueGreen?.deploymentReadyOption?.actionOnTimeout === 'STOP_DEPLOYMENT'
}

async function untilContinued(deployment: Deployment): Promise<void> {
  set(deployment, { status: 'Ready' })
  await new Promise<void>((resolve) => {
    deployment.continue = resolve
  })
  deployment.continue = undefined
  set(deployment, { status: 'InProgress' })
}

function end(account: Account, deployment: Deployment, status: 'Succeeded' | 'Failed' | 'Stopped', code?: ErrorCode, message = ''): void {
  set(deployment, {
    status,
    completeTime: account.clock.now(),
    ...(code === undefined ? {} : { errorInformation: { code, message } }),
  })
}

function set(deployment: Deployment, changed: DeploymentInfo): void {
  deployment.info = { ...deployment.info, ...changed }
}
