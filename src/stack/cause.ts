import type { StackEvent } from './stacks.ts'

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
