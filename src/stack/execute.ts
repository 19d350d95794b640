import { type ErrorCode, isTransient, TowpathError } from '../errors.ts'
import { pollGap } from '../ports/clock.ts'
import { type Cause, rootCause } from './cause.ts'
import type { StackClient } from './client.ts'
import type { OpenChangeSets } from './discard.ts'
import type { ChangeSetRef, Stack, StackEvent } from './stacks.ts'
import { isSuccess, timeOf } from './state.ts'
import { verdictOf } from './verdict.ts'
import { type Followed, follow, poll } from './watch.ts'

/** A change set that is to be executed. */
export interface Execution {
  /** What messages call the stack, such as "stack 'main'". */
  readonly label: string
  readonly changeSet: ChangeSetRef
  /** The stack as it was; undefined for one that is created. */
  readonly before: Stack | undefined
  /** Marks the events of this operation, and makes a repeated request the same request. */
  readonly token: string
}

/** What the engine tells the caller while it executes a change set. */
export interface ExecutionHooks {
  readonly open: OpenChangeSets
  /** Called before the execution is sent. Nothing is sent until this has returned. */
  intent(): Promise<void>
  /** From here on the change set may have been executed. */
  sent(): void
  /** The change set was certainly not executed. */
  notBegun(): void
  event(event: StackEvent): void
  /** Writes down how the operation ended. */
  ended(result: string, reason: string | null): Promise<void>
}

/** How an execution ended. 'outdated': nothing was begun, since somebody else changed the stack or deleted the change set before. */
export type Executed =
  | { readonly result: 'outdated' }
  | { readonly result: 'failed'; readonly status: string; readonly cause: Cause | undefined }
  | { readonly result: 'succeeded'; readonly live: Stack }

/** How long a description of a stack may lag behind its events, in milliseconds. */
const LAG = 15_000

/** Executes a change set and follows the operation to its end. Throws 'unknown' if that end is not ours, or was not seen. */
export async function execute(client: StackClient, execution: Execution, hooks: ExecutionHooks): Promise<Executed> {
  const { stacks, deadline } = client
  const { label, changeSet, token, before } = execution
  const seen = (await stacks.events(changeSet.stackId))[0]?.id
  await hooks.intent()
  if (!(await start(client, execution, hooks, seen))) {
    await hooks.ended('OUTDATED', 'somebody else changed the stack, or deleted the change set')
    return { result: 'outdated' }
  }
  const followed = await follow(stacks, changeSet.stackId, token, seen, deadline, hooks.event)
  const { status } = followed
  if (!isSuccess(status)) {
    const cause = await rootCause(stacks, changeSet.stackId, followed.events)
    await hooks.ended(status, cause?.reason ?? `the stack is ${status}`)
    return { result: 'failed', status, cause }
  }
  const live = followed.ours ? await afterwards(client, changeSet.stackId, followed, before) : undefined
  if (live?.status !== status)
    throw new TowpathError('unknown', `${label} was ${status}, and is ${live?.status ?? "somebody else's work"} now`, {
      blame: 'service',
      hint: 'somebody else changes it; run this again',
    })
  await hooks.ended(status, null)
  return { result: 'succeeded', live }
}

/**
 * The error for a stack whose change set became outdated twice before it could be executed.
 * @param again what to do then, such as 'deploy again'
 */
export function outdatedTwice(label: string, again: string): TowpathError {
  return new TowpathError('failed', `the change set of ${label} was made useless by somebody else, twice`, {
    blame: 'service',
    hint: `see who else changes this stack, then ${again}`,
  })
}

/** Errors that keep their own code, even while an operation of ours is under way. */
const ownEnding: ReadonlySet<ErrorCode> = new Set(['interrupted', 'unknown', 'locked', 'bug'])

/**
 * An error that was met while an operation of ours may be under way. Its code is 'unknown' then: that nobody can say what is live matters
 * more than the cause.
 */
export function asUnknown(error: TowpathError): TowpathError {
  const { code, message, hint, blame, cause } = error
  if (ownEnding.has(code)) return error
  const again = 'run the same command again: it waits for what goes on, and goes on from there'
  return new TowpathError('unknown', message, { blame, cause, hint: hint === undefined ? again : `${hint}\n${again}` })
}

/**
 * Sends the execution; true once it has begun. A call that failed may have been accepted, so CloudFormation is asked. If it says that
 * nothing was begun, and the call failed only because no answer came, it is sent again under the same token, which makes it the same
 * request. Throws the service's refusal.
 */
async function start(
  { stacks, deadline }: StackClient,
  { changeSet, token }: Execution,
  hooks: ExecutionHooks,
  seen: string | undefined,
): Promise<boolean> {
  const { clock, until, signal } = deadline
  const from = clock.monotonic()
  signal.throwIfAborted()
  const opened = hooks.open.get(changeSet.id)
  hooks.sent()
  hooks.open.delete(changeSet.id)
  for (;;) {
    try {
      await stacks.executeChangeSet(changeSet, token)
      return true
    } catch (error) {
      const now = await stacks.describeChangeSet(changeSet)
      if (now?.execution.startsWith('EXECUTE_')) return true
      if ((await stacks.events(changeSet.stackId, seen)).some((event) => event.token === token)) return true
      const verdict = now ? verdictOf(now) : 'obsolete'
      if (isTransient(error) && verdict === 'executable') {
        if (clock.monotonic() >= until) throw error
        await clock.sleep(pollGap(clock.monotonic() - from), signal)
        continue
      }
      hooks.notBegun()
      if (now && opened) hooks.open.set(changeSet.id, opened)
      if (verdict === 'obsolete') return false
      throw error
    }
  }
}

/** The stack as it is once its operation is over. A description may lag behind: it is read until it tells of this operation. */
async function afterwards(
  { stacks, deadline }: StackClient,
  id: string,
  { status }: Followed,
  before: Stack | undefined,
): Promise<Stack | undefined> {
  const { clock, until } = deadline
  let last: Stack | undefined
  return poll('the description', { ...deadline, until: Math.min(until, clock.monotonic() + LAG) }, async () => {
    last = await stacks.describe(id)
    const isNew = last?.status === status && (before === undefined || timeOf(last) !== timeOf(before))
    return isNew ? last : undefined
  }).catch((error: unknown) => {
    if (error instanceof TowpathError && error.code === 'unknown') return last
    throw error
  })
}
