import { TowpathError } from '../errors.ts'
import type { Claim } from './lock/document.ts'
import type { Lease } from './lock/lease.ts'
import { type End, findEnd, readAll } from './log/history.ts'
import { type Leftover, type Opening, readLeftover, resumeJournal } from './log/journal.ts'
import type { DeploymentListener } from './log/listener.ts'
import { present } from './log/present.ts'
import type { Attempt, DeploymentRecord, LogEntry, StackRecord } from './log/record.ts'
import type { Target } from './target/target.ts'

/** What closing a record takes: the log, and nothing of CloudFormation. */
export type Closer = Pick<Target, 'ledger' | 'clock' | 'log'>

/**
 * Closes what a dead run left: its next entry is written as `abandoned`, which is the fence that its own next entry would collide with,
 * and its record is closed as unknown. Gives the end of the log after that. Does nothing where nothing was left.
 */
export async function closeLeftover(target: Closer, held: Lease, { holder, token }: Claim, watch?: DeploymentListener): Promise<End> {
  const { ledger, clock, log } = target
  for (;;) {
    const end = await findEnd(ledger)
    const leftover = await readLeftover(ledger, end.number + 1)
    const opening = leftover && openingOf(leftover, end)
    if (leftover === undefined || opening === undefined) return end
    // Who was stopped since it took the lock must not abandon what its successor does.
    await held.confirmStillOurs()
    const by = held.takenFrom === undefined ? '' : ` by ${held.takenFrom.holder}`
    log.warn(`deployment ${end.number + 1} was left unfinished${by}: closing its record as unknown`)
    const writer = { clock, token, hide: (text: string) => text, lost: () => {}, warn: (text: string) => log.warn(text) }
    const journal = resumeJournal(ledger, writer, end, opening, leftover)
    try {
      await journal.append({ kind: 'abandoned', by: holder })
      const record = await journal.close({
        outcome: 'unknown',
        changed: executedAny(leftover.entries),
        cause: { stack: null, resource: null, type: null, reason: 'the run ended without closing its record' },
        stacks: carried(end.record?.value, leftover.entries),
        closedBy: holder,
      })
      watch?.closed(record)
    } catch (error) {
      // It was not dead after all, only slow: what it wrote in between counts, and it is fenced all the same.
      if (!(error instanceof TowpathError) || error.code !== 'locked') throw error
      await held.confirmStillOurs()
    }
  }
}

/** Every attempt, oldest first: the closed records, and one that is under way or was left unfinished. */
export async function readAttempts(target: Target): Promise<readonly Attempt[]> {
  const records = await readAll(target.ledger)
  const open = await readLeftover(target.ledger, records.length + 1)
  const started = open?.entries.find((entry) => entry.kind === 'started')
  if (open === undefined || started === undefined) return records
  const { release, version } = started
  const what = version === undefined ? { release } : { release, version }
  return [...records, { ...what, changed: executedAny(open.entries), outcome: 'unknown', previous: present(records.at(-1)) }]
}

/** How a deployment was opened, as its first entry says. */
function openingOf({ entries }: Leftover, end: End): Opening | undefined {
  const started = entries.find((entry) => entry.kind === 'started')
  if (started === undefined) return undefined
  const { deployment: kind, time: _, ...what } = started
  return { ...what, kind, previous: present(end.record?.value) }
}

/** True if a change set may have been executed. */
function executedAny(entries: readonly LogEntry[]): boolean {
  return entries.some((entry) => entry.kind === 'intent' && entry.does === 'execute-change-set')
}

/**
 * The stacks as the record before knew them, and those that were touched since. A proof stays sound: it holds only while the stack has not
 * moved.
 */
export function carried(last: DeploymentRecord | undefined, entries: readonly LogEntry[]): Record<string, StackRecord> {
  const touched = entries.flatMap((entry): [string, StackRecord][] =>
    entry.kind === 'intent'
      ? [[entry.stack, { name: entry.name, outcome: 'unknown', seconds: 0, proof: last?.stacks[entry.stack]?.proof ?? null }]]
      : [],
  )
  const before = Object.entries(last?.stacks ?? {}).map(([stack, record]): [string, StackRecord] => [
    stack,
    { ...record, outcome: record.outcome === 'kept' ? 'kept' : 'waiting', seconds: 0 },
  ])
  return Object.fromEntries([...before, ...touched])
}
