import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation'
import type { ChangeSet, ChangeSetRef, ChangeSetRequest, Stack, StackEvent, Stacks } from '../../stack/stacks.ts'
import { type AwsSettings, connection } from './client.ts'
import { eventOf, given, readStack, requirePart, some } from './cloudformation/answers.ts'
import { callOf, type ServiceEndpoint, stackNameIn } from './cloudformation/calls.ts'
import { changesOf, united } from './cloudformation/changes.ts'
import { isAbsent, isOwnRepetition } from './cloudformation/refusals.ts'
import { inputOf } from './cloudformation/request.ts'
import { translate } from './errors.ts'

/** How often a request is sent: more than usual, since DescribeStacks is limited to a few a second for a whole account. */
const ATTEMPTS = 8

/** CloudFormation in one region, or whatever speaks its protocol at AWS_ENDPOINT_URL. Every request is retried by the SDK. */
export function cloudFormationStacks(region: string, settings: Omit<AwsSettings, 'region'> = {}): Stacks {
  const { config, endpoint } = connection('CLOUDFORMATION', { ...settings, region })
  return stacksThrough(new CloudFormationClient({ ...config, maxAttempts: ATTEMPTS }), { region, endpoint })
}

/** The same through a client of the caller's own. */
export function stacksThrough(client: CloudFormationClient, service: ServiceEndpoint): Stacks {
  /** Sends, and puts what goes wrong into our words. */
  async function asking<T>(call: Parameters<typeof callOf>[0], nameOrId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw translate(error, callOf(call, nameOrId, service))
    }
  }

  async function describe(nameOrId: string): Promise<Stack | undefined> {
    const answer = await client.send(new DescribeStacksCommand({ StackName: nameOrId })).catch(absent)
    const [stack] = (answer?.Stacks ?? []).map(readStack)
    return stack?.status === 'DELETE_COMPLETE' && stack.id !== nameOrId ? undefined : stack
  }

  /** A change set whose reply was lost is found by its name when the SDK sends the request again. */
  async function createChangeSet(request: ChangeSetRequest): Promise<ChangeSetRef> {
    try {
      const answer = await client.send(new CreateChangeSetCommand(inputOf(request)))
      return { id: requirePart(answer.Id, 'change set id'), name: request.name, stackId: requirePart(answer.StackId, 'stack id') }
    } catch (error) {
      if (!isOwnRepetition(error)) throw error
      const made = await client.send(new DescribeChangeSetCommand({ StackName: request.stack, ChangeSetName: request.name }))
      return refOf(made)
    }
  }

  /** Every page of a change set, its first with what is not paged. */
  async function pages(ref: ChangeSetRef, IncludePropertyValues: boolean): Promise<readonly DescribeChangeSetCommandOutput[]> {
    const read: DescribeChangeSetCommandOutput[] = []
    let token: string | undefined
    do {
      const page = await client.send(
        new DescribeChangeSetCommand({
          ...named(ref),
          IncludePropertyValues,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      )
      read.push(page)
      token = given(page.NextToken)
    } while (token !== undefined)
    return read
  }

  async function describeChangeSet(ref: ChangeSetRef): Promise<ChangeSet | undefined> {
    const read = await pages(ref, true).catch(absent)
    const [first] = read ?? []
    if (!read || !first) return undefined
    const status = requirePart(first.Status, 'status of a change set')
    const execution = requirePart(first.ExecutionStatus, 'execution status')
    const valued = changesOf(read.flatMap((page) => page.Changes ?? []))
    const plain = execution === 'AVAILABLE' ? await pages(ref, false).catch(absent) : []
    const changes = united(valued, changesOf((plain ?? []).flatMap((page) => page.Changes ?? [])))
    return { ...refOf(first), status, execution, changes, ...some({ reason: given(first.StatusReason) }) }
  }

  /** Asked by name, since the emulator finds none by id; what is another's of the same name is left out. */
  async function listChangeSets(nameOrId: string): Promise<readonly ChangeSetRef[]> {
    const name = stackNameIn(nameOrId)
    const refs: ChangeSetRef[] = []
    let token: string | undefined
    do {
      const input = { StackName: name, ...(token === undefined ? {} : { NextToken: token }) }
      const page = await client.send(new ListChangeSetsCommand(input)).catch(absent)
      refs.push(...(page?.Summaries ?? []).map(refOf))
      token = given(page?.NextToken)
    } while (token !== undefined)
    return name === nameOrId ? refs : refs.filter(({ stackId }) => stackId === nameOrId)
  }

  async function deleteChangeSet(ref: ChangeSetRef): Promise<void> {
    await client.send(new DeleteChangeSetCommand(named(ref))).catch(absent)
  }

  async function executeChangeSet(ref: ChangeSetRef, token: string): Promise<void> {
    await client.send(new ExecuteChangeSetCommand({ ...named(ref), ClientRequestToken: token }))
  }

  async function events(stackId: string, until?: string): Promise<readonly StackEvent[]> {
    const found: StackEvent[] = []
    let token: string | undefined
    do {
      const input = { StackName: stackId, ...(token === undefined ? {} : { NextToken: token }) }
      const page = await client.send(new DescribeStackEventsCommand(input))
      for (const event of (page.StackEvents ?? []).map(eventOf)) {
        if (event.id === until) return found
        found.push(event)
      }
      token = given(page.NextToken)
    } while (token !== undefined)
    return found
  }

  async function template(stackId: string): Promise<string | undefined> {
    const answer = await client.send(new GetTemplateCommand({ StackName: stackId, TemplateStage: 'Original' })).catch(absent)
    return answer?.TemplateBody
  }

  async function deleteStack(stackId: string, token: string, RoleARN?: string): Promise<void> {
    const input = { StackName: stackId, ClientRequestToken: token, ...(RoleARN === undefined ? {} : { RoleARN }) }
    await client.send(new DeleteStackCommand(input)).catch(absent)
  }

  async function protect(stackId: string): Promise<void> {
    await client.send(new UpdateTerminationProtectionCommand({ StackName: stackId, EnableTerminationProtection: true }))
  }

  return {
    region: service.region,
    describe: (nameOrId) => asking('describe', nameOrId, () => describe(nameOrId)),
    createChangeSet: (request) => asking('createChangeSet', request.stack, () => createChangeSet(request)),
    describeChangeSet: (ref) => asking('describeChangeSet', ref.stackId, () => describeChangeSet(ref)),
    listChangeSets: (nameOrId) => asking('listChangeSets', nameOrId, () => listChangeSets(nameOrId)),
    deleteChangeSet: (ref) => asking('deleteChangeSet', ref.stackId, () => deleteChangeSet(ref)),
    executeChangeSet: (ref, token) => asking('executeChangeSet', ref.stackId, () => executeChangeSet(ref, token)),
    events: (stackId, until) => asking('events', stackId, () => events(stackId, until)),
    template: (stackId) => asking('template', stackId, () => template(stackId)),
    deleteStack: (stackId, token, role) => asking('deleteStack', stackId, () => deleteStack(stackId, token, role)),
    protect: (stackId) => asking('protect', stackId, () => protect(stackId)),
  }
}

/** Undefined for what is not there; any other error goes on. */
function absent(error: unknown): undefined {
  if (!isAbsent(error)) throw error
}

/** A change set as requests name it: with its stack, since rights on change sets are rights on their stacks. */
function named({ id, stackId }: ChangeSetRef): { readonly ChangeSetName: string; readonly StackName: string } {
  return { ChangeSetName: id, StackName: stackId }
}

function refOf(answer: {
  readonly ChangeSetId?: string | undefined
  readonly ChangeSetName?: string | undefined
  readonly StackId?: string | undefined
}): ChangeSetRef {
  return {
    id: requirePart(answer.ChangeSetId, 'change set id'),
    name: requirePart(answer.ChangeSetName, 'change set name'),
    stackId: requirePart(answer.StackId, 'stack id'),
  }
}
