import type { DeploymentGroupInfo, DeploymentInfo, DeploymentTarget, LastDeploymentInfo, LifecycleEvent } from '@aws-sdk/client-codedeploy'
import type { Group, HostEvent, HostState, LastRollout, Revision, Rollout } from '../../../rollout/rollouts.ts'

/** What CodeDeploy answers, in our words. */

export function groupOf(info: DeploymentGroupInfo): Group {
  const { ec2TagFilters, ec2TagSet, onPremisesInstanceTagFilters, onPremisesTagSet, autoScalingGroups } = info
  const filters = [ec2TagFilters, ec2TagSet?.ec2TagSetList, onPremisesInstanceTagFilters, onPremisesTagSet?.onPremisesTagSetList]
  return {
    application: info.applicationName ?? '',
    group: info.deploymentGroupName ?? '',
    id: info.deploymentGroupId ?? '',
    configuration: info.deploymentConfigName ?? '',
    rollsBack: rollsBack(info),
    selects: [...filters, autoScalingGroups].some((all) => (all ?? []).length > 0),
    ...some('lastAttempted', lastOf(info.lastAttemptedDeployment)),
    ...some('lastSuccessful', lastOf(info.lastSuccessfulDeployment)),
  }
}

/** True if hosts of a group are found by something else than the tags of registered instances. */
export function findsInstances({ ec2TagFilters = [], ec2TagSet, autoScalingGroups = [] }: DeploymentGroupInfo): boolean {
  return [...ec2TagFilters, ...(ec2TagSet?.ec2TagSetList ?? []), ...autoScalingGroups].length > 0
}

export function rolloutOf(info: DeploymentInfo): Rollout {
  const { deploymentOverview: counts, errorInformation: error, rollbackInfo } = info
  return {
    id: info.deploymentId ?? '',
    application: info.applicationName ?? '',
    group: info.deploymentGroupName ?? '',
    status: info.status ?? 'Unknown',
    revision: revisionOf(info),
    description: info.description ?? '',
    creator: info.creator ?? '',
    created: info.createTime?.toISOString() ?? '',
    counts: counts && {
      ...{ pending: counts.Pending ?? 0, inProgress: counts.InProgress ?? 0, succeeded: counts.Succeeded ?? 0 },
      ...{ failed: counts.Failed ?? 0, skipped: counts.Skipped ?? 0, ready: counts.Ready ?? 0 },
    },
    rollsBack: rollsBack(info),
    ...(error ? { error: { code: error.code ?? 'Unknown', message: error.message ?? '' } } : {}),
    ...some('rollback', rollbackInfo?.rollbackDeploymentId),
    ...some('rollbackMessage', rollbackInfo?.rollbackMessage),
    ...some('rollbackOf', rollbackInfo?.rollbackTriggeringDeploymentId),
  }
}

/** Undefined for what has no instance, such as a Lambda. */
export function hostOf({ instanceTarget: target }: DeploymentTarget): HostState | undefined {
  if (!target) return undefined
  const id = target.targetId ?? ''
  return {
    id,
    name: target.targetArn?.split('/').at(-1) || id,
    status: target.status ?? 'Unknown',
    events: (target.lifecycleEvents ?? []).map(eventOf),
  }
}

function eventOf({ lifecycleEventName, status, startTime, endTime, diagnostics }: LifecycleEvent): HostEvent {
  return {
    event: lifecycleEventName ?? '',
    status: status ?? 'Unknown',
    ...some('started', startTime?.toISOString()),
    ...some('ended', endTime?.toISOString()),
    ...(diagnostics
      ? {
          said: {
            code: diagnostics.errorCode ?? 'UnknownError',
            script: diagnostics.scriptName ?? '',
            message: diagnostics.message ?? '',
            log: diagnostics.logTail ?? '',
          },
        }
      : {}),
  }
}

function revisionOf({ revision }: DeploymentInfo): Revision | undefined {
  const { bucket, key, version, eTag } = revision?.s3Location ?? {}
  if (!bucket || !key) return undefined
  return { bucket, key, ...some('version', version), ...some('etag', eTag?.replaceAll('"', '')) }
}

function lastOf(info: LastDeploymentInfo | undefined): LastRollout | undefined {
  return info?.deploymentId ? { id: info.deploymentId, status: info.status ?? 'Unknown' } : undefined
}

function rollsBack({ autoRollbackConfiguration: rollback }: DeploymentInfo | DeploymentGroupInfo): boolean {
  return rollback?.enabled === true && (rollback.events ?? []).length > 0
}

/** A member that is left out where it has no value. */
function some<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { readonly [P in K]?: T })
}
