import { callOf, stackNameIn } from '../../src/adapters/aws/cloudformation/calls.ts'
import { translate } from '../../src/adapters/aws/errors.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { ChangeSetRef, ChangeSetRequest, Stacks } from '../../src/stack/stacks.ts'
import { createChangeSet, deleteChangeSet, describeChangeSet, executeChangeSet, listChangeSets } from './cloudformation/changesets.ts'
import { type Controls, controls } from './cloudformation/controls.ts'
import { catchUp } from './cloudformation/course.ts'
import { type Call, type Faults, faults, type Request, type Where } from './cloudformation/faults.ts'
import type { Account, Timing } from './cloudformation/model.ts'
import { Answer, broken, silence, throttled } from './cloudformation/refusal.ts'
import { checkBody } from './cloudformation/requests.ts'
import { deleteStack, describe, events, findStack, protect } from './cloudformation/stacks.ts'
import { type Readable, templateAt } from './cloudformation/urls.ts'

export interface FakeStacksOptions {
  readonly clock: Clock
  readonly region?: string
  readonly account?: string
  /** The buckets that templates are read from by URL. */
  readonly objects?: readonly Readable[]
  /** What things take, in virtual milliseconds. */
  readonly timing?: Partial<Timing>
  /** Virtual milliseconds until a request arrives; default none. A test that wants many orders of arrival draws them from a seed. */
  readonly latency?: (request: Request) => number
  /** How often a stack is still described as before, once an operation has begun; default 0. */
  readonly staleReads?: number
  /** The reason given for a change set without changes: AWS has two texts. */
  readonly emptyReason?: string
  /** What becomes of the other change sets once one is executed: AWS shows them as obsolete, and documents that it deletes them. */
  readonly siblings?: 'obsolete' | 'deleted'
  /** What comes of executing again with the same token: AWS documents that it knows the request again, the emulator refuses it. */
  readonly repeats?: 'accepted' | 'refused'
}

/** The two reasons of a change set without changes. */
export const NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."
export const NO_UPDATES = 'No updates are to be performed.'

/** CloudFormation in memory, strict as AWS, with its controls. What it does is written down in cloudformation.md. */
export interface FakeStacks extends Stacks, Controls {
  /** The same account as another client: its requests are logged, and can be hit by faults, under this name. */
  as(caller: string): Stacks
  /** Every request, in the order in which they were sent, whatever came of them. */
  readonly requests: readonly Request[]
  /** How many requests there were of a kind. */
  count(call: Call, stack?: string): number
  /** Fails requests before they are applied; default as a fault of the service. */
  fail(where: Where, error?: Error): void
  /** Applies requests and loses their replies. */
  drop(where: Where): void
  /** Refuses requests because there are too many. */
  throttle(where: Where): void
  /** Holds a request back before it is applied, or its reply after. */
  hold: Faults['hold']
}

const usual: Timing = { pending: 400, planning: 1_600, resource: 3_000, phase: 1_000, forgetting: 0 }

export function fakeStacks(options: FakeStacksOptions): FakeStacks {
  const { clock, region = 'eu-west-1' } = options
  const account: Account = {
    ...{ region, number: options.account ?? '000000000001', timing: { ...usual, ...options.timing } },
    ...{ epoch: clock.now().getTime() - clock.monotonic(), time: clock.monotonic(), count: 0 },
    ...{ stacks: new Map(), courses: [], existing: new Map(), ailments: new Set(), held: new Set() },
    ...{ staleReads: options.staleReads ?? 0, emptyReason: options.emptyReason ?? NO_CHANGES },
    ...{ siblings: options.siblings ?? 'obsolete', repeats: options.repeats ?? 'accepted' },
  }
  const requests: Request[] = []
  const faulty = faults()
  const upToDate = (): void => catchUp(account, clock.monotonic())
  const nameOf = (nameOrId: string): string => findStack(account, nameOrId)?.name ?? stackNameIn(nameOrId)

  function client(caller: string): Stacks {
    async function send<T>(call: Call, nameOrId: string, work: () => T | Promise<T>, role?: string): Promise<T> {
      const request = { call, stack: nameOf(nameOrId), caller, at: clock.monotonic(), ...(role === undefined ? {} : { role }) }
      requests.push(request)
      const late = options.latency?.(request) ?? 0
      if (late > 0) await clock.sleep(late)
      try {
        return await faulty.around(request, () => {
          upToDate()
          return work()
        })
      } catch (error) {
        throw error instanceof Answer ? translate(error, callOf(call, nameOrId, { region, endpoint: undefined })) : error
      }
    }

    async function create(request: ChangeSetRequest): Promise<ChangeSetRef> {
      const { template } = request
      if ('body' in template) checkBody(template.body)
      const text = 'body' in template ? template.body : await templateAt(template.url, options.objects ?? [])
      upToDate()
      return createChangeSet(account, request, text)
    }

    return {
      region,
      describe: (nameOrId) => send('describe', nameOrId, () => describe(account, nameOrId)),
      createChangeSet: (request) => send('createChangeSet', request.stack, () => create(request), request.role),
      describeChangeSet: (ref) => send('describeChangeSet', ref.stackId, () => describeChangeSet(account, ref)),
      listChangeSets: (nameOrId) => send('listChangeSets', nameOrId, () => listChangeSets(account, nameOrId)),
      deleteChangeSet: (ref) => send('deleteChangeSet', ref.stackId, () => deleteChangeSet(account, ref)),
      executeChangeSet: (ref, token) => send('executeChangeSet', ref.stackId, () => executeChangeSet(account, ref, token)),
      events: (stackId, until) => send('events', stackId, () => events(account, stackId, until)),
      template: (stackId) => send('template', stackId, () => findStack(account, stackId)?.live?.template.text),
      deleteStack: (stackId, token, role) => send('deleteStack', stackId, () => deleteStack(account, stackId, token, role), role),
      protect: (stackId) => send('protect', stackId, () => protect(account, stackId)),
    }
  }

  return {
    ...client(''),
    ...controls(account, upToDate),
    as: client,
    requests,
    count: (call, stack) => requests.filter((request) => request.call === call && (stack ?? request.stack) === request.stack).length,
    fail: (where, error = broken()) => faulty.fail(where, error),
    drop: (where) => faulty.drop(where, silence()),
    throttle: (where) => faulty.fail(where, throttled()),
    hold: faulty.hold,
  }
}
