import { TowpathError } from '../errors.ts'
import type { ChangeSetRef, Stack, StackEvent, Stacks } from './stacks.ts'
import { isSettled, timeOf } from './state.ts'
import { type Deadline, poll } from './watch.ts'

/** How long a call may stay without an answer before the second source of the same fact decides, in milliseconds. */
export const SECOND_SOURCE_AFTER = 15_000
/** How long a fact is waited for that no source tells, in milliseconds. Busy accounts throttle for a minute and more. */
export const GIVE_UP_AFTER = 120_000

/**
 * The newest event of a stack, as a mark from which to read on; undefined if there is none, or if the events are not answered in time. The
 * mark only shortens the reading: an operation is known by its token.
 */
export async function newestEvent(stacks: Pick<Stacks, 'events'>, stackId: string, deadline: Deadline): Promise<StackEvent | undefined> {
  const { clock, until } = deadline
  const bound = clock.monotonic() + SECOND_SOURCE_AFTER
  const read = poll('the newest event', { ...deadline, until: Math.min(until, bound) }, async () => ({
    event: (await stacks.events(stackId))[0],
  }))
  return (await read.catch(pass))?.event
}

function pass(error: unknown): undefined {
  if (error instanceof TowpathError && error.code === 'unknown') return undefined
  throw error
}

/** What a stack's description tells of an operation of ours. */
export type Testimony =
  /** It ended like this, and the stack is still what it left. */
  | { readonly is: 'ended'; readonly live: Stack }
  /** No operation is under way, and nothing shows whose the last one was. */
  | { readonly is: 'not seen'; readonly live: Stack }
  | { readonly is: 'under way' }

/**
 * The second source for the end of an operation: the stack's description. One operation runs on a stack at a time, so the LastUpdatedTime
 * that the stack has while our change set is being executed is ours. If the stack has the same time once it is settled, nobody was there
 * after us. Ask only after the execution was accepted, and again and again: what was never seen under way is not known to be ours.
 * @param before the stack as it was; undefined for one that is created
 */
export function description(
  stacks: Pick<Stacks, 'describe' | 'describeChangeSet'>,
  changeSet: ChangeSetRef,
  before: Stack | undefined,
): () => Promise<Testimony> {
  let ours: string | undefined
  return async () => {
    const live = await stacks.describe(changeSet.stackId)
    // A description may lag: it then tells of the time before.
    if (live === undefined || live.status === 'REVIEW_IN_PROGRESS' || (before && timeOf(before) === timeOf(live)))
      return { is: 'under way' }
    const execution = ours === undefined ? (await stacks.describeChangeSet(changeSet))?.execution : undefined
    if (!isSettled(live.status)) {
      if (execution === 'EXECUTE_IN_PROGRESS') ours = timeOf(live)
      return { is: 'under way' }
    }
    return { is: timeOf(live) === ours ? 'ended' : 'not seen', live }
  }
}
