import { type ErrorCode, isTransient, TowpathError } from '../errors.ts'
import { pollGap } from '../ports/clock.ts'
import { type Cause, rootCause } from './cause.ts'
import type { StackClient } from './client.ts'
import type { OpenChangeSets } from './discard.ts'
import { requireOurs } from './ours.ts'
import type { ChangeSetRef, Stack, StackEvent } from './stacks.ts'
import { isSuccess } from './state.ts'
import { verdictOf } from './verdict.ts'
import { follow, poll } from './watch.ts'
import { description, GIVE_UP_AFTER, newestEvent, SECOND_SOURCE_AFTER, type Testimony } from './witness.ts'

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

/** Executes a change set and follows the operation to its end. Throws 'unknown' if that end is not ours, or was not seen. */
export async function execute(client: StackClient, execution: Execution, hooks: ExecutionHooks): Promise<Executed> {
  const { once, deadline } = client
  const { label, changeSet, token, before } = execution
  const seen = (await newestEvent(once, changeSet.stackId, deadline))?.id
  await hooks.intent()
  if (!(await start(client, execution, hooks, seen))) {
    await hooks.ended('OUTDATED', 'somebody else changed the stack, or deleted the change set')
    return { result: 'outdated' }
  }
  const described = description(once, changeSet, before)
  const end = await follow(once, changeSet.stackId, token, seen, deadline, hooks.event, async (milliseconds) =>
    decisive(await described(), milliseconds, label),
  )
  const status = 'is' in end ? end.live.status : end.status
  if (!isSuccess(status)) {
    const cause = 'is' in end ? undefined : await rootCause(once, changeSet.stackId, end.events)
    await hooks.ended(status, cause?.reason ?? `the stack is ${status}`)
    return { result: 'failed', status, cause }
  }
  const live = 'is' in end ? end.live : await requireOurs(client, execution, end)
  await hooks.ended(status, null)
  return { result: 'succeeded', live }
}

/** What the description tells, once the events have not been answered for that long. Throws 'unknown' if neither will tell. */
function decisive(told: Testimony, milliseconds: number, label: string): Extract<Testimony, { is: 'ended' }> | undefined {
  if (told.is === 'ended') return milliseconds < SECOND_SOURCE_AFTER ? undefined : told
  if (told.is === 'not seen' && milliseconds >= GIVE_UP_AFTER)
    throw new TowpathError(
      'unknown',
      `${label} is ${told.live.status}, and its events are not answered: nothing shows whose work that is`,
      {
        blame: 'service',
        hint: 'run this again: what is live is proved, or made, by a change set',
      },
    )
  return undefined
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
  { stacks, once, deadline }: StackClient,
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
      if (await began({ once, deadline }, changeSet.stackId, token, seen, now !== undefined)) return true
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

/**
 * True if an operation of this token began on a stack. @param known there is a second source, the change set: without answer, it did not
 */
async function began(
  { once, deadline }: Pick<StackClient, 'once' | 'deadline'>,
  stackId: string,
  token: string,
  seen: string | undefined,
  known: boolean,
): Promise<boolean> {
  const bound = deadline.clock.monotonic() + (known ? SECOND_SOURCE_AFTER : GIVE_UP_AFTER)
  try {
    return await poll('the beginning of the operation', { ...deadline, until: Math.min(deadline.until, bound) }, async () =>
      (await once.events(stackId, seen)).some((event) => event.token === token),
    )
  } catch (error) {
    if (known && error instanceof TowpathError && error.code === 'unknown') return false
    throw error
  }
}
