import type {
  ContinueDeploymentInput,
  CreateDeploymentInput,
  CreateDeploymentOutput,
  DeploymentInfo,
  GetDeploymentInput,
  GetDeploymentOutput,
  ListDeploymentsInput,
  ListDeploymentsOutput,
  StopDeploymentInput,
  StopDeploymentOutput,
} from '@aws-sdk/client-codedeploy'
import { begin } from '../course.ts'
import { Refusal } from '../refusal.ts'
import { type Account, type Deployment, deploymentId, deploymentsOf, isActive, pageOf } from '../state.ts'
import { configOf } from './applications.ts'
import { oneOf } from './given.ts'
import { groupOf } from './groups.ts'
import { checkRevision } from './revision.ts'

/** The shorter of the two limits that are told: 256 characters in the user guide, 512 in the ECS action. */
const LONGEST_DESCRIPTION = 256
const statuses = ['Created', 'Queued', 'InProgress', 'Baking', 'Succeeded', 'Failed', 'Stopped', 'Ready']

export function createDeployment(account: Account, input: CreateDeploymentInput): CreateDeploymentOutput {
  const { applicationName: application = '', deploymentGroupName: name = '', description = '', deploymentMode = 'STANDARD' } = input
  const group = groupOf(account, application, name)
  const config = input.deploymentConfigName ?? group.deploymentConfigName ?? ''
  configOf(account, config)
  if (description.length > LONGEST_DESCRIPTION) throw new Refusal('DescriptionTooLong', 'The description is too long.')
  oneOf(input.fileExistsBehavior, ['DISALLOW', 'OVERWRITE', 'RETAIN'], 'InvalidFileExistsBehavior')
  const before = deploymentsOf(account, application, name)
  const good = before.find(({ info }) => info.status === 'Succeeded')
  const revision = deploymentMode === 'RESTART' ? restarted(input, good) : input.revision
  checkRevision(revision)
  const busy = before.find(isActive)
  if (busy) throw new Refusal('DeploymentLimitExceeded', `The Deployment Group '${name}' already has an active Deployment '${busy.id}'`)
  const id = deploymentId(account)
  const { targetInstances, overrideAlarmConfiguration } = input
  const info: DeploymentInfo = {
    ...{ applicationName: application, deploymentGroupName: name, deploymentConfigName: config, deploymentId: id, revision },
    ...(good ? { previousRevision: good.info.revision } : {}),
    ...{ status: 'Created', createTime: account.clock.now(), creator: 'user', computePlatform: 'Server', deploymentMode },
    ...(description === '' ? {} : { description }),
    ignoreApplicationStopFailures: input.ignoreApplicationStopFailures ?? false,
    autoRollbackConfiguration: input.autoRollbackConfiguration ?? group.autoRollbackConfiguration ?? { enabled: false, events: [] },
    updateOutdatedInstancesOnly: input.updateOutdatedInstancesOnly ?? false,
    fileExistsBehavior: input.fileExistsBehavior ?? 'DISALLOW',
    ...{ deploymentStyle: group.deploymentStyle, instanceTerminationWaitTimeStarted: false },
    ...(group.loadBalancerInfo ? { loadBalancerInfo: group.loadBalancerInfo } : {}),
    ...(targetInstances ? { targetInstances } : {}),
    ...(overrideAlarmConfiguration ? { overrideAlarmConfiguration } : {}),
  }
  const deployment: Deployment = { id, application, group: name, info, targets: undefined, stop: undefined, continue: undefined }
  account.deployments.set(id, deployment)
  begin(account, deployment)
  return { deploymentId: id }
}

function restarted({ revision }: CreateDeploymentInput, good: Deployment | undefined) {
  if (revision) throw new Refusal('InvalidRevision', 'A restart takes no revision.')
  if (!good) throw new Refusal('RevisionDoesNotExist', 'No deployment of the group has succeeded.')
  return good.info.revision
}

export function getDeployment(account: Account, input: GetDeploymentInput): GetDeploymentOutput {
  const { info, targets } = deploymentOf(account, input.deploymentId)
  if (!targets) return { deploymentInfo: info }
  const count = (wanted: string): number => [...targets.values()].filter(({ status }) => status === wanted).length
  const deploymentOverview = {
    ...{ Pending: count('Pending'), InProgress: count('InProgress'), Succeeded: count('Succeeded') },
    ...{ Failed: count('Failed'), Skipped: count('Skipped'), Ready: count('Ready') },
  }
  return { deploymentInfo: { ...info, deploymentOverview } }
}

export function listDeployments(account: Account, input: ListDeploymentsInput): ListDeploymentsOutput {
  const { applicationName, deploymentGroupName, includeOnlyStatuses = [], createTimeRange = {}, nextToken } = input
  for (const status of includeOnlyStatuses) oneOf(status, statuses, 'InvalidDeploymentStatus')
  if (deploymentGroupName !== undefined) groupOf(account, applicationName, deploymentGroupName)
  const { start, end } = createTimeRange
  const wanted = [...account.deployments.values()].filter(
    ({ application, group, info }) =>
      (applicationName === undefined || application === applicationName) &&
      (deploymentGroupName === undefined || group === deploymentGroupName) &&
      (includeOnlyStatuses.length === 0 || includeOnlyStatuses.some((status) => status === info.status)) &&
      (start === undefined || (info.createTime ?? start) >= start) &&
      (end === undefined || (info.createTime ?? end) <= end),
  )
  const { items: deployments, next } = pageOf(
    account,
    wanted.reverse().map(({ id }) => id),
    nextToken,
  )
  return { deployments, ...next }
}

export function stopDeployment(account: Account, { deploymentId, autoRollbackEnabled }: StopDeploymentInput): StopDeploymentOutput {
  const deployment = deploymentOf(account, deploymentId)
  if (!isActive(deployment)) throw new Refusal('DeploymentAlreadyCompleted', `The deployment ${deployment.id} has already completed.`)
  deployment.stop = { rollBack: autoRollbackEnabled ?? false }
  deployment.continue?.()
  return { status: 'Pending', statusMessage: 'No more commands will be scheduled for execution in the deployment instances' }
}

export function continueDeployment(account: Account, { deploymentId, deploymentWaitType }: ContinueDeploymentInput): object {
  oneOf(deploymentWaitType, ['READY_WAIT', 'TERMINATION_WAIT'], 'InvalidDeploymentWaitType')
  const deployment = deploymentOf(account, deploymentId)
  if (!isActive(deployment)) throw new Refusal('DeploymentAlreadyCompleted', `The deployment ${deployment.id} has already completed.`)
  if (deployment.info.deploymentStyle?.deploymentType !== 'BLUE_GREEN')
    throw new Refusal('UnsupportedActionForDeploymentType', 'Only a blue/green deployment can be continued.')
  if (!deployment.continue) throw new Refusal('DeploymentIsNotInReadyState', `The deployment ${deployment.id} is not ready.`)
  deployment.continue()
  return {}
}

/** It is for Lambda and ECS; here there are servers alone. */
export function putLifecycleEventHookExecutionStatus(): never {
  throw new Refusal('UnsupportedActionForDeploymentType', 'Lifecycle event hooks are reported for Lambda and ECS only.')
}

export function deploymentOf({ deployments }: Account, id: string | undefined): Deployment {
  if (!id) throw new Refusal('DeploymentIdRequired', 'A deployment id was not specified.')
  if (!/^d-[A-Z0-9]{9}$/.test(id)) throw new Refusal('InvalidDeploymentId', `Invalid deployment id: ${id}`)
  const deployment = deployments.get(id)
  if (!deployment) throw new Refusal('DeploymentDoesNotExist', `The deployment ${id} could not be found`)
  return deployment
}
