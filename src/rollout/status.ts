import type { Counts, HostState } from './rollouts.ts'

/** How a deployment, or what a host did of one, can end. A status that is not listed is one that goes on: new ones may come. */
const ends: Readonly<Record<string, 'succeeded' | 'failed' | 'skipped'>> = {
  Succeeded: 'succeeded',
  Failed: 'failed',
  Stopped: 'failed',
  Skipped: 'skipped',
}

/** True if nothing more happens to a deployment, a host or a lifecycle event of this status. */
export function isOver(status: string): boolean {
  return Object.hasOwn(ends, status)
}

/** How a host ended; 'unknown' if it was not seen to end. */
export type HostOutcome = 'succeeded' | 'failed' | 'skipped' | 'unknown'

export function outcomeOf({ status }: Pick<HostState, 'status'>): HostOutcome {
  return ends[status] ?? 'unknown'
}

/** What a deployment that ended came to, which CodeDeploy's word alone does not say: it counts one good host of four as a success. */
export type Verdict = 'succeeded' | 'partial' | 'failed'

export function verdictOf(status: string, hosts: readonly Pick<HostState, 'status'>[], counts: Counts | undefined): Verdict {
  const bad = hosts.some((host) => outcomeOf(host) !== 'succeeded') || (counts !== undefined && counts.failed + counts.skipped > 0)
  if (status === 'Succeeded') return bad ? 'partial' : 'succeeded'
  return hosts.some((host) => outcomeOf(host) === 'succeeded') ? 'partial' : 'failed'
}
