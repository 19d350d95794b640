import type { SegmentName } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { Digest } from '../../digest.ts'
import { damageOf, type End, type FoundRecord, findRecord, proven, type Witness } from './history.ts'
import type { DeploymentRecord } from './record.ts'
import type { ChainedSegment } from './segment.ts'

/** A record on the way back; undefined if it is damaged and that was passed over. */
export interface Step {
  readonly number: number
  readonly record: DeploymentRecord | undefined
  /** No later than this was it written, by the bucket's clock, in milliseconds since 1970. */
  readonly written: number
}

/** How many records are read one by one before many are read at once: most ways back end there. */
const ALONE = 8
/** How many that are in no segment are read at once. */
const ABREAST = 20

/**
 * The records from the end back, each proved by the one after it. The nearest are read one by one, as they are wanted; what lies behind them
 * comes from segments, and where there is none in batches. Nothing is taken from a segment that the record after it does not prove.
 * @param wanted How many are wanted for certain: so many of the nearest are read at once.
 */
export async function* walkBack(ledger: Ledger, end: End, wanted?: number): AsyncGenerator<Step, void, undefined> {
  if (end.number === 0) return
  yield { number: end.number, record: end.record?.value, written: end.record?.written ?? 0 }
  const source = recordSource(ledger, end.number, wanted)
  let after = end.record?.value
  for (let number = end.number - 1; number > 0; number--) {
    const witness = after && { digest: after.previousRecord, name: `record ${number + 1}` }
    const found = proven(ledger, number, await source(number, witness), witness)
    after = found?.value
    yield { number, record: after, written: found?.written ?? 0 }
  }
}

/** The newest record that `wanted` is true of; it reads no further back than that. */
export async function findBack(
  ledger: Ledger,
  end: End,
  wanted: (record: DeploymentRecord) => boolean,
): Promise<DeploymentRecord | undefined> {
  for await (const record of newestFirst(ledger, end)) if (wanted(record)) return record
  return undefined
}

/** The records from the end back, without those that are damaged. */
export async function* newestFirst(ledger: Ledger, end: End): AsyncGenerator<DeploymentRecord, void, undefined> {
  for await (const { record } of walkBack(ledger, end)) if (record) yield record
}

type Source = (number: number, witness: Witness | undefined) => Promise<FoundRecord | undefined>

/** Where the records before `end` come from: asked for each in turn, from the newest back. */
function recordSource(ledger: Ledger, end: number, wanted: number | undefined): Source {
  const ahead = new Map<number, Promise<FoundRecord | undefined>>()
  let names: readonly SegmentName[] | undefined
  let segment: ChainedSegment | undefined

  async function fromSegment(number: number, digest: Digest): Promise<FoundRecord | undefined> {
    if (segment === undefined || number < segment.first || number > segment.last) segment = await nextSegment(number)
    const row = segment?.records[number - segment.first]
    if (segment === undefined || row === undefined) return undefined
    const found = { value: row.record, digest: `sha256:${row.sha256}` as const, etag: row.etag, written: segment.written }
    if (damageOf(found, { digest, name: '' }) === undefined) return found
    drop(segment.first, segment.last)
    segment = undefined
    return undefined
  }

  /** The largest segment that has a record and is whole. */
  async function nextSegment(number: number): Promise<ChainedSegment | undefined> {
    // Most ways back end before a segment is needed.
    const { listSegments, readSegment } = await import('./segment.ts')
    names ??= await listSegments(ledger)
    for (const name of covering(names, number)) {
      const read = await readSegment(ledger, name)
      if (read) return read
      drop(name.first, name.last, name.hex)
    }
    return undefined
  }

  function drop(first: number, last: number, hex?: string): void {
    names = names?.filter((name) => name.first !== first || name.last !== last || (hex !== undefined && name.hex !== hex))
    ledger.damage?.tell(
      `the segment of records ${first} to ${last} is not what the log says: it is passed over, and the records themselves are read`,
    )
  }

  async function abreast(number: number): Promise<FoundRecord | undefined> {
    if (!ahead.has(number)) {
      const border = Math.max(0, ...(names ?? []).map(({ last }) => last).filter((last) => last < number))
      const least = Math.max(border, number - ABREAST, wanted === undefined ? 0 : end - wanted)
      for (let n = number; n > least; n--) ahead.set(n, findRecord(ledger, n))
      // Who asks for the next one hears of its failure.
      for (const one of ahead.values()) one.catch(() => {})
    }
    const found = await ahead.get(number)
    ahead.delete(number)
    return found
  }

  return async (number, witness) => {
    if (wanted === undefined && end - number <= ALONE) return findRecord(ledger, number)
    // The first batch is small: nothing is gained by asking for segments.
    if (wanted !== undefined && end - number < ABREAST) return abreast(number)
    const row = witness?.digest ? await fromSegment(number, witness.digest) : undefined
    return row ?? abreast(number)
  }
}

/** The segments that have a record, the largest first. */
function covering(names: readonly SegmentName[], number: number): readonly SegmentName[] {
  return names.filter(({ first, last }) => first <= number && number <= last).sort((a, b) => b.last - b.first - (a.last - a.first))
}
