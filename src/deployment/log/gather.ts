import type { SegmentName } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { Digest } from '../../digest.ts'
import { hexOf } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import { damageText } from './damage.ts'
import { damageOf, digestOfRecord, type FoundRecord, findRecord } from './history.ts'
import type { DeploymentRecord } from './record.ts'
import { digestOfRow, LARGE, listSegments, readSegment, SMALL, segmentOf } from './segment.ts'
import type { SegmentRow } from './segment-rows.ts'

/** How many segments one run writes at most: a log that is older than segments gets them little by little. */
const AT_MOST = 3

type Borders = Pick<SegmentName, 'first' | 'last'>

/**
 * Writes the segments that a log lacks up to a record that was just closed: the newest first, and no more than a few at a time. Create-only,
 * so that two runs do the same work twice and no harm. Throws 'failed' where records are damaged: nothing is gathered that is not proved.
 * @param tell hears which records are gathered, before they are read
 */
export async function gatherSegments(ledger: Ledger, last: DeploymentRecord, tell: (borders: Borders) => void): Promise<void> {
  const names = [...(await listSegments(ledger))]
  for (let written = 0; written < AT_MOST; written++) {
    const borders = lacking(names, last.deployment)
    if (borders === undefined) return
    tell(borders)
    const rows = await rowsOf(ledger, names, borders)
    await requireWitness(ledger, borders, rows, last)
    const { key, bytes } = segmentOf(ledger, borders.first, rows)
    await ledger.objects.create(key, bytes)
    names.push({ ...borders, hex: '' })
  }
}

/** The next segment to write, of a log that ends at record `end`: the newest small one, then large ones whose small ones are all there. */
export function lacking(names: readonly Borders[], end: number): Borders | undefined {
  const has = (first: number, last: number): boolean => names.some((name) => name.first === first && name.last === last)
  const isCovered = (last: number): boolean => {
    const border = Math.ceil(last / LARGE) * LARGE
    return has(last - SMALL + 1, last) || has(border - LARGE + 1, border)
  }
  for (let last = end - (end % LARGE); last > 0; last -= LARGE)
    if (!has(last - LARGE + 1, last) && borders(last - LARGE, last).every(isCovered)) return { first: last - LARGE + 1, last }
  const small = borders(0, end).findLast((last) => !isCovered(last))
  return small === undefined ? undefined : { first: small - SMALL + 1, last: small }
}

/** The borders of small segments behind `after`, up to `end`. */
function borders(after: number, end: number): readonly number[] {
  return Array.from({ length: Math.floor((end - after) / SMALL) }, (_, index) => after + (index + 1) * SMALL)
}

/** Rows between borders: from small segments that are whole, and where there is none from the records. */
async function rowsOf(ledger: Ledger, names: readonly SegmentName[], { first, last }: Borders): Promise<readonly SegmentRow[]> {
  const rows: SegmentRow[] = []
  for (const border of borders(first - 1, last)) {
    const part = { first: border - SMALL + 1, last: border }
    rows.push(...((last - first + 1 > SMALL ? await fromSegment(ledger, names, part) : undefined) ?? (await fromRecords(ledger, part))))
  }
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1]
    if (before && row.record.previousRecord !== `sha256:${before.sha256}`)
      throw damaged(ledger, first + index - 1, `is not what record ${first + index} says it was`)
  }
  return rows
}

async function fromSegment(
  ledger: Ledger,
  names: readonly SegmentName[],
  { first, last }: Borders,
): Promise<readonly SegmentRow[] | undefined> {
  for (const name of names) {
    const segment = name.first === first && name.last === last && name.hex !== '' ? await readSegment(ledger, name) : undefined
    if (segment) return segment.records.map(({ etag, sha256, record }) => ({ etag, sha256, record }))
  }
  return undefined
}

async function fromRecords(ledger: Ledger, { first, last }: Borders): Promise<readonly SegmentRow[]> {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const found = await Promise.all(numbers.map((number) => findRecord(ledger, number)))
  return found.map((one, index) => rowOf(ledger, first + index, one))
}

function rowOf(ledger: Ledger, number: number, found: FoundRecord | undefined): SegmentRow {
  const wrong = damageOf(found, undefined)
  if (found?.value === undefined || wrong !== undefined) throw damaged(ledger, number, wrong ?? 'is missing')
  const row = { etag: found.etag, sha256: hexOf(found.digest), record: found.value }
  // One that is not in canonical JSON could not be proved from what a segment has of it.
  if (digestOfRow(row) !== found.digest) throw damaged(ledger, number, 'is not written as records are')
  return row
}

/** Holds the last row to what follows it: the record after it, or, of the last record of all, what was just closed. */
async function requireWitness(ledger: Ledger, { last }: Borders, rows: readonly SegmentRow[], closed: DeploymentRecord): Promise<void> {
  const row = rows.at(-1)
  const witness = await witnessOf(ledger, last, closed)
  if (row === undefined || witness !== `sha256:${row.sha256}`) throw damaged(ledger, last, `is not what record ${last + 1} says it was`)
}

async function witnessOf(ledger: Ledger, number: number, closed: DeploymentRecord): Promise<Digest | null | undefined> {
  if (number === closed.deployment) return digestOfRecord(closed).digest
  const after = number + 1 === closed.deployment ? closed : (await findRecord(ledger, number + 1))?.value
  return after?.previousRecord
}

function damaged(ledger: Ledger, number: number, how: string): TowpathError {
  return new TowpathError('failed', damageText(ledger, { number, how }), { blame: 'service', hint: 'see towpath log --verify' })
}
