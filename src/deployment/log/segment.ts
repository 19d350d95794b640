import { documentBytes } from '../../bucket/documents.ts'
import { type SegmentName, segmentKey, segmentName, segmentsOf } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import { type Digest, digestOf, hexOf } from '../../digest.ts'
import { canonicalJson, type Json } from '../../json.ts'
import { type DigestedRow, rowsIn, type SegmentRow } from './segment-rows.ts'

/** Closed records gathered at fixed borders, for reading many at once. It is a copy: what counts are the records. */
export interface Segment {
  readonly schema: 'towpath/segment@1'
  readonly service: string
  readonly environment: string
  readonly first: number
  readonly last: number
  readonly records: readonly SegmentRow[]
}

/** A segment whose records are chained to one another. What it ends with is proved by the record after it. */
export interface ChainedSegment extends Segment {
  /** When it was written, by the bucket's clock, in milliseconds: its records were before. */
  readonly written: number
}

/** How many records each kind of segment has; each ends at a multiple of its size. */
export const SMALL = 20
export const LARGE = 500

/** The segments there are, by their names alone, in order; those of other sizes or borders are none of ours. */
export async function listSegments({ objects, environment, service }: Ledger): Promise<readonly SegmentName[]> {
  const names = (await objects.list(segmentsOf(environment, service))).flatMap(({ key }) => segmentName(key) ?? [])
  return names.filter(({ first, last }) => (last - first + 1 === SMALL || last - first + 1 === LARGE) && last % (last - first + 1) === 0)
}

/** The digest of a record that was read from a segment: its bytes are its canonical JSON. */
export function digestOfRow({ record }: SegmentRow): Digest {
  return digestOf(documentBytes(record as unknown as Json))
}

/** Reads a segment and checks it by itself: its name, its borders, each record's digest, and their chain. Undefined if anything is wrong. */
export async function readSegment(ledger: Ledger, name: SegmentName): Promise<ChainedSegment | undefined> {
  const { objects, environment, service } = ledger
  const found = await objects.get(segmentKey(environment, service, name))
  if (found === undefined || found === 'unchanged') return undefined
  if (hexOf(digestOf(found.body)).slice(0, 8) !== name.hex) return undefined
  const { first, last } = name
  // Canonical JSON has its keys in order: what comes before the records, and what after them.
  const head = `${canonicalJson({ environment, first, last }).slice(0, -1)},"records":[`
  const records = rowsIn(found.body, head, `],${canonicalJson({ schema: 'towpath/segment@1', service }).slice(1)}`)
  if (records === undefined || !isChained(records, name)) return undefined
  return { schema: 'towpath/segment@1', service, environment, first, last, records, written: found.written }
}

function isChained(records: readonly DigestedRow[], { first, last }: SegmentName): boolean {
  if (records.length !== last - first + 1) return false
  let before: Digest | undefined
  for (const [index, { record, sha256, digest }] of records.entries()) {
    if (record.schema !== 'towpath/deployment@1' || record.deployment !== first + index) return false
    if (before !== undefined && record.previousRecord !== before) return false
    if (hexOf(digest) !== sha256) return false
    before = digest
  }
  return true
}

/** The bytes of a segment and the name that they give it. */
export function segmentOf(
  ledger: Ledger,
  first: number,
  records: readonly SegmentRow[],
): { readonly key: string; readonly bytes: Uint8Array } {
  const { environment, service } = ledger
  const last = first + records.length - 1
  const segment: Segment = { schema: 'towpath/segment@1', service, environment, first, last, records }
  const bytes = documentBytes(segment as unknown as Json)
  return { key: segmentKey(environment, service, { first, last, hex: hexOf(digestOf(bytes)).slice(0, 8) }), bytes }
}
