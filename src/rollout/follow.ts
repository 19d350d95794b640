import { isTransient, TowpathError } from '../errors.ts'
import type { Deadline } from '../stack/watch.ts'
import { gapOf } from './pace.ts'
import { type Progress, progressOf } from './progress.ts'
import { HOSTS_AT_ONCE, type HostState, type Rollout, type Rollouts } from './rollouts.ts'
import { isOver } from './status.ts'

/** A deployment that ended, with what each host came to. */
export interface Followed {
  readonly rollout: Rollout
  readonly hosts: readonly HostState[]
}

/**
 * Follows a deployment to its end, and tells each host's progress as it is seen. No status on the way is relied on, nor that there are
 * hosts yet. A look that gets no answer is repeated. Throws 'unknown' when the time is over, and what the signal says when it is aborted.
 */
export async function follow(rollouts: Rollouts, id: string, deadline: Deadline, tell: (progress: Progress) => void): Promise<Followed> {
  const { clock, until, signal } = deadline
  const watch = watcher(rollouts, id, tell)
  for (;;) {
    signal.throwIfAborted()
    let silence: TowpathError | undefined
    try {
      const rollout = await watch.look()
      if (rollout) return { rollout, hosts: await watch.all() }
    } catch (error) {
      if (!isTransient(error)) throw error
      silence = error
    }
    const left = until - clock.monotonic()
    if (left <= 0)
      throw new TowpathError('unknown', `deployment ${id} was not over in time${silence ? ` (${silence.message})` : ''}`, {
        blame: 'service',
        hint: 'it goes on without us; run the same command again to wait for it, with a longer --timeout if need be',
      })
    await clock.sleep(Math.min(gapOf(watch.hosts()), left), signal)
  }
}

/** What is known of a deployment under way, and how to look for more at the price of one or two reads. */
function watcher(rollouts: Rollouts, id: string, tell: (progress: Progress) => void) {
  const known = new Map<string, HostState>()
  /** Hosts that were not seen to end, in the order in which they are to be looked at. */
  let open: readonly string[] | undefined

  async function read(targets: readonly string[]): Promise<void> {
    for (const host of await rollouts.hosts(id, targets)) {
      for (const progress of progressOf(known.get(host.id), host)) tell(progress)
      known.set(host.id, host)
    }
    const ended = new Set(targets.filter((target) => isOver(known.get(target)?.status ?? '')))
    // Those that were looked at go to the end of the line.
    open = [...(open ?? []).filter((target) => !targets.includes(target)), ...targets.filter((target) => !ended.has(target))]
  }

  async function status(): Promise<Rollout | undefined> {
    const rollout = await rollouts.describe(id)
    if (!rollout) throw new TowpathError('failed', `deployment ${id} is not there any more`, { blame: 'service' })
    return isOver(rollout.status) ? rollout : undefined
  }

  return {
    hosts: (): readonly HostState[] => [...known.values()],
    /** The deployment if it is over. */
    async look(): Promise<Rollout | undefined> {
      if (open === undefined) {
        const targets = await rollouts.targets(id)
        // One that fails before it begins never has hosts.
        if (targets === undefined || targets.length === 0) return status()
        open = targets
      }
      const many = known.size > HOSTS_AT_ONCE || open.length > HOSTS_AT_ONCE
      if (open.length > 0) await read(open.slice(0, HOSTS_AT_ONCE))
      return many || open.length === 0 ? status() : undefined
    },
    /** Every host, as it is at the end. */
    async all(): Promise<readonly HostState[]> {
      for (let left = open ?? []; left.length > 0; left = left.slice(HOSTS_AT_ONCE)) await read(left.slice(0, HOSTS_AT_ONCE))
      return [...known.values()]
    },
  }
}
