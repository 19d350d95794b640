import type { Ledger } from '../bucket/ledger.ts'
import { TowpathError } from '../errors.ts'
import type { Claim } from './lock/document.ts'
import type { Lease } from './lock/lease.ts'
import { type End, endByListing, findEnd, hasRecordBehind } from './log/history.ts'
import { type Leftover, type Opening, readLeftover, resumeJournal } from './log/journal.ts'
import type { DeploymentListener } from './log/listener.ts'
import { codeOf, present, type SeenAttempt } from './log/present.ts'
import type { Attempt, DeploymentRecord, LogEntry, StackRecord } from './log/record.ts'
import { walkBack } from './log/walk-back.ts'
import type { Target } from './target/target.ts'

/** What is needed to close a record: the log of deployments, and nothing of CloudFormation. */
export type RecordAccess = Pick<Target, 'ledger' | 'clock' | 'log'>

/**
 * Closes the record that a dead run left open, as unknown. First it writes the run's next entry, as `abandoned`: if the run is alive after
 * all, its own next entry collides with that one. Returns the end of the log after that. Does nothing if no record was left open.
 */
export async function closeLeftover(
  target: RecordAccess,
  lease: Lease,
  { holder, token }: Claim,
  listener?: DeploymentListener,
): Promise<End> {
  const { ledger, clock, log } = target
  for (;;) {
    const { end, leftover } = await lookForLeftover(ledger)
    const opening = leftover && openingOf(leftover, end)
    if (leftover === undefined || opening === undefined) return end
    // A run that lost the lock meanwhile must not abandon the deployment of its successor.
    await lease.confirmStillOurs()
    const by = lease.takenFrom === undefined ? '' : ` by ${lease.takenFrom.holder}`
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
      listener?.closed(record)
    } catch (error) {
      // The run was only slow, not dead: what it wrote in between counts, and from here on it can write no more.
      if (!(error instanceof TowpathError) || error.code !== 'locked') throw error
      await lease.confirmStillOurs()
    }
  }
}

/** The end of the log, and what was left behind it. A record that is gone from the middle must not be taken for one that was never closed. */
async function lookForLeftover(ledger: Ledger): Promise<{ readonly end: End; readonly leftover: Leftover | undefined }> {
  const end = await findEnd(ledger)
  const leftover = await readLeftover(ledger, end.number + 1)
  if (leftover === undefined || !(await hasRecordBehind(ledger, end.number + 1))) return { end, leftover }
  const last = await endByListing(ledger, end.head)
  return { end: last, leftover: await readLeftover(ledger, last.number + 1) }
}

/**
 * Every attempt, newest first: one that is under way or was left unfinished, and the closed records. A record that is damaged, where that may
 * be passed over, counts as an attempt that left something nobody knows.
 */
export async function* attemptsBack(ledger: Ledger, end: End): AsyncGenerator<SeenAttempt, void, undefined> {
  const open = await readLeftover(ledger, end.number + 1)
  const started = open?.entries.find((entry) => entry.kind === 'started')
  if (open && started) {
    const attempt = { changed: executedAny(open.entries), outcome: 'unknown', previous: present(end.record?.value) } as const
    yield { ...whatOf(started), ...attempt, commit: null, written: Number.POSITIVE_INFINITY }
  }
  for await (const { number, record, written } of walkBack(ledger, end)) {
    if (record)
      yield {
        ...whatOf(record),
        changed: record.changed,
        outcome: record.outcome,
        previous: record.previous,
        commit: codeOf(record),
        written,
      }
    else yield { release: null, version: `record ${number}`, changed: true, outcome: 'unknown', previous: null, commit: null, written }
  }
}

function whatOf({ release, version }: Pick<Attempt, 'release' | 'version'>): Pick<Attempt, 'release' | 'version'> {
  return version === undefined ? { release } : { release, version }
}

/** How a deployment was opened, as its first entry says. */
function openingOf({ entries }: Leftover, end: End): Opening | undefined {
  const started = entries.find((entry) => entry.kind === 'started')
  if (started === undefined) return undefined
  const { deployment: kind, time: _, ...what } = started
  return { ...what, kind, previous: present(end.record?.value) }
}

/** Calls after which something else may be live. */
const changes: ReadonlySet<string> = new Set(['execute-change-set', 'create-deployment'])

/** True if a change set may have been executed, or code deployed. */
function executedAny(entries: readonly LogEntry[]): boolean {
  return entries.some((entry) => entry.kind === 'intent' && changes.has(entry.does))
}

/**
 * The stacks as the record before has them, with those that were touched since. A proof may be carried on: it holds only as long as the
 * stack does not change.
 */
export function carried(last: DeploymentRecord | undefined, entries: readonly LogEntry[]): Record<string, StackRecord> {
  const touched = entries.flatMap((entry): [string, StackRecord][] =>
    entry.kind === 'intent' && entry.stack !== null
      ? [[entry.stack, { name: entry.name, outcome: 'unknown', seconds: 0, proof: last?.stacks[entry.stack]?.proof ?? null }]]
      : [],
  )
  const before = Object.entries(last?.stacks ?? {}).map(([stack, record]): [string, StackRecord] => [
    stack,
    { ...record, outcome: record.outcome === 'kept' ? 'kept' : 'waiting', seconds: 0 },
  ])
  return Object.fromEntries([...before, ...touched])
}
