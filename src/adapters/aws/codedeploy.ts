import {
  BatchGetDeploymentTargetsCommand,
  CodeDeployClient,
  CreateDeploymentCommand,
  type DeploymentGroupInfo,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  ListOnPremisesInstancesCommand,
  StopDeploymentCommand,
} from '@aws-sdk/client-codedeploy'
import type { GroupName, RolloutRequest, Rollouts } from '../../rollout/rollouts.ts'
import { type AwsSettings, connection } from './client.ts'
import { findsInstances, groupOf, hostOf, rolloutOf } from './codedeploy/answers.ts'
import { translate } from './errors.ts'

/** How long one reply may take, in milliseconds. */
const REPLY_WITHIN = 20_000

/** Two clients: reads are sent again by the SDK, what changes something never is, since CodeDeploy takes no token that makes it one request. */
export interface Clients {
  readonly reading: Pick<CodeDeployClient, 'send'>
  readonly changing: Pick<CodeDeployClient, 'send'>
}

interface Service {
  readonly region: string
  readonly endpoint: string | undefined
}

/** CodeDeploy in one region, or whatever speaks its protocol at AWS_ENDPOINT_URL_CODEDEPLOY. */
export function codeDeployRollouts(region: string, settings: Omit<AwsSettings, 'region'> = {}): Rollouts {
  const { config, endpoint } = connection('CODEDEPLOY', { ...settings, region })
  const requestHandler = {
    ...config.requestHandler,
    requestTimeout: settings.patience ?? REPLY_WITHIN,
    // Without it the SDK only warns, and waits for ever.
    throwOnRequestTimeout: true,
  }
  const reading = new CodeDeployClient({ ...config, requestHandler })
  const changing = new CodeDeployClient({ ...config, requestHandler, maxAttempts: 1 })
  return rolloutsThrough({ reading, changing }, { region, endpoint })
}

/** The same through clients of the caller's own. */
export function rolloutsThrough({ reading, changing }: Clients, { region, endpoint }: Service): Rollouts {
  /** Sends, gives what `absent` names as undefined, and puts what goes wrong otherwise into our words. */
  async function asking<T>(action: string, on: string, work: () => Promise<T>, absent: readonly string[] = []): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (absent.includes(nameOf(error))) return undefined
      throw translate(error, { action: `codedeploy:${action}`, on, endpoint: endpoint ?? `CodeDeploy in ${region}`, region })
    }
  }

  async function groupInfo(name: GroupName): Promise<DeploymentGroupInfo | undefined> {
    const input = { applicationName: name.application, deploymentGroupName: name.group }
    const send = () => reading.send(new GetDeploymentGroupCommand(input))
    const absent = ['DeploymentGroupDoesNotExistException', 'ApplicationDoesNotExistException']
    const answer = await asking('GetDeploymentGroup', groupText(name), send, absent)
    // The names are those that were asked for, whatever the answer leaves out.
    return answer?.deploymentGroupInfo && { ...answer.deploymentGroupInfo, ...input }
  }

  async function registered(name: GroupName, tagFilters: DeploymentGroupInfo['onPremisesInstanceTagFilters']): Promise<number> {
    const names: string[] = []
    let nextToken: string | undefined
    do {
      const input = { registrationStatus: 'Registered' as const, tagFilters, ...(nextToken ? { nextToken } : {}) }
      const send = () => reading.send(new ListOnPremisesInstancesCommand(input))
      const answer = await asking('ListOnPremisesInstances', groupText(name), send)
      names.push(...(answer?.instanceNames ?? []))
      nextToken = answer?.nextToken
    } while (nextToken)
    return names.length
  }

  return {
    region,
    async group(name) {
      const info = await groupInfo(name)
      return info && groupOf(info)
    },
    async healthRule(deploymentConfigName) {
      const send = () => reading.send(new GetDeploymentConfigCommand({ deploymentConfigName }))
      const answer = await asking('GetDeploymentConfig', `configuration '${deploymentConfigName}'`, send, [
        'DeploymentConfigDoesNotExistException',
      ])
      const { type, value = 0 } = answer?.deploymentConfigInfo?.minimumHealthyHosts ?? {}
      return type === undefined ? undefined : { type, value }
    },
    async members(name) {
      const info = await groupInfo(name)
      // The lists of a set must all fit, which one list of filters cannot ask for.
      if (!info || findsInstances(info) || (info.onPremisesTagSet?.onPremisesTagSetList ?? []).length > 0) return undefined
      return (info.onPremisesInstanceTagFilters ?? []).length === 0 ? 0 : registered(name, info.onPremisesInstanceTagFilters)
    },
    async create(request) {
      const send = () => changing.send(new CreateDeploymentCommand(inputOf(request)))
      const answer = await asking('CreateDeployment', groupText(request), send, ['DeploymentLimitExceededException'])
      return answer?.deploymentId === undefined ? 'busy' : { id: answer.deploymentId }
    },
    async describe(deploymentId) {
      const send = () => reading.send(new GetDeploymentCommand({ deploymentId }))
      const answer = await asking('GetDeployment', `deployment ${deploymentId}`, send, ['DeploymentDoesNotExistException'])
      return answer?.deploymentInfo && rolloutOf(answer.deploymentInfo)
    },
    async list(name, which) {
      const input = {
        applicationName: name.application,
        deploymentGroupName: name.group,
        ...(which === 'active' ? { includeOnlyStatuses } : {}),
      }
      const send = () => reading.send(new ListDeploymentsCommand(input))
      return (await asking('ListDeployments', groupText(name), send))?.deployments ?? []
    },
    async targets(deploymentId) {
      const ids: string[] = []
      let nextToken: string | undefined
      do {
        const input = { deploymentId, ...(nextToken ? { nextToken } : {}) }
        const send = () => reading.send(new ListDeploymentTargetsCommand(input))
        const answer = await asking('ListDeploymentTargets', `deployment ${deploymentId}`, send, ['DeploymentNotStartedException'])
        if (!answer) return undefined
        ids.push(...(answer.targetIds ?? []))
        nextToken = answer.nextToken
      } while (nextToken)
      return ids
    },
    async hosts(deploymentId, targets) {
      const send = () => reading.send(new BatchGetDeploymentTargetsCommand({ deploymentId, targetIds: [...targets] }))
      const answer = await asking('BatchGetDeploymentTargets', `deployment ${deploymentId}`, send, ['DeploymentNotStartedException'])
      return (answer?.deploymentTargets ?? []).flatMap((target) => hostOf(target) ?? [])
    },
    async stop(deploymentId, autoRollbackEnabled) {
      const send = () => changing.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled }))
      const answer = await asking('StopDeployment', `deployment ${deploymentId}`, send, ['DeploymentAlreadyCompletedException'])
      return answer ? 'stopping' : 'over'
    },
  }
}

/** Every status that is no end. Source: CodeDeploy API reference, DeploymentInfo. */
const includeOnlyStatuses = ['Created' as const, 'Queued' as const, 'InProgress' as const, 'Baking' as const, 'Ready' as const]

function inputOf({ application, group, revision: { bucket, key, version, etag }, description, ignoreStopFailures }: RolloutRequest) {
  const pins = { ...(version === undefined ? {} : { version }), ...(etag === undefined ? {} : { eTag: etag }) }
  return {
    ...{ applicationName: application, deploymentGroupName: group, description },
    revision: { revisionType: 'S3' as const, s3Location: { bucket, key, bundleType: 'zip' as const, ...pins } },
    ...(ignoreStopFailures ? { ignoreApplicationStopFailures: true } : {}),
  }
}

function groupText({ application, group }: GroupName): string {
  return `deployment group '${group}' of application '${application}'`
}

/** Errors are told apart by name: in the SDK's answers their classes are not always what they should be. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : ''
}
