import { TowpathError } from '../errors.ts'
import type { Group, HealthRule } from './rollouts.ts'

/** How many hosts a rule wants healthy, of so many. Source: CodeDeploy API reference, MinimumHealthyHosts. */
export function minimumOf({ type, value }: HealthRule, hosts: number): number {
  if (type === 'HOST_COUNT') return value
  return type === 'FLEET_PERCENT' ? Math.ceil((hosts * value) / 100) : Math.max(hosts - value, 0)
}

/**
 * Why nothing can be deployed to a group; undefined if nothing is known that speaks against it.
 * @param hosts how many it has; undefined where CodeDeploy does not know before it begins
 */
export function impossible(group: Group, hosts: number | undefined, rule: HealthRule | undefined): TowpathError | undefined {
  const name = `deployment group '${group.group}' of application '${group.application}'`
  if (!group.selects || hosts === 0)
    return new TowpathError('failed', `${name} has no hosts`, {
      hint: group.selects
        ? 'start or register hosts with the tags that the group looks for'
        : 'name tags or an Auto Scaling group in its template',
    })
  if (hosts === undefined || !rule) return undefined
  const minimum = minimumOf(rule, hosts)
  if (minimum < hosts) return undefined
  const have = hosts === 1 ? '1 host' : `${hosts} hosts`
  return new TowpathError(
    'failed',
    `${name} has ${have}, and configuration '${group.configuration}' wants ${minimum} healthy at all times`,
    {
      hint: 'add hosts, or choose a configuration that lets at least one host be away',
    },
  )
}
