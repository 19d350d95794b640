import type { DeploymentConfigInfo } from '@aws-sdk/client-codedeploy'

/** What a deployment configuration means for so many hosts. */
export interface Health {
  /** How many hosts must stay healthy. */
  readonly minimum: number
  readonly atOnce: number
  /** True as long as the deployment may still begin with another host, after so many have failed. */
  goesOn(failed: number): boolean
  /** True if a deployment that ended so has succeeded, as CodeDeploy counts. */
  succeeded(succeeded: number): boolean
}

/** The configurations that every account has. Source: CodeDeploy API reference, and its user guide, "Predefined deployment configurations". */
export const predefined: readonly DeploymentConfigInfo[] = [
  config('CodeDeployDefault.OneAtATime', 'MOST_CONCURRENCY', 1),
  config('CodeDeployDefault.HalfAtATime', 'FLEET_PERCENT', 50),
  config('CodeDeployDefault.AllAtOnce', 'FLEET_PERCENT', 0),
]

/** @param type OneAtATime is described with a type that the API's own enumeration does not have. */
function config(deploymentConfigName: string, type: string, value: number): DeploymentConfigInfo {
  const id = Buffer.from(deploymentConfigName).toString('hex').slice(-12)
  return {
    deploymentConfigName,
    deploymentConfigId: `00000000-0000-4000-8000-${id}`,
    minimumHealthyHosts: { type: type as 'HOST_COUNT', value },
    computePlatform: 'Server',
  }
}

/**
 * The rules of healthy hosts for `hosts` hosts; undefined if so many cannot be kept healthy, which fails a deployment at once. Health from
 * earlier deployments, which AWS counts too, is not counted here. Source: CodeDeploy API reference, MinimumHealthyHosts; user guide,
 * "Instance health".
 */
export function healthOf({ minimumHealthyHosts }: DeploymentConfigInfo, hosts: number): Health | undefined {
  const { type = '', value = 0 } = minimumHealthyHosts ?? {}
  const oneAtATime = !['HOST_COUNT', 'FLEET_PERCENT'].includes(type)
  const minimum = oneAtATime ? hosts - 1 : type === 'HOST_COUNT' ? value : Math.ceil((hosts * value) / 100)
  if (minimum >= hosts) return undefined
  return {
    minimum,
    atOnce: hosts - minimum,
    // One at a time, only the last host may fail.
    goesOn: (failed) => (oneAtATime ? failed === 0 : hosts - failed >= Math.max(minimum, 1)),
    succeeded: (succeeded) => succeeded >= Math.max(minimum, 1),
  }
}
