import { type Clock, pollGap } from '../../src/ports/clock.ts'
import type { ChangeSet, ChangeSetRef, ChangeSetRequest, Stack, Stacks } from '../../src/stack/stacks.ts'

/** An account that the contract may use. */
export interface Ground {
  readonly stacks: Stacks
  readonly clock: Clock
  /** A name that no stack and no queue of the account has: letters, digits and hyphens, at most 40. */
  name(): string
  /** Stores a template where CloudFormation can read it, and gives its URL. */
  upload(template: string): Promise<string>
  /** Turns termination protection off, which the port does not. */
  unprotect(stackId: string): Promise<void>
}

/** What the contract does in an account: it waits for whatever it asks for, and takes away what it made. */
export interface Visitor {
  /** A request about a stack with one queue of its name, to create it unless it says otherwise. */
  request(stack: string, parts?: Partial<ChangeSetRequest>): ChangeSetRequest
  until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T>
  /** Makes a change set and waits until it is made. */
  propose(wanted: ChangeSetRequest): Promise<ChangeSet>
  /** Executes and follows the events of this token to the operation's end: the status may be stale, the events are not. */
  execute(ref: ChangeSetRef, token?: string): Promise<Stack>
  deployed(stack: string, parts?: Partial<ChangeSetRequest>): Promise<Stack>
  removed(stackId: string): Promise<void>
  leave(): Promise<void>
}

/** Longest wait for one operation, in milliseconds. */
const PATIENCE = 15 * 60_000

export function aQueue() {
  return {
    Parameters: { Name: { Type: 'String' }, Timeout: { Type: 'Number', Default: '30' } },
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'Name' }, VisibilityTimeout: { Ref: 'Timeout' } } } },
    Outputs: { Name: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } } },
  }
}

export function visitor({ stacks, clock, name }: Ground): Visitor {
  const made = new Set<string>()

  function request(stack: string, parts: Partial<ChangeSetRequest> = {}): ChangeSetRequest {
    return {
      ...{ stack, name: `towpath-${name()}`, type: 'CREATE', template: { body: JSON.stringify(aQueue()) }, token: `token-${name()}` },
      ...{ parameters: { Name: { value: stack } }, tags: { 'towpath:service': 'delivery' }, capabilities: [] },
      ...parts,
    }
  }

  async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const begun = clock.monotonic()
    for (;;) {
      const answer = await ask()
      if (answer !== undefined) return answer
      const elapsed = clock.monotonic() - begun
      if (elapsed > PATIENCE) throw new Error(`waited in vain for ${what}`)
      await clock.sleep(pollGap(elapsed))
    }
  }

  async function propose(wanted: ChangeSetRequest): Promise<ChangeSet> {
    const ref = await stacks.createChangeSet(wanted)
    made.add(ref.stackId)
    return until(`change set ${ref.name}`, async () => {
      const changeSet = await stacks.describeChangeSet(ref)
      if (!changeSet) throw new Error(`change set ${ref.name} is gone`)
      return /^CREATE_(PENDING|IN_PROGRESS)$/.test(changeSet.status) ? undefined : changeSet
    })
  }

  async function execute(ref: ChangeSetRef, token = `run-${name()}`): Promise<Stack> {
    await stacks.executeChangeSet(ref, token)
    await until(`the end of ${token}`, async () => {
      const own = (await stacks.events(ref.stackId)).filter((event) => event.token === token)
      return own.find(({ status, type }) => type === 'AWS::CloudFormation::Stack' && !status.endsWith('_IN_PROGRESS'))
    })
    return until(`stack ${ref.stackId}`, async () => {
      const stack = await stacks.describe(ref.stackId)
      return stack?.status.endsWith('_IN_PROGRESS') ? undefined : stack
    })
  }

  async function deployed(stack: string, parts: Partial<ChangeSetRequest> = {}): Promise<Stack> {
    return execute(await propose(request(stack, parts)))
  }

  async function removed(stackId: string): Promise<void> {
    if ((await stacks.describe(stackId))?.status === 'DELETE_COMPLETE') return
    await stacks.deleteStack(stackId, `end-${name()}`)
    await until(`the deletion of ${stackId}`, async () => {
      const stack = await stacks.describe(stackId)
      if (stack?.status === 'DELETE_FAILED') throw new Error(`${stackId} could not be deleted: ${stack.reason}`)
      return !stack || stack.status === 'DELETE_COMPLETE' ? true : undefined
    })
  }

  async function leave(): Promise<void> {
    for (const stackId of made) await removed(stackId)
  }

  return { request, until, propose, execute, deployed, removed, leave }
}
