import type { DeploymentGroupInfo, EC2TagFilter, TagFilter } from '@aws-sdk/client-codedeploy'
import type { Host } from './host.ts'

type Filter = EC2TagFilter | TagFilter

/**
 * True if a deployment group takes a host in: by the name of its Auto Scaling group, or by tags. Filters of one list are alternatives, the
 * lists of a set must all fit. Source: CodeDeploy API reference, EC2TagSet and OnPremisesTagSet.
 */
export function isOf(group: DeploymentGroupInfo, host: Host): boolean {
  if (host.onPremises === true) return fits(group.onPremisesInstanceTagFilters, group.onPremisesTagSet?.onPremisesTagSetList, host.tags)
  const scaled = (group.autoScalingGroups ?? []).some(({ name }) => name !== undefined && name === host.autoScalingGroup)
  return scaled || fits(group.ec2TagFilters, group.ec2TagSet?.ec2TagSetList, host.tags)
}

function fits(any: readonly Filter[] = [], sets: readonly (readonly Filter[])[] = [], tags: Readonly<Record<string, string>>): boolean {
  const some = (filters: readonly Filter[]): boolean => filters.some((filter) => meets(filter, tags))
  return some(any) || (sets.length > 0 && sets.every(some))
}

export function meets({ Key = '', Value = '', Type = 'KEY_AND_VALUE' }: Filter, tags: Readonly<Record<string, string>>): boolean {
  if (Type === 'KEY_ONLY') return Object.hasOwn(tags, Key)
  if (Type === 'VALUE_ONLY') return Object.values(tags).includes(Value)
  return Object.hasOwn(tags, Key) && tags[Key] === Value
}
