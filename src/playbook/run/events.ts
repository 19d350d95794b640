import type { Json } from '../../json.ts'

/** What a task came to on a host. */
export interface TaskEvent {
  readonly event: 'ok' | 'failed' | 'unreachable' | 'skipped'
  readonly host: string
  readonly role: string | null
  readonly task: string
  /** The module. */
  readonly action: string
  /** `<absolute path>:<line>`; empty where Ansible does not know. */
  readonly path: string
  readonly changed: boolean
  readonly ignored: boolean
  readonly messages: readonly string[]
}

/** Ansible's recap: how many tasks of each kind each host had. */
export interface StatsEvent {
  readonly event: 'stats'
  readonly ok: Counts
  readonly changed: Counts
  readonly failures: Counts
  /** Unreachable hosts. */
  readonly dark: Counts
  readonly rescued: Counts
  readonly ignored: Counts
}

export type Counts = Readonly<Record<string, number>>

/** What the program that drives ansible-runner tells, a line each (host/runner.py). */
export type RunnerEvent =
  | TaskEvent
  | StatsEvent
  | { readonly event: 'absent'; readonly python: string }
  | { readonly event: 'syntax' | 'error'; readonly text: string }
  | { readonly event: 'end'; readonly status: string; readonly code: number }

const known: ReadonlySet<unknown> = new Set(['ok', 'failed', 'unreachable', 'skipped', 'stats', 'absent', 'syntax', 'error', 'end'])

/** Reads a line; undefined if it is none of ours: a program that Python loads may print what it likes. */
export function readEvent(line: string): RunnerEvent | undefined {
  try {
    const value = JSON.parse(line) as Json
    return isEvent(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isEvent(value: unknown): value is RunnerEvent {
  return typeof value === 'object' && value !== null && 'event' in value && known.has(value.event)
}
