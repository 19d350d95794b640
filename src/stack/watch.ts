import { isTransient, TowpathError } from '../errors.ts'
import { type Clock, pollGap } from '../ports/clock.ts'
import type { ChangeSet, ChangeSetRef, Stack, StackEvent, Stacks } from './stacks.ts'
import { isSettled } from './state.ts'
import { verdictOf } from './verdict.ts'

/** The limits of a wait: until when it may last, and a signal that ends it. */
export interface Deadline {
  readonly clock: Clock
  /** When to give up, in milliseconds of `clock.monotonic()`. */
  readonly until: number
  readonly signal: AbortSignal
  /** Is told about a wait, such as that the service does not answer. */
  readonly tell?: (text: string) => void
}

/**
 * Asks again and again until there is an answer. A call that the service does not answer (it throttles, or cannot be reached) is made again:
 * it says nothing of the outcome of the operation. Throws 'unknown' at the deadline: the operation may still succeed.
 * `what` completes "… was not over in time".
 */
export async function poll<T>(what: string, deadline: Deadline, ask: () => Promise<T | undefined>): Promise<T> {
  const { clock, until, signal } = deadline
  const start = clock.monotonic()
  for (;;) {
    signal.throwIfAborted()
    let unanswered: TowpathError | undefined
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
    } catch (error) {
      if (!(error instanceof TowpathError) || !error.transient) throw error
      unanswered = error
    }
    const now = clock.monotonic()
    if (now >= until)
      throw new TowpathError('unknown', `${what} was not over in time${unanswered ? ` (${unanswered.message})` : ''}`, {
        blame: 'service',
        cause: unanswered,
        hint: 'it goes on without us; run the same command again to wait for it and go on, with a longer --timeout if need be',
      })
    await clock.sleep(Math.min(pollGap(now - start), until - now), signal)
  }
}

/** Waits until a change set is no longer being made. Undefined if it is gone. */
export async function changeSetReady(stacks: Stacks, ref: ChangeSetRef, deadline: Deadline): Promise<ChangeSet | undefined> {
  const answer = await poll(`the change set ${ref.name}`, deadline, async () => {
    const changeSet = await stacks.describeChangeSet(ref)
    return changeSet === undefined ? 'gone' : verdictOf(changeSet) === 'pending' ? undefined : changeSet
  })
  return answer === 'gone' ? undefined : answer
}

/** Waits until no operation runs on a stack, and gives what is there then. `waiting` is called once if there is something to wait for. */
export async function settled(
  stacks: Stacks,
  nameOrId: string,
  deadline: Deadline,
  waiting?: (stack: Stack) => void,
): Promise<Stack | undefined> {
  let told = false
  const answer = await poll(`the operation on stack ${nameOrId}`, deadline, async () => {
    const stack = await stacks.describe(nameOrId)
    if (stack === undefined) return 'none'
    if (isSettled(stack.status)) return stack
    if (!told) waiting?.(stack)
    told = true
    return undefined
  })
  return answer === 'none' ? undefined : answer
}

/** How an operation of ours ended, and all its events, oldest first. */
export interface Followed {
  readonly status: string
  /** False if the stack came to this status by an operation that was not ours, or if another one has begun since. */
  readonly ours: boolean
  readonly events: readonly StackEvent[]
  /** The newest event that was read; undefined if none was. */
  readonly newest: string | undefined
}

/**
 * Follows one operation of ours by its token until the stack's own event says that it is over. Each event is told once, in the order of
 * the service. Events of other operations are passed over, so that a status left by an earlier one is never taken for ours; only where
 * ours had begun and another one ended the stack's movement is there nothing more to wait for.
 * @param seen the newest event before the operation began
 * @param unanswered asked each time the events are not answered: what it tells is the end; undefined to ask for the events again
 */
export async function follow<T = never>(
  stacks: Pick<Stacks, 'events'>,
  stackId: string,
  token: string,
  seen: string | undefined,
  deadline: Deadline,
  tell: (event: StackEvent) => void,
  unanswered?: (milliseconds: number) => Promise<T | undefined>,
): Promise<Followed | T> {
  const events: StackEvent[] = []
  const { clock } = deadline
  let newest = seen
  let answered = clock.monotonic()
  return poll<Followed | T>(`the operation on stack ${stackId}`, deadline, async () => {
    let read: readonly StackEvent[]
    try {
      read = await stacks.events(stackId, newest)
    } catch (error) {
      const other = isTransient(error) ? await unanswered?.(clock.monotonic() - answered) : undefined
      if (other === undefined) throw error
      return other
    }
    answered = clock.monotonic()
    const fresh = [...read].reverse()
    newest = fresh.at(-1)?.id ?? newest
    let own: string | undefined
    let other: string | undefined
    for (const event of fresh) {
      const ends = isOfStack(event, stackId) && isSettled(event.status)
      if (event.token === token) {
        events.push(event)
        tell(event)
        if (ends) own = event.status
      } else if (ends && events.length > 0) other ??= event.status
    }
    if (own !== undefined) return { status: own, ours: fresh.at(-1)?.token === token, events, newest }
    return other === undefined ? undefined : { status: other, ours: false, events, newest }
  })
}

function isOfStack(event: StackEvent, stackId: string): boolean {
  return (
    event.type === 'AWS::CloudFormation::Stack' &&
    (event.physicalId === stackId || (event.physicalId === undefined && stackId.includes(`:stack/${event.logicalId}/`)))
  )
}
