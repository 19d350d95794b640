import { documentBytes, documentIn, type Stored } from '../../bucket/documents.ts'
import { headKey, recordKey, recordNumber, recordsOf } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { ETag } from '../../bucket/objects.ts'
import { type Digest, digestOf, isDigest } from '../../digest.ts'
import type { Json } from '../../json.ts'
import { meet } from './damage.ts'
import type { DeploymentRecord, Head } from './record.ts'

/** Where the log ends: its last record, and which head is there to be replaced. */
export interface End {
  /** 0 if nothing was ever deployed. */
  readonly number: number
  /** Undefined if there is none, or if it is damaged and that was passed over. */
  readonly record: StoredRecord | undefined
  /** What the last record's bytes digest to, as the log says; null if there is none. */
  readonly digest: Digest | null
  readonly head: ETag | undefined
}

/** A record that can be read. `written`: when, by the bucket's clock, in milliseconds since 1970. */
export type StoredRecord = Stored<DeploymentRecord> & { readonly written: number }

/** What is under a record's name: its value is undefined if it is no record of that number. */
export type FoundRecord = Omit<StoredRecord, 'value'> & { readonly value: DeploymentRecord | undefined }

/** Reads what is under a record's name; undefined if there is nothing. */
export async function findRecord({ objects, environment, service }: Ledger, n: number): Promise<FoundRecord | undefined> {
  const found = await objects.get(recordKey(environment, service, n))
  if (found === undefined || found === 'unchanged') return undefined
  const value = documentIn<DeploymentRecord>(found.body, 'towpath/deployment@1')
  const { etag, written } = found
  return { value: value?.deployment === n ? value : undefined, digest: digestOf(found.body), etag, written }
}

/** A record that is what its witness says it was. Damage is met: undefined if it may be passed over. */
export function proven(ledger: Ledger, number: number, found: FoundRecord | undefined, witness?: Witness): StoredRecord | undefined {
  const how = damageOf(found, witness)
  if (how !== undefined) meet(ledger, { number, how })
  return how === undefined && found?.value ? { ...found, value: found.value } : undefined
}

/** What says which digest a record has: the record after it, or the head. */
export interface Witness {
  readonly digest: Digest | null
  readonly name: string
}

/** What is wrong with what was found under a record's name; undefined if nothing is. */
export function damageOf(found: Pick<FoundRecord, 'value' | 'digest'> | undefined, witness: Witness | undefined): string | undefined {
  if (found === undefined) return witness === undefined ? 'is missing' : `is missing, though ${witness.name} follows it`
  if (found.value === undefined) return 'cannot be read: it was cut short, or is something else'
  return witness && witness.digest !== found.digest ? `is not what ${witness.name} says it was` : undefined
}

/**
 * Finds the end of the log: from the head forward to the last record there is. A head that is behind only makes the way longer; without one
 * that can be read the records are listed. Damage that is met on the way stops it, unless it may be passed over.
 */
export async function findEnd(ledger: Ledger): Promise<End> {
  const head = await readHead(ledger)
  if (head?.value === undefined) return endByListing(ledger, head?.etag)
  const { deployment, record } = head.value
  const [last, next] = await Promise.all([findRecord(ledger, deployment), findRecord(ledger, deployment + 1)])
  const first = proven(ledger, deployment, last, { digest: record, name: 'the head of the log' })
  return walkOn(ledger, { number: deployment, record: first, digest: record, head: head.etag }, next)
}

/** Some numbers of records, in order, and of each hole before or between them the first: however large it is, it is one. */
export function withHoles(numbers: readonly number[]): readonly number[] {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted.flatMap((number, index) => {
    const next = (sorted[index - 1] ?? 0) + 1
    return next < number ? [next, number] : [number]
  })
}

/** The end of a log whose head does not say where it is. The first record of each hole before it is met. */
export async function endByListing(ledger: Ledger, head: ETag | undefined): Promise<End> {
  const { objects, environment, service } = ledger
  const listed = (await objects.list(recordsOf(environment, service), { flat: true })).flatMap(({ key }) => recordNumber(key) ?? [])
  const there = new Set(listed)
  const numbers = withHoles(listed)
  const number = numbers.at(-1) ?? 0
  for (const n of numbers) if (!there.has(n)) proven(ledger, n, undefined)
  if (number === 0) return { number, record: undefined, digest: null, head }
  const found = await findRecord(ledger, number)
  return { number, record: proven(ledger, number, found), digest: found?.digest ?? null, head }
}

/** True if there is a record behind number `n`: then the log does not end there, whatever is missing. */
export async function hasRecordBehind({ objects, environment, service }: Ledger, n: number): Promise<boolean> {
  const listed = await objects.list(recordsOf(environment, service), { flat: true, after: recordKey(environment, service, n) })
  return listed.some(({ key }) => recordNumber(key) !== undefined)
}

/** Goes on from an end to records that the head did not know of yet. @param next what is under the next record's name */
async function walkOn(ledger: Ledger, end: End, next: FoundRecord | undefined): Promise<End> {
  if (next === undefined) return end
  const number = end.number + 1
  const name = `record ${number}`
  if (next.value && end.digest !== next.value.previousRecord) meet(ledger, { number: end.number, how: `is not what ${name} says it was` })
  const on = { number, record: proven(ledger, number, next), digest: next.digest, head: end.head }
  return walkOn(ledger, on, await findRecord(ledger, number + 1))
}

/** The head, and its value if it can be read: it vouches for a record, so nothing of it is taken on trust. */
export async function readHead({
  objects,
  environment,
  service,
}: Ledger): Promise<{ readonly value: Head | undefined; readonly etag: ETag } | undefined> {
  const found = await objects.get(headKey(environment, service))
  if (found === undefined || found === 'unchanged') return undefined
  const value = documentIn<Head>(found.body, 'towpath/head@1')
  const isWhole = value && Number.isSafeInteger(value.deployment) && value.deployment > 0 && isDigest(value.record)
  return { value: isWhole ? value : undefined, etag: found.etag }
}

/** Moves the head to a record that was just closed. Whoever is faster moved it further: that is no error. */
export async function moveHead(ledger: Ledger, deployment: number, record: Digest, seen: ETag | undefined): Promise<void> {
  const head: Head = { schema: 'towpath/head@1', deployment, record }
  const key = headKey(ledger.environment, ledger.service)
  const bytes = documentBytes(head as unknown as Json)
  if (seen === undefined) await ledger.objects.create(key, bytes)
  else await ledger.objects.replace(key, bytes, seen)
}

export function digestOfRecord(record: DeploymentRecord): { readonly bytes: Uint8Array; readonly digest: Digest } {
  const bytes = documentBytes(record as unknown as Json)
  return { bytes, digest: digestOf(bytes) }
}
