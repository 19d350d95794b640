import { type Account, type Deployment, deploymentId, deploymentsOf } from './state.ts'

/**
 * Begins the rollback of a deployment that ended, if one is due: a new deployment of the revision that succeeded last. A rollback that fails is
 * not rolled back. The group is taken at once; that there is a rollback shows only a moment later.
 */
export function rollBack(account: Account, failed: Deployment, begin: (account: Account, deployment: Deployment) => void): void {
  if (!isDue(failed) || failed.info.creator === 'codeDeployRollback') return
  const { application, group, info } = failed
  const good = deploymentsOf(account, application, group).find((one) => one !== failed && one.info.status === 'Succeeded')
  if (!good) {
    later(account, failed, {
      rollbackMessage: `Deployment ${failed.id} could not be rolled back: no deployment of the group has succeeded.`,
    })
    return
  }
  const id = deploymentId(account)
  const rollbackInfo = { rollbackTriggeringDeploymentId: failed.id }
  const rollback: Deployment = {
    ...{ id, application, group, targets: undefined, stop: undefined, continue: undefined },
    info: {
      ...{ applicationName: application, deploymentGroupName: group, deploymentId: id },
      deploymentConfigName: info.deploymentConfigName,
      ...{ status: 'Created', creator: 'codeDeployRollback', createTime: account.clock.now(), rollbackInfo, computePlatform: 'Server' },
      description: `rollback of ${failed.id}`,
      revision: good.info.revision,
      previousRevision: info.revision,
      ...{ deploymentStyle: info.deploymentStyle, ignoreApplicationStopFailures: info.ignoreApplicationStopFailures },
      fileExistsBehavior: info.fileExistsBehavior,
    },
  }
  account.deployments.set(id, rollback)
  begin(account, rollback)
  later(account, failed, { rollbackDeploymentId: id, rollbackMessage: `Deployment ${failed.id} is rolled back by deployment ${id}.` })
}

function isDue({ info, stop }: Deployment): boolean {
  const { enabled = false, events = [] } = info.autoRollbackConfiguration ?? {}
  if (info.status === 'Failed') return enabled && events.includes('DEPLOYMENT_FAILURE')
  return info.status === 'Stopped' && (stop?.rollBack === true || (enabled && events.includes('DEPLOYMENT_STOP_ON_REQUEST')))
}

function later(account: Account, deployment: Deployment, rollbackInfo: NonNullable<Deployment['info']['rollbackInfo']>): void {
  const tell = (): void => {
    deployment.info = { ...deployment.info, rollbackInfo }
  }
  if (account.timing.rollbackInfo === 0) tell()
  else void account.clock.sleep(account.timing.rollbackInfo).then(tell, () => {})
}
