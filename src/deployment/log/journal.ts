import { createDocument, documentBytes, readDocument } from '../../bucket/documents.ts'
import { entryKey, recordKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import { type Digest, digestOf } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { digestOfRecord, type End, moveHead } from './history.ts'
import type { DeploymentRecord, EntryFact, LiveEntries, LogEntry } from './record.ts'

/** The parts of a record that only its end decides. */
export type Closing = Pick<DeploymentRecord, 'outcome' | 'changed' | 'cause' | 'stacks' | 'rollout'> & { readonly closedBy?: string }

/** The parts of a record that are known when it is opened. */
export type Opening = Pick<
  DeploymentRecord,
  'kind' | 'parts' | 'release' | 'version' | 'platform' | 'releaseCommit' | 'previous' | 'origin' | 'verified'
>

/** Who writes a journal, and how. */
export interface Writer {
  readonly clock: Clock
  /** Unlike any other run's. */
  readonly token: string
  /** Takes out of a text what must not be stored. */
  readonly hide: (text: string) => string
  /** Hears that another run took the deployment over. */
  readonly lost: (error: TowpathError) => void
  /** Hears what could not be done and does no harm. */
  readonly warn: (text: string) => void
}

/** The live log of one deployment: entries while it runs, one closed record at its end. */
export interface Journal {
  readonly deployment: number
  /**
   * Appends entries and returns when they are stored. Throws 'locked' if the next name is taken: another run took the deployment over,
   * and this one must change nothing more.
   */
  append(...facts: readonly EntryFact[]): Promise<void>
  /** Keeps entries that need not be there before anything goes on: they are stored with the next ones. */
  note(...facts: readonly EntryFact[]): void
  /** Closes the record and moves the head. Nothing can be appended any more. Throws 'locked' if another run closed it. */
  close(closing: Closing): Promise<DeploymentRecord>
}

/** Opens deployment `n` = the end's number + 1. The first entry is its fence: of two that try, one is refused. */
export async function openJournal(ledger: Ledger, writer: Writer, end: End, opening: Opening): Promise<Journal> {
  const journal = journalFrom(ledger, writer, end, opening, { entries: [], sequence: 0, previous: end.digest })
  const { kind, previous: _, verified: __, ...what } = opening
  await journal.append({ kind: 'started', deployment: kind, ...what })
  return journal
}

/** The entries that a run left behind without closing its record, if it did. */
export interface Leftover {
  readonly entries: readonly LogEntry[]
  readonly sequence: number
  readonly previous: Digest | null
}

/** Reads the live entries of deployment `n`; undefined if it was never begun. */
export async function readLeftover(ledger: Ledger, n: number): Promise<Leftover | undefined> {
  const entries: LogEntry[] = []
  let previous: Digest | null = null
  for (let sequence = 1; ; sequence++) {
    const found = await readDocument<LiveEntries>(
      ledger.objects,
      entryKey(ledger.environment, ledger.service, n, sequence),
      'towpath/entries@1',
    )
    if (found === undefined) return sequence === 1 ? undefined : { entries, sequence: sequence - 1, previous }
    entries.push(...found.value.entries)
    previous = found.digest
  }
}

/** A journal that goes on where another run stopped, to close its record. */
export function resumeJournal(ledger: Ledger, writer: Writer, end: End, opening: Opening, leftover: Leftover): Journal {
  return journalFrom(ledger, writer, end, opening, leftover)
}

function journalFrom(ledger: Ledger, writer: Writer, end: End, opening: Opening, begun: Leftover): Journal {
  const { objects, environment, service } = ledger
  const { clock, token } = writer
  const deployment = end.number + 1
  const entries: LogEntry[] = [...begun.entries]
  let { sequence, previous } = begun
  const noted: LogEntry[] = []
  // One append at a time: stacks run in parallel, the chain does not.
  let last: Promise<void> = Promise.resolve()
  let closed = false

  const entered = (fact: EntryFact): LogEntry => ({
    ...('reason' in fact && fact.reason !== null ? { ...fact, reason: writer.hide(fact.reason) } : fact),
    time: clock.now().toISOString(),
  })
  const stored = (written: readonly LogEntry[], digest: Digest): void => {
    entries.push(...written)
    sequence += 1
    previous = digest
  }
  const lose = (): TowpathError => {
    const error = takenOver(deployment)
    writer.lost(error)
    return error
  }
  const write = async (facts: readonly EntryFact[]): Promise<void> => {
    const fresh = [...noted.splice(0), ...facts.map(entered)]
    for (;;) {
      const document: LiveEntries = {
        schema: 'towpath/entries@1',
        deployment,
        sequence: sequence + 1,
        previous,
        writer: token,
        entries: fresh,
      }
      const bytes = documentBytes(document)
      const key = entryKey(environment, service, deployment, sequence + 1)
      const there = await createDocument<LiveEntries>(objects, key, 'towpath/entries@1', bytes)
      if (there === 'created') return stored(fresh, digestOf(bytes))
      if (there.value.writer !== token) throw lose()
      // An append of ours that was given up without an answer, and did arrive.
      stored(there.value.entries, there.digest)
    }
  }
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }

  return {
    deployment,
    async append(...facts) {
      await inTurn(() => {
        if (closed) throw new TowpathError('interrupted', `deployment ${deployment} is closed already`)
        return write(facts)
      })
    },
    note: (...facts) => void noted.push(...facts.map(entered)),
    async close({ closedBy, cause, ...closing }) {
      // What waits for its turn by now is not written any more, and what it was to announce is not done.
      closed = true
      await last
      if (noted.length > 0) await inTurn(() => write([]))
      const now = clock.now().toISOString()
      const record: DeploymentRecord = {
        schema: 'towpath/deployment@1',
        service,
        environment,
        deployment,
        ...opening,
        ...closing,
        cause: cause && { ...cause, reason: writer.hide(cause.reason) },
        started: entries[0]?.time ?? now,
        finished: now,
        closedBy: closedBy ?? null,
        entries,
        previousRecord: end.digest,
      }
      const { bytes, digest } = digestOfRecord(record)
      const key = recordKey(environment, service, deployment)
      const there = await createDocument<DeploymentRecord>(objects, key, 'towpath/deployment@1', bytes)
      if (there !== 'created') throw lose()
      // The head is a cache: whoever reads the log finds its end without it.
      await moveHead(ledger, deployment, digest, end.head).catch((error: unknown) =>
        writer.warn(`the head of the log could not be moved: ${error instanceof Error ? error.message : String(error)}`),
      )
      return record
    },
  }
}

function takenOver(deployment: number): TowpathError {
  return new TowpathError('locked', `deployment ${deployment} was taken over by another run, so this one stopped`, {
    blame: 'service',
    hint: 'look at the log, then deploy again if need be',
  })
}
