import type { DeploymentGroupInfo, InstanceTarget, LifecycleEvent, TargetStatus } from '@aws-sdk/client-codedeploy'
import { ignorable, ofTheService } from './events.ts'
import type { Host, Performed } from './host.ts'
import { type Account, arnOf, type Deployment } from './state.ts'

/** What the console says of a host whose agent does not answer. Source: aws/aws-codedeploy-agent#307. */
const SILENT =
  'CodeDeploy agent was not able to receive the lifecycle event. Check the CodeDeploy agent logs on your host and make sure the agent is running and can connect to the CodeDeploy server.'

export function aTarget(account: Account, deploymentId: string, name: string, events: readonly string[]): InstanceTarget {
  return {
    deploymentId,
    targetId: name,
    targetArn: arnOf(account, `instance/${name}`),
    status: 'Pending',
    lastUpdatedAt: account.clock.now(),
    lifecycleEvents: events.map((lifecycleEventName) => ({ lifecycleEventName, status: 'Pending' })),
  }
}

/** Goes through the lifecycle events of one host; true if the host succeeded. */
export async function deployTo(account: Account, deployment: Deployment, group: DeploymentGroupInfo, host: Host): Promise<boolean> {
  const events = deployment.targets?.get(host.name)?.lifecycleEvents ?? []
  change(account, deployment, host.name, { status: 'InProgress' })
  for (const { lifecycleEventName: event = '' } of events) {
    if (deployment.stop) return conclude(account, deployment, host.name, 'Failed')
    await account.clock.sleep(account.timing.poll)
    tell(account, deployment, host.name, event, { status: 'InProgress', startTime: account.clock.now() })
    const performed = ofTheService.has(event) ? 'succeeded' : await perform(account, deployment, group, host, event)
    const endTime = account.clock.now()
    if (performed === 'succeeded') tell(account, deployment, host.name, event, { status: 'Succeeded', endTime, diagnostics: SUCCESS })
    else {
      const diagnostics = performed === 'silent' ? { errorCode: 'UnknownError' as const, message: SILENT } : performed.failed
      tell(account, deployment, host.name, event, { status: 'Failed', endTime, diagnostics })
      const ignored = deployment.info.ignoreApplicationStopFailures === true && ignorable.has(event)
      if (!ignored) return conclude(account, deployment, host.name, 'Failed')
    }
  }
  return conclude(account, deployment, host.name, 'Succeeded')
}

const SUCCESS = { errorCode: 'Success', scriptName: '', message: 'Succeeded', logTail: '' } as const

/** Passes over a host with which nothing was begun. */
export function skip(account: Account, deployment: Deployment, name: string): void {
  conclude(account, deployment, name, 'Skipped')
}

async function perform(
  account: Account,
  { id, info, application, group: name }: Deployment,
  group: DeploymentGroupInfo,
  host: Host,
  event: string,
): Promise<Performed> {
  const performed = await host.perform({
    event,
    deploymentId: id,
    application,
    group: name,
    groupId: group.deploymentGroupId ?? '',
    revision: info.revision ?? {},
    fileExists: info.fileExistsBehavior ?? 'DISALLOW',
  })
  if (performed === 'silent') await account.clock.sleep(account.timing.silence)
  return performed
}

/** Ends a host: what has not ended of its events is skipped. */
function conclude(account: Account, deployment: Deployment, name: string, status: TargetStatus): boolean {
  const events = deployment.targets?.get(name)?.lifecycleEvents ?? []
  const lifecycleEvents = events.map((event): LifecycleEvent => (event.status === 'Pending' ? { ...event, status: 'Skipped' } : event))
  change(account, deployment, name, { status, lifecycleEvents })
  return status === 'Succeeded'
}

function tell(account: Account, deployment: Deployment, name: string, event: string, changed: LifecycleEvent): void {
  const events = deployment.targets?.get(name)?.lifecycleEvents ?? []
  change(account, deployment, name, {
    lifecycleEvents: events.map((one) => (one.lifecycleEventName === event ? { ...one, ...changed } : one)),
  })
}

function change(account: Account, { targets }: Deployment, name: string, changed: InstanceTarget): void {
  targets?.set(name, { ...targets.get(name), ...changed, lastUpdatedAt: account.clock.now() })
}
