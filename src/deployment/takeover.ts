import { type End, findEnd } from './history.ts'
import { readLeftover, resumeJournal } from './journal.ts'
import type { Held } from './lock.ts'
import { present } from './present.ts'
import type { Entry, StackRecord } from './record.ts'
import type { Target } from './target.ts'

/**
 * Closes what a dead run left: its next entry is written as `abandoned`, which is the fence that its own next entry would collide with,
 * and its record is closed as unknown. Gives the end of the log after that. Does nothing where nothing was left.
 */
export async function closeLeftover(target: Target, held: Held, end: End, by: string): Promise<End> {
  const { ledger, clock, log } = target
  const number = end.number + 1
  const leftover = await readLeftover(ledger, number)
  if (leftover === undefined) return end
  const started = leftover.entries.find((entry) => entry.kind === 'started')
  if (started === undefined) return end
  log.warn(
    `deployment ${number} was left unfinished${held.takenFrom === undefined ? '' : ` by ${held.takenFrom.holder}`}: closing its record as unknown`,
  )
  const opening = { kind: started.deployment, release: started.release, previous: present(end.record?.value), origin: started.origin }
  const journal = resumeJournal(ledger, clock, end, opening, leftover)
  await journal.append({ kind: 'abandoned', by })
  await journal.close({
    outcome: 'unknown',
    changed: executedAny(leftover.entries),
    cause: { stack: null, resource: null, type: null, reason: 'the run ended without closing its record' },
    stacks: carried(end, leftover.entries),
    closedBy: by,
  })
  return findEnd(ledger)
}

/** True if a change set may have been executed. */
function executedAny(entries: readonly Entry[]): boolean {
  return entries.some((entry) => entry.kind === 'intent' && entry.does === 'execute-change-set')
}

/** The stacks as the record before knew them. A proof stays sound: it holds only while the stack has not moved since. */
function carried(end: End, entries: readonly Entry[]): Record<string, StackRecord> {
  const touched = new Set(entries.flatMap((entry) => (entry.kind === 'intent' ? [entry.stack] : [])))
  const before = end.record?.value.stacks ?? {}
  const all = Object.entries(before).map(([stack, record]): [string, StackRecord] => [
    stack,
    { ...record, outcome: touched.has(stack) ? 'unknown' : record.outcome === 'kept' ? 'kept' : 'waiting', seconds: 0 },
  ])
  return Object.fromEntries(all)
}
