import type {
  CreateApplicationInput,
  CreateApplicationOutput,
  GetApplicationInput,
  GetApplicationOutput,
  GetDeploymentConfigInput,
  GetDeploymentConfigOutput,
  RegisterApplicationRevisionInput,
} from '@aws-sdk/client-codedeploy'
import { Refusal } from '../refusal.ts'
import { type Account, type Application, uuid } from '../state.ts'
import { oneOf } from './given.ts'
import { checkRevision } from './revision.ts'

export function createApplication(
  account: Account,
  { applicationName: name, computePlatform }: CreateApplicationInput,
): CreateApplicationOutput {
  if (!name) throw new Refusal('ApplicationNameRequired', 'An application name was not specified.')
  oneOf(computePlatform, ['Server', 'Lambda', 'ECS'], 'InvalidComputePlatform')
  if (account.applications.has(name)) throw new Refusal('ApplicationAlreadyExists', `Application already exists: ${name}`)
  const applicationId = uuid(account)
  const info = {
    ...{ applicationId, applicationName: name, createTime: account.clock.now(), linkedToGitHub: false },
    computePlatform: computePlatform ?? ('Server' as const),
  }
  account.applications.set(name, { info, groups: new Map() })
  return { applicationId }
}

export function getApplication(account: Account, { applicationName }: GetApplicationInput): GetApplicationOutput {
  return { application: applicationOf(account, applicationName).info }
}

export function registerApplicationRevision(account: Account, { applicationName, revision }: RegisterApplicationRevisionInput): object {
  applicationOf(account, applicationName)
  checkRevision(revision)
  return {}
}

export function getDeploymentConfig(
  account: Account,
  { deploymentConfigName: name = '' }: GetDeploymentConfigInput,
): GetDeploymentConfigOutput {
  return { deploymentConfigInfo: configOf(account, name) }
}

export function configOf({ configs }: Account, name: string) {
  const config = configs.get(name)
  if (!config) throw new Refusal('DeploymentConfigDoesNotExist', `No Deployment Config found for name: ${name}`)
  return config
}

export function applicationOf({ applications }: Account, name: string | undefined): Application {
  if (!name) throw new Refusal('ApplicationNameRequired', 'An application name was not specified.')
  const application = applications.get(name)
  if (!application) throw new Refusal('ApplicationDoesNotExist', `No application found for name: ${name}`)
  return application
}
