import type { StackEvent, Stacks } from './stacks.ts'

/** Why an operation failed: the resource that failed first, and what the service said of it. */
export interface Cause {
  readonly resource: string
  readonly type: string
  readonly reason: string
}

/** Reasons that only repeat that something else failed. */
const echoes = [
  /^Resource (creation|update|deletion) cancelled/i,
  /^The following resource\(s\) failed/i,
  /^(Rollback|Delete) requested/i,
  /^Initiated by/i,
  /^User Initiated$/i,
]

/**
 * The root cause among an operation's events, given oldest first: the earliest failed resource whose reason is its own; failing that, the
 * stack's own reason.
 */
export function causeOf(events: readonly StackEvent[]): Cause | undefined {
  const failed = events.filter(
    (event) => event.status.endsWith('_FAILED') || (event.status.endsWith('ROLLBACK_IN_PROGRESS') && event.reason !== undefined),
  )
  const own = failed.find(
    (event) => event.reason !== undefined && event.status.endsWith('_FAILED') && !echoes.some((echo) => echo.test(event.reason ?? '')),
  )
  const chosen = own ?? failed.find((event) => event.reason !== undefined) ?? failed[0]
  return chosen && { resource: chosen.logicalId, type: chosen.type, reason: chosen.reason ?? 'the service gave no reason' }
}

/** How deep nested stacks are followed. */
const DEEPEST = 5

/**
 * The root cause of an operation on a stack, followed into nested stacks: the cause in the nested stack's own events of the same time, with the
 * path to it in the resource's name (`Child.Table`). If those events cannot be read, the cause in the outer stack's events is used.
 */
export async function rootCause(
  stacks: Pick<Stacks, 'events'>,
  stackId: string,
  events: readonly StackEvent[],
  deepest: number = DEEPEST,
): Promise<Cause | undefined> {
  const cause = causeOf(events)
  const since = events[0]?.time ?? ''
  const nested = events.find(
    ({ logicalId, type, status, reason }) =>
      type === 'AWS::CloudFormation::Stack' && logicalId === cause?.resource && reason === cause.reason && status.endsWith('_FAILED'),
  )?.physicalId
  if (cause === undefined || nested === undefined || nested === '' || nested === stackId || deepest === 0) return cause
  const inner = await stacks.events(nested).catch(() => [])
  const own = inner.filter(({ time }) => time >= since).toReversed()
  const deeper = await rootCause(stacks, nested, own, deepest - 1)
  return deeper ? { ...deeper, resource: `${cause.resource}.${deeper.resource}` } : cause
}
