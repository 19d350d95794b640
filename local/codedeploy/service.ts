import type { DeploymentConfigInfo } from '@aws-sdk/client-codedeploy'
import type { Clock } from '../../src/ports/clock.ts'
import { predefined } from './health.ts'
import type { Host } from './host.ts'
import * as applications from './operations/applications.ts'
import * as deployments from './operations/deployments.ts'
import * as groups from './operations/groups.ts'
import * as instances from './operations/instances.ts'
import * as targets from './operations/targets.ts'
import type { Account, Timing } from './state.ts'

/** Every operation there is, by its name in the protocol. What AWS has beside them is refused. */
export const operations = {
  CreateApplication: applications.createApplication,
  GetApplication: applications.getApplication,
  RegisterApplicationRevision: applications.registerApplicationRevision,
  GetDeploymentConfig: applications.getDeploymentConfig,
  CreateDeploymentGroup: groups.createDeploymentGroup,
  UpdateDeploymentGroup: groups.updateDeploymentGroup,
  GetDeploymentGroup: groups.getDeploymentGroup,
  RegisterOnPremisesInstance: instances.registerOnPremisesInstance,
  AddTagsToOnPremisesInstances: instances.addTagsToOnPremisesInstances,
  ListOnPremisesInstances: instances.listOnPremisesInstances,
  CreateDeployment: deployments.createDeployment,
  GetDeployment: deployments.getDeployment,
  ListDeployments: deployments.listDeployments,
  StopDeployment: deployments.stopDeployment,
  ContinueDeployment: deployments.continueDeployment,
  PutLifecycleEventHookExecutionStatus: deployments.putLifecycleEventHookExecutionStatus,
  ListDeploymentTargets: targets.listDeploymentTargets,
  BatchGetDeploymentTargets: targets.batchGetDeploymentTargets,
  GetDeploymentTarget: targets.getDeploymentTarget,
} as const

export type Operation = keyof typeof operations

export function isOperation(name: string): name is Operation {
  return Object.hasOwn(operations, name)
}

export interface ServiceOptions {
  readonly clock: Clock
  readonly region?: string
  readonly hosts?: readonly Host[]
  readonly makeHost?: Account['makeHost']
  readonly timing?: Partial<Timing>
  /** Configurations beside the three that every account has. */
  readonly configs?: readonly DeploymentConfigInfo[]
  /** Entries of a page; small on purpose in tests. */
  readonly page?: number
  readonly random?: () => number
  readonly said?: (line: string) => void
}

const quick: Timing = { created: 20, queued: 20, poll: 0, baking: 0, rollbackInfo: 50, silence: 2_000 }

/** A CodeDeploy that knows no application yet. */
export function anAccount(options: ServiceOptions): Account {
  const { clock, region = 'eu-west-1', hosts = [], makeHost, timing, configs = [], page = 100 } = options
  return {
    ...{ region, clock, page, timing: { ...quick, ...timing } },
    configs: new Map([...predefined, ...configs].map((config) => [config.deploymentConfigName ?? '', config])),
    applications: new Map(),
    deployments: new Map(),
    instances: new Map(),
    hosts: new Map(hosts.map((host) => [host.name, host])),
    random: options.random ?? Math.random,
    said: options.said ?? (() => {}),
    ...(makeHost ? { makeHost } : {}),
  }
}
