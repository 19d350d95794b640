import type {
  BatchGetDeploymentTargetsInput,
  BatchGetDeploymentTargetsOutput,
  DeploymentTarget,
  GetDeploymentTargetInput,
  GetDeploymentTargetOutput,
  InstanceTarget,
  ListDeploymentTargetsInput,
  ListDeploymentTargetsOutput,
} from '@aws-sdk/client-codedeploy'
import { Refusal } from '../refusal.ts'
import { type Account, pageOf } from '../state.ts'
import { deploymentOf } from './deployments.ts'

/** Source: CodeDeploy API reference, BatchGetDeploymentTargets. */
const MOST_AT_ONCE = 25

export function listDeploymentTargets(account: Account, input: ListDeploymentTargetsInput): ListDeploymentTargetsOutput {
  const statuses = input.targetFilters?.TargetStatus
  const wanted = [...targetsOf(account, input.deploymentId).values()].filter(({ status = '' }) => statuses?.includes(status) ?? true)
  const { items: targetIds, next } = pageOf(
    account,
    wanted.flatMap(({ targetId }) => targetId ?? []),
    input.nextToken,
  )
  return { targetIds, ...next }
}

export function batchGetDeploymentTargets(account: Account, input: BatchGetDeploymentTargetsInput): BatchGetDeploymentTargetsOutput {
  const { targetIds = [] } = input
  if (targetIds.length > MOST_AT_ONCE)
    throw new Refusal('DeploymentTargetListSizeExceeded', `At most ${MOST_AT_ONCE} deployment targets can be asked for at once.`)
  const targets = targetsOf(account, input.deploymentId)
  return { deploymentTargets: targetIds.map((id) => described(targets, id)) }
}

export function getDeploymentTarget(account: Account, { deploymentId, targetId }: GetDeploymentTargetInput): GetDeploymentTargetOutput {
  return { deploymentTarget: described(targetsOf(account, deploymentId), targetId ?? '') }
}

function targetsOf(account: Account, id: string | undefined): ReadonlyMap<string, InstanceTarget> {
  const { targets, info } = deploymentOf(account, id)
  if (!targets) throw new Refusal('DeploymentNotStarted', `The deployment ${info.deploymentId} has not started.`)
  return targets
}

function described(targets: ReadonlyMap<string, InstanceTarget>, id: string): DeploymentTarget {
  const instanceTarget = targets.get(id)
  if (!instanceTarget) throw new Refusal('DeploymentTargetDoesNotExist', `The deployment target does not exist: ${id}`)
  return { deploymentTargetType: 'InstanceTarget', instanceTarget }
}
