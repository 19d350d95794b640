import type { HostState } from './rollouts.ts'
import { isOver } from './status.ts'

/** Something that was seen to happen to a host. */
export interface Progress {
  readonly host: string
  /** A lifecycle event, or null for the host as a whole. */
  readonly event: string | null
  readonly status: string
  /** How long it took, in seconds; null if that is not known. */
  readonly seconds: number | null
}

/** What happened to a host between two looks, in order. Nothing may rely on seeing every status: what was missed is told with what is there now. */
export function progressOf(before: HostState | undefined, now: HostState): readonly Progress[] {
  const events = now.events.flatMap(({ event, status, started, ended }): Progress[] => {
    const was = before?.events.find((one) => one.event === event)?.status ?? 'Pending'
    if (status === was || status === 'Pending' || status === 'Skipped') return []
    return [{ host: now.name, event, status, seconds: started && ended ? (Date.parse(ended) - Date.parse(started)) / 1_000 : null }]
  })
  const ends = now.status !== before?.status && isOver(now.status)
  return ends ? [...events, { host: now.name, event: null, status: now.status, seconds: null }] : events
}
