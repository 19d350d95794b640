import type {
  AddTagsToOnPremisesInstancesInput,
  ListOnPremisesInstancesInput,
  ListOnPremisesInstancesOutput,
  RegisterOnPremisesInstanceInput,
  Tag,
} from '@aws-sdk/client-codedeploy'
import { meets } from '../membership.ts'
import { Refusal } from '../refusal.ts'
import { type Account, arnOf, pageOf } from '../state.ts'

export function registerOnPremisesInstance(account: Account, input: RegisterOnPremisesInstanceInput): object {
  const { instanceName: name, iamUserArn, iamSessionArn } = input
  if (!name) throw new Refusal('InstanceNameRequired', 'An instance name was not specified.')
  if (!iamUserArn && !iamSessionArn) throw new Refusal('IamArnRequired', 'Neither an IAM session ARN nor an IAM user ARN was specified.')
  if (iamUserArn && iamSessionArn)
    throw new Refusal('MultipleIamArnsProvided', 'Both an IAM user ARN and an IAM session ARN were specified.')
  if (account.instances.has(name)) throw new Refusal('InstanceNameAlreadyRegistered', `The instance name is already registered: ${name}`)
  const arns = { ...(iamUserArn ? { iamUserArn } : {}), ...(iamSessionArn ? { iamSessionArn } : {}) }
  account.instances.set(name, {
    ...{ instanceName: name, instanceArn: arnOf(account, `instance/${name}`), registerTime: account.clock.now(), tags: [], ...arns },
  })
  place(account, name, [])
  return {}
}

export function addTagsToOnPremisesInstances(
  account: Account,
  { tags = [], instanceNames = [] }: AddTagsToOnPremisesInstancesInput,
): object {
  if (tags.length === 0) throw new Refusal('TagRequired', 'A tag was not specified.')
  const instances = instanceNames.map((name) => account.instances.get(name) ?? missing(name))
  for (const instance of instances) {
    const { instanceName: name = '' } = instance
    const kept = (instance.tags ?? []).filter(({ Key }) => !tags.some((tag) => tag.Key === Key))
    account.instances.set(name, { ...instance, tags: [...kept, ...tags] })
    place(account, name, [...kept, ...tags])
  }
  return {}
}

export function listOnPremisesInstances(account: Account, input: ListOnPremisesInstancesInput): ListOnPremisesInstancesOutput {
  const { registrationStatus, tagFilters = [], nextToken } = input
  const named = [...account.instances.values()].filter(
    ({ tags = [] }) => tagFilters.length === 0 || tagFilters.some((filter) => meets(filter, asRecord(tags))),
  )
  const wanted = registrationStatus === 'Deregistered' ? [] : named.flatMap(({ instanceName }) => instanceName ?? [])
  const { items: instanceNames, next } = pageOf(account, wanted, nextToken)
  return { instanceNames, ...next }
}

/** Makes an instance's host, or tells it of its tags. */
function place({ hosts, makeHost }: Account, name: string, tags: readonly Tag[]): void {
  const host = hosts.get(name) ?? makeHost?.(name, asRecord(tags))
  if (host) hosts.set(name, { ...host, name, tags: asRecord(tags), onPremises: true, perform: (task) => host.perform(task) })
}

function asRecord(tags: readonly Tag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}

function missing(name: string): never {
  throw new Refusal('InstanceNotRegistered', `The instance is not registered: ${name}`)
}
