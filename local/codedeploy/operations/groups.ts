import type {
  CreateDeploymentGroupInput,
  CreateDeploymentGroupOutput,
  DeploymentGroupInfo,
  GetDeploymentGroupInput,
  GetDeploymentGroupOutput,
  LastDeploymentInfo,
  UpdateDeploymentGroupInput,
  UpdateDeploymentGroupOutput,
} from '@aws-sdk/client-codedeploy'
import { Refusal } from '../refusal.ts'
import { type Account, type Deployment, deploymentsOf, uuid } from '../state.ts'
import { applicationOf, configOf } from './applications.ts'

const ONE_AT_A_TIME = 'CodeDeployDefault.OneAtATime'

export function createDeploymentGroup(account: Account, input: CreateDeploymentGroupInput): CreateDeploymentGroupOutput {
  const application = applicationOf(account, input.applicationName)
  const { deploymentGroupName: name, serviceRoleArn, tags: _, autoScalingGroups, ...rest } = input
  if (!name) throw new Refusal('DeploymentGroupNameRequired', 'A deployment group name was not specified.')
  if (!serviceRoleArn) throw new Refusal('RoleRequired', 'A role was not specified.')
  if (application.groups.has(name)) throw new Refusal('DeploymentGroupAlreadyExists', `Deployment group already exists: ${name}`)
  const group: DeploymentGroupInfo = {
    ...rest,
    ...{ deploymentGroupName: name, serviceRoleArn, deploymentGroupId: uuid(account), computePlatform: application.info.computePlatform },
    deploymentConfigName: rest.deploymentConfigName ?? ONE_AT_A_TIME,
    deploymentStyle: rest.deploymentStyle ?? { deploymentType: 'IN_PLACE', deploymentOption: 'WITHOUT_TRAFFIC_CONTROL' },
    ...(autoScalingGroups === undefined ? {} : { autoScalingGroups: autoScalingGroups.map(scaled) }),
  }
  check(account, group)
  application.groups.set(name, group)
  return { deploymentGroupId: group.deploymentGroupId }
}

export function updateDeploymentGroup(account: Account, input: UpdateDeploymentGroupInput): UpdateDeploymentGroupOutput {
  const { groups } = applicationOf(account, input.applicationName)
  const {
    applicationName: _,
    currentDeploymentGroupName: name = '',
    newDeploymentGroupName: next = name,
    autoScalingGroups,
    ...rest
  } = input
  const group: DeploymentGroupInfo = {
    ...groupOf(account, input.applicationName, name),
    ...rest,
    deploymentGroupName: next,
    ...(autoScalingGroups === undefined ? {} : { autoScalingGroups: autoScalingGroups.map(scaled) }),
  }
  if (next !== name && groups.has(next)) throw new Refusal('DeploymentGroupAlreadyExists', `Deployment group already exists: ${next}`)
  check(account, group)
  groups.delete(name)
  groups.set(next, group)
  return { hooksNotCleanedUp: [] }
}

export function getDeploymentGroup(account: Account, input: GetDeploymentGroupInput): GetDeploymentGroupOutput {
  const { applicationName: application = '', deploymentGroupName: name = '' } = input
  const group = groupOf(account, application, name)
  const deployments = deploymentsOf(account, application, name)
  const attempted = deployments[0]
  const successful = deployments.find(({ info }) => info.status === 'Succeeded')
  return {
    deploymentGroupInfo: {
      ...group,
      ...(successful ? { targetRevision: successful.info.revision, lastSuccessfulDeployment: last(successful) } : {}),
      ...(attempted ? { lastAttemptedDeployment: last(attempted) } : {}),
    },
  }
}

export function groupOf(account: Account, application: string | undefined, name: string | undefined): DeploymentGroupInfo {
  const { groups } = applicationOf(account, application)
  if (!name) throw new Refusal('DeploymentGroupNameRequired', 'A deployment group name was not specified.')
  const group = groups.get(name)
  if (!group) throw new Refusal('DeploymentGroupDoesNotExist', `No Deployment Group found for name: ${name}`)
  return group
}

function check(account: Account, group: DeploymentGroupInfo): void {
  configOf(account, group.deploymentConfigName ?? '')
  const both = (any: readonly unknown[] = [], sets: readonly unknown[] = []): boolean => any.length > 0 && sets.length > 0
  if (both(group.ec2TagFilters, group.ec2TagSet?.ec2TagSetList))
    throw new Refusal('InvalidEC2TagCombination', 'Either ec2TagFilters or ec2TagSet can be specified, but not both.')
  if (both(group.onPremisesInstanceTagFilters, group.onPremisesTagSet?.onPremisesTagSetList))
    throw new Refusal(
      'InvalidOnPremisesTagCombination',
      'Either onPremisesInstanceTagFilters or onPremisesTagSet can be specified, but not both.',
    )
  const { loadBalancerInfo: balancer, deploymentStyle } = group
  const balanced = (balancer?.elbInfoList ?? balancer?.targetGroupInfoList ?? balancer?.targetGroupPairInfoList ?? []).length > 0
  if (deploymentStyle?.deploymentOption === 'WITH_TRAFFIC_CONTROL' && !balanced)
    throw new Refusal('InvalidLoadBalancerInfo', 'Deployments with traffic control need a load balancer.')
}

function scaled(name: string) {
  return { name, hook: `CodeDeploy-managed-automatic-launch-deployment-hook-${name}` }
}

function last({ info }: Deployment): LastDeploymentInfo {
  const { deploymentId, status, createTime, completeTime: endTime } = info
  return { deploymentId, status, createTime, ...(endTime === undefined ? {} : { endTime }) }
}
