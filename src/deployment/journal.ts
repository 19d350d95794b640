import { documentBytes, readDocument } from '../bucket/documents.ts'
import { entryKey, recordKey } from '../bucket/keys.ts'
import type { Clock } from '../clock.ts'
import { type Digest, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import type { Json } from '../json.ts'
import { digestOfRecord, type End, type Ledger, moveHead } from './history.ts'
import type { DeploymentRecord, Entry, EntryFact, LiveEntries } from './record.ts'

/** The parts of a record that only its end decides. */
export type Closing = Pick<DeploymentRecord, 'outcome' | 'changed' | 'cause' | 'stacks'> & { readonly closedBy?: string }

/** The parts of a record that are known when it is opened. */
export type Opening = Pick<DeploymentRecord, 'kind' | 'release' | 'previous' | 'origin'>

/** The live log of one deployment: entries while it runs, one closed record at its end. */
export interface Journal {
  readonly deployment: number
  /**
   * Appends entries and returns when they are stored. Throws 'locked' if the next name is taken: another run took the deployment over,
   * and this one must change nothing more.
   */
  append(...facts: readonly EntryFact[]): Promise<void>
  /** Closes the record and moves the head. Throws 'locked' if another run closed it. */
  close(closing: Closing): Promise<DeploymentRecord>
}

/** Opens deployment `n` = the end's number + 1. The first entry is its fence: of two that try, one is refused. */
export async function openJournal(ledger: Ledger, clock: Clock, end: End, opening: Opening): Promise<Journal> {
  const journal = journalFrom(ledger, clock, end, opening, { entries: [], sequence: 0, previous: end.record?.digest ?? null })
  await journal.append({ kind: 'started', deployment: opening.kind, release: opening.release, origin: opening.origin })
  return journal
}

/** The entries that a run left behind without closing its record, if it did. */
export interface Leftover {
  readonly entries: readonly Entry[]
  readonly sequence: number
  readonly previous: Digest | null
}

/** Reads the live entries of deployment `n`; undefined if it was never begun. */
export async function readLeftover(ledger: Ledger, n: number): Promise<Leftover | undefined> {
  const entries: Entry[] = []
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
export function resumeJournal(ledger: Ledger, clock: Clock, end: End, opening: Opening, leftover: Leftover): Journal {
  return journalFrom(ledger, clock, end, opening, leftover)
}

function journalFrom(ledger: Ledger, clock: Clock, end: End, opening: Opening, begun: Leftover): Journal {
  const { objects, environment, service } = ledger
  const deployment = end.number + 1
  const entries: Entry[] = [...begun.entries]
  let { sequence, previous } = begun
  // One append at a time: stacks run in parallel, the chain does not.
  let last: Promise<void> = Promise.resolve()
  let closed = false

  const write = async (facts: readonly EntryFact[]): Promise<void> => {
    if (closed) throw new TowpathError('interrupted', `deployment ${deployment} is closed already`)
    const time = clock.now().toISOString()
    const fresh = facts.map((fact) => ({ ...fact, time }))
    const document: LiveEntries = { schema: 'towpath/entries@1', deployment, sequence: sequence + 1, previous, entries: fresh }
    const bytes = documentBytes(document as unknown as Json)
    if ((await objects.create(entryKey(environment, service, deployment, sequence + 1), bytes)) === 'exists') throw takenOver(deployment)
    entries.push(...fresh)
    sequence += 1
    previous = digestOf(bytes)
  }

  return {
    deployment,
    append(...facts) {
      const mine = last.then(() => write(facts))
      last = mine.catch(() => {})
      return mine
    },
    async close({ closedBy, ...closing }) {
      await last
      closed = true
      const now = clock.now().toISOString()
      const record: DeploymentRecord = {
        schema: 'towpath/deployment@1',
        service,
        environment,
        deployment,
        parts: ['stacks'],
        ...opening,
        ...closing,
        started: entries[0]?.time ?? now,
        finished: now,
        closedBy: closedBy ?? null,
        entries,
        previousRecord: end.record?.digest ?? null,
      }
      const { bytes, digest } = digestOfRecord(record)
      if ((await objects.create(recordKey(environment, service, deployment), bytes)) === 'exists') throw takenOver(deployment)
      await moveHead(ledger, deployment, digest, end.head?.etag)
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
