import { type Clock, pollGap } from '../clock.ts'
import { TowpathError } from '../errors.ts'
import type { ChangeSet, ChangeSetRef, Stack, StackEvent, Stacks } from './stacks.ts'
import { isSettled } from './state.ts'
import { verdictOf } from './verdict.ts'

/** What every wait needs: time, an end to the patience (on the clock's monotonic time), and a way to be called off. */
export interface Patience {
  readonly clock: Clock
  /** When to give up, in milliseconds of `clock.monotonic()`. */
  readonly until: number
  readonly signal: AbortSignal
}

/** How many questions in a row may go unanswered before a wait is given up: the service's moods are not the operation's outcome. */
const UNANSWERED = 5

/**
 * Asks again and again until there is an answer. A question that the service does not answer (it throttles, or is out of reach) is asked
 * again; only several in a row end the wait. Throws 'unknown' when the patience ends: what was waited for may still happen.
 * `what` completes "… was not over in time".
 */
export async function poll<T>(what: string, patience: Patience, ask: () => Promise<T | undefined>): Promise<T> {
  const { clock, until, signal } = patience
  const start = clock.monotonic()
  let unanswered = 0
  for (;;) {
    signal.throwIfAborted()
    try {
      const answer = await ask()
      if (answer !== undefined) return answer
      unanswered = 0
    } catch (error) {
      unanswered += 1
      if (!isMood(error) || unanswered > UNANSWERED) throw error
    }
    const now = clock.monotonic()
    if (now >= until)
      throw new TowpathError('unknown', `${what} was not over in time`, {
        blame: 'service',
        hint: 'it goes on without us; run the same command again to wait for it and go on, with a longer --timeout if need be',
      })
    await clock.sleep(Math.min(pollGap(now - start), until - now), signal)
  }
}

/** True of an error that says nothing of what was asked for, only that there was no answer. */
function isMood(error: unknown): boolean {
  return error instanceof TowpathError && error.blame === 'service' && (error.code === 'failed' || error.code === 'unknown')
}

/** Waits until a change set is no longer being made. Undefined if it is gone. */
export async function changeSetReady(stacks: Stacks, ref: ChangeSetRef, patience: Patience): Promise<ChangeSet | undefined> {
  const answer = await poll(`the change set ${ref.name}`, patience, async () => {
    const changeSet = await stacks.describeChangeSet(ref)
    return changeSet === undefined ? 'gone' : verdictOf(changeSet) === 'pending' ? undefined : changeSet
  })
  return answer === 'gone' ? undefined : answer
}

/** Waits until no operation runs on a stack, and gives what is there then. `waiting` hears once if there is something to wait for. */
export async function settled(
  stacks: Stacks,
  nameOrId: string,
  patience: Patience,
  waiting?: (stack: Stack) => void,
): Promise<Stack | undefined> {
  let told = false
  const answer = await poll(`the operation on stack ${nameOrId}`, patience, async () => {
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
  readonly events: readonly StackEvent[]
}

/**
 * Follows one operation of ours by its token until the stack's own event says that it is over. Each event is told once, in the order of
 * the service; events of other operations are passed over, so that a status left by an earlier one is never taken for ours.
 * @param seen the newest event before the operation began
 */
export async function follow(
  stacks: Stacks,
  stackId: string,
  token: string,
  seen: string | undefined,
  patience: Patience,
  tell: (event: StackEvent) => void,
): Promise<Followed> {
  const events: StackEvent[] = []
  let newest = seen
  const status = await poll(`the operation on stack ${stackId}`, patience, async () => {
    const fresh = [...(await stacks.events(stackId, newest))].reverse()
    newest = fresh.at(-1)?.id ?? newest
    for (const event of fresh) {
      if (event.token !== token) continue
      events.push(event)
      tell(event)
    }
    return fresh.findLast((event) => event.token === token && isOfStack(event, stackId) && isSettled(event.status))?.status
  })
  return { status, events }
}

function isOfStack(event: StackEvent, stackId: string): boolean {
  return (
    event.type === 'AWS::CloudFormation::Stack' &&
    (event.physicalId === stackId || (event.physicalId === undefined && stackId.includes(`:stack/${event.logicalId}/`)))
  )
}
