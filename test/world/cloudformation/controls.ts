import type { ChangeSetRequest, Stack, StackEvent, StackStatus } from '../../../src/stack/stacks.ts'
import { createChangeSet, executeChangeSet } from './changesets.ts'
import { enter } from './course.ts'
import type { Account, Ailment, Moment, Resource, StackRecord, Timing } from './model.ts'
import { deleteStack, described, findStack } from './stacks.ts'

/** A stack that is there before a test begins. */
export interface Placed {
  readonly name: string
  /** A template as data, or its text. */
  readonly template: object | string
  readonly parameters?: Readonly<Record<string, string>>
  readonly tags?: Readonly<Record<string, string>>
  /** Default CREATE_COMPLETE. */
  readonly status?: StackStatus
  readonly terminationProtection?: boolean
}

/** What a test may do to an account, and see of it, without being a client. None of it takes virtual time or is logged. */
export interface Controls {
  /** Makes or updates a stack at once, as somebody else would have before; and puts it into a status. */
  place(stack: Placed): Stack
  /** Deletes a stack at once. */
  vanish(name: string): void
  /** Puts a stack into a status, with an event; what was under way on it stops. */
  enter(name: string, status: StackStatus, reason?: string): void
  /** Turns termination protection on or off, as somebody else would. */
  guard(name: string, on?: boolean): void
  /** Makes a resource fail; undone by calling what it returns. Without `when`, creations and updates fail. */
  failing(logicalId: string, reason: string, options?: { readonly stack?: string; readonly when?: readonly Moment[] }): () => void
  /** Keeps a resource of a stack from getting done until what it returns is called. */
  park(stack: string, logicalId: string): () => void
  /** The stack as it is now, never stale. */
  stack(nameOrId: string): Stack | undefined
  /** The role that CloudFormation keeps for a stack, and uses for whatever it is asked to do with it. */
  roleOf(nameOrId: string): string | undefined
  resources(nameOrId: string): readonly Resource[]
  /** The template that is live, as it was sent; throws for a stack that never was. */
  templateOf(nameOrId: string): string
  /** Everything of a type in the account, retained things included: physical ids. */
  existing(type: string): readonly string[]
  /** All events, oldest first. */
  history(nameOrId: string): readonly StackEvent[]
}

const AT_ONCE: Timing = { pending: 0, planning: 0, resource: 0, phase: 0, forgetting: 0 }

export function controls(account: Account, upToDate: () => void): Controls {
  function known(nameOrId: string): StackRecord {
    upToDate()
    const stack = findStack(account, nameOrId)
    if (!stack) throw new Error(`the test knows no stack '${nameOrId}'`)
    return stack
  }

  /** Does something without letting time pass, and without stale answers after it. */
  function atOnce<T>(work: () => T): T {
    upToDate()
    const { timing, staleReads } = account
    Object.assign(account, { timing: AT_ONCE, staleReads: 0 })
    try {
      return work()
    } finally {
      Object.assign(account, { timing, staleReads })
    }
  }

  function place({ name, template, parameters = {}, tags = {}, status, terminationProtection }: Placed): Stack {
    const type = findStack(account, name) ? 'UPDATE' : 'CREATE'
    account.count += 1
    const token = `placed-${account.count}`
    const sent = Object.entries(parameters).map(([key, value]) => [key, { value }])
    const request: ChangeSetRequest = {
      ...{ stack: name, name: token, type, token, tags, parameters: Object.fromEntries(sent) },
      ...{ template: { body: '' }, capabilities: ['CAPABILITY_NAMED_IAM'] },
    }
    const text = typeof template === 'string' ? template : JSON.stringify(template)
    const stack = atOnce(() => {
      const changeSet = createChangeSet(account, request, text)
      executeChangeSet(account, changeSet, token)
      return known(changeSet.stackId)
    })
    stack.terminationProtection = terminationProtection ?? stack.terminationProtection
    if (status !== undefined) enter(account, stack, token, status)
    return described(stack)
  }

  return {
    place,
    vanish: (name) => atOnce(() => deleteStack(account, known(name).id, `vanished-${account.count}`)),
    enter: (name, status, reason) => {
      const stack = known(name)
      stop(account, stack)
      enter(account, stack, '', status, reason)
    },
    guard: (name, on = true) => {
      known(name).terminationProtection = on
    },
    failing: (logicalId, reason, { stack, when } = {}) => {
      const ailment: Ailment = { logicalId, reason, when: when ?? ['create', 'update'], ...(stack === undefined ? {} : { stack }) }
      account.ailments.add(ailment)
      return () => {
        upToDate()
        account.ailments.delete(ailment)
      }
    },
    park: (stack, logicalId) => {
      const key = `${stack}/${logicalId}`
      account.held.add(key)
      return () => {
        upToDate()
        account.held.delete(key)
      }
    },
    stack: (nameOrId) => {
      upToDate()
      const stack = findStack(account, nameOrId)
      return stack && described(stack)
    },
    roleOf: (nameOrId) => known(nameOrId).role,
    resources: (nameOrId) => [...known(nameOrId).resources.values()],
    templateOf: (nameOrId) => {
      const { live } = known(nameOrId)
      if (!live) throw new Error(`stack '${nameOrId}' has no template yet`)
      return live.template.text
    },
    existing: (type) => {
      upToDate()
      return [...account.existing.keys()].filter((key) => key.startsWith(`${type} `)).map((key) => key.slice(type.length + 1))
    },
    history: (nameOrId) => [...known(nameOrId).events],
  }
}

/** Ends what is under way on a stack, where it stands. */
function stop(account: Account, { id }: StackRecord): void {
  for (const each of account.courses.filter(({ owner }) => owner === id)) account.courses.splice(account.courses.indexOf(each), 1)
}
