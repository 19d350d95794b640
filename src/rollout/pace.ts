import { HOSTS_AT_ONCE, type HostState } from './rollouts.ts'
import { isOver } from './status.ts'

/** How long to wait between two looks, in milliseconds: reads are bounded, and the end is noticed early. */
export const gaps = { near: 1_500, far: 3_000, many: 1_250, ending: 1_000 } as const

/** How many of a host's last lifecycle events are "near the end". */
const LAST_EVENTS = 2

/**
 * The next gap. A few hosts cost one read a look: often where the end may be near, which is where every host that has not ended is at its
 * last events; seldom before. Many hosts cost two, one of them the deployment's own status.
 */
export function gapOf(hosts: readonly HostState[]): number {
  const left = hosts.filter(({ status }) => !isOver(status))
  if (hosts.length > HOSTS_AT_ONCE) return gaps.many
  if (hosts.length > 0 && left.length === 0) return gaps.ending
  return left.length > 0 && left.every(isNearItsEnd) ? gaps.near : gaps.far
}

function isNearItsEnd({ events }: HostState): boolean {
  return events.length > 0 && events.filter(({ status }) => !isOver(status)).length <= LAST_EVENTS
}
