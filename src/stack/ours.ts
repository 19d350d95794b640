import { isTransient, TowpathError } from '../errors.ts'
import type { StackClient } from './client.ts'
import type { ChangeSetRef, Stack, Stacks } from './stacks.ts'
import { timeOf } from './state.ts'
import { type Followed, poll } from './watch.ts'
import { GIVE_UP_AFTER, SECOND_SOURCE_AFTER } from './witness.ts'

/** How long a description of a stack may lag behind its events, in milliseconds. */
const LAG = 15_000

/** Whose operation is asked about. */
export interface OwnOperation {
  /** What messages call the stack, such as "stack 'main'". */
  readonly label: string
  readonly changeSet: Pick<ChangeSetRef, 'stackId'>
  readonly token: string
  /** The stack as it was; undefined for one that was created. */
  readonly before: Stack | undefined
}

/** What a description shows after an operation of ours that succeeded. */
type Shown = 'ours' | "somebody else's" | 'not yet'

/**
 * Judges a description by CloudFormation's own clock: it tells of our operation if it has the status in which ours ended, and a time of
 * update that is neither the one from before nor later than our last event. A later time, or another end, is somebody else's.
 */
export function shownBy(live: Stack, status: string, before: Stack | undefined, ended: string): Shown {
  if (Date.parse(timeOf(live)) > Date.parse(ended)) return "somebody else's"
  if (live.status !== status || (before !== undefined && timeOf(before) === timeOf(live))) return 'not yet'
  return 'ours'
}

/**
 * The stack as an operation of ours left it. Throws 'unknown' if it is not known to be that: after the description is read, the newest event
 * of the stack must still be of our token. Two updates may have the same time; their events have not the same token. A stack that was
 * deleted and made again meanwhile is another stack: it is asked for by its id.
 */
export async function requireOurs({ once, deadline }: StackClient, operation: OwnOperation, end: Followed): Promise<Stack> {
  const { label, token, before } = operation
  const id = operation.changeSet.stackId
  const ended = end.events.at(-1)?.time
  const taken = (): TowpathError => unknown(`${label} was ${end.status}, and somebody else has changed it since`)
  if (!end.ours || ended === undefined) throw taken()
  const { clock, until } = deadline
  const begun = clock.monotonic()
  let described: number | undefined
  const what = `the description of ${label}`
  return poll(what, { ...deadline, until: Math.min(until, begun + GIVE_UP_AFTER) }, async () => {
    const live = await once.describe(id)
    described ??= clock.monotonic()
    const shown = live ? shownBy(live, end.status, before, ended) : "somebody else's"
    const others = await eventsOfOthers(once, id, token, end.newest)
    if (others === 'some' || shown === "somebody else's") throw taken()
    const waited = clock.monotonic() - described
    if (live && shown === 'ours') {
      if (others === 'none') return live
      // Without events, only a time before our last event shows that nobody was there after it.
      if (waited >= SECOND_SOURCE_AFTER) {
        if (Date.parse(timeOf(live)) < Date.parse(ended)) return live
        throw unknown(`${label} was ${end.status}, and its events are not answered: nothing shows that nobody changed it since`)
      }
    } else if (waited >= LAG) throw unknown(`${label} was ${end.status}, and is ${live?.status ?? 'not there'} now`)
    return undefined
  })
}

/** Whether there are events that are not of our operation, after these. */
async function eventsOfOthers(
  stacks: Pick<Stacks, 'events'>,
  id: string,
  token: string,
  newest: string | undefined,
): Promise<'none' | 'some' | 'not answered'> {
  try {
    return (await stacks.events(id, newest)).some((event) => event.token !== token) ? 'some' : 'none'
  } catch (error) {
    if (isTransient(error)) return 'not answered'
    throw error
  }
}

function unknown(message: string): TowpathError {
  return new TowpathError('unknown', message, { blame: 'service', hint: 'somebody else changes it; run this again' })
}
