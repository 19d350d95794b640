import type { ChangeSet, ChangeSetRef, ChangeSetRequest, Stack } from '../../../src/stack/stacks.ts'
import { type VirtualClock, virtualClock } from '../clock.ts'
import { type FakeStacks, type FakeStacksOptions, fakeStacks } from '../cloudformation.ts'

/** A template or its parts; without Resources it has one thing. */
export type Parts = Readonly<Record<string, unknown>>

/** An account with a client that waits: what the tests of the fake drive it with. */
export interface Driven {
  readonly cloud: FakeStacks
  readonly clock: VirtualClock
  /** A request about stack `s`, to create it unless it says otherwise. */
  request(template: Parts, parts?: Partial<ChangeSetRequest>): ChangeSetRequest
  /** Makes a change set and waits until it is made. */
  propose(template: Parts, parts?: Partial<ChangeSetRequest>): Promise<ChangeSet>
  /** Executes a change set and waits until the stack rests. */
  execute(ref: ChangeSetRef, token?: string): Promise<Stack>
  /** Both. An existing stack is updated. */
  deploy(template: Parts, parts?: Partial<ChangeSetRequest>): Promise<Stack>
  /** Asks for a change set, and gives the message of the refusal. */
  refusal(template: Parts, parts?: Partial<ChangeSetRequest>): Promise<string>
  /** The events of one token, oldest first: `Thing CREATE_COMPLETE`. */
  told(token: string, stack?: string): readonly string[]
}

/** A resource of a type that is made for tests: `Name` names it, `Shape` replaces it, `Mode` may, all else changes it in place. */
export function thing(properties: Parts = {}, attributes: Parts = {}): Parts {
  return { Type: 'Test::Towpath::Thing', Properties: properties, ...attributes }
}

export function drive(options: Partial<FakeStacksOptions> = {}): Driven {
  const clock = virtualClock()
  const cloud = fakeStacks({ clock, ...options })
  let numbers = 0

  function request(template: Parts, parts: Partial<ChangeSetRequest> = {}): ChangeSetRequest {
    const name = `c${++numbers}`
    const body = JSON.stringify({ Resources: { Thing: thing() }, ...template })
    return { stack: 's', name, type: 'CREATE', template: { body }, parameters: {}, tags: {}, capabilities: [], token: name, ...parts }
  }

  async function propose(template: Parts, parts?: Partial<ChangeSetRequest>): Promise<ChangeSet> {
    const ref = await cloud.createChangeSet(request(template, parts))
    for (;;) {
      const changeSet = await cloud.describeChangeSet(ref)
      if (!changeSet) throw new Error(`change set ${ref.name} is gone`)
      if (!/^CREATE_(PENDING|IN_PROGRESS)$/.test(changeSet.status)) return changeSet
      await clock.sleep(500)
    }
  }

  async function execute(ref: ChangeSetRef, token = `run-${ref.name}`): Promise<Stack> {
    await cloud.executeChangeSet(ref, token)
    for (;;) {
      const stack = cloud.stack(ref.stackId)
      if (stack && !stack.status.endsWith('_IN_PROGRESS')) return stack
      await clock.sleep(500)
    }
  }

  async function deploy(template: Parts, parts: Partial<ChangeSetRequest> = {}): Promise<Stack> {
    const type = cloud.stack(parts.stack ?? 's') ? 'UPDATE' : 'CREATE'
    return execute(await propose(template, { type, ...parts }))
  }

  async function refusal(template: Parts, parts?: Partial<ChangeSetRequest>): Promise<string> {
    try {
      await cloud.createChangeSet(request(template, parts))
    } catch (error) {
      if (error instanceof Error) return error.message
    }
    throw new Error('it was not refused')
  }

  function told(token: string, stack = 's'): readonly string[] {
    const own = cloud.history(stack).filter((event) => event.token === token)
    return own.map(({ logicalId, status }) => `${logicalId} ${status}`)
  }

  return { cloud, clock, request, propose, execute, deploy, refusal, told }
}
