import { recordNumber } from '../../../src/bucket/keys.ts'
import type { Ledger } from '../../../src/bucket/ledger.ts'
import { gatherSegments } from '../../../src/deployment/log/gather.ts'
import { digestOfRecord } from '../../../src/deployment/log/history.ts'
import type { DeploymentRecord } from '../../../src/deployment/log/record.ts'
import { type Thoroughness, verifyLog } from '../../../src/deployment/log/verify.ts'
import { digestOf } from '../../../src/digest.ts'
import { canonicalJson, type Json } from '../../../src/json.ts'
import { numbers } from '../../support/numbers.ts'
import { plantHistory } from '../../world/history.ts'
import { type FakeObjects, fakeObjects } from '../../world/objects.ts'

const service = 'delivery'
const environment = 'staging'
const folder = `deployments/${environment}/${service}/`
const head = `${folder}head.json`
/** Two segments of 20, and a few records in none. */
const COUNT = 45

/** A log that is whole, and its parts. */
export interface Victim {
  readonly bucket: FakeObjects
  readonly ledger: Ledger
}

export async function aVictim(): Promise<Victim> {
  const bucket = fakeObjects()
  const ledger = { objects: bucket, environment, service }
  await plantHistory({ service, environment, count: COUNT }, (key, bytes) => bucket.put(key, bytes, 'FULL_OBJECT'))
  await gatherSegments(ledger, recordAt(bucket, COUNT), () => {})
  return { bucket, ledger }
}

const recordKey = (n: number): string => `${folder}${String(n).padStart(8, '0')}.json`
const recordAt = (bucket: FakeObjects, n: number): DeploymentRecord => bucket.json(recordKey(n)) as DeploymentRecord
const bytesAt = (bucket: FakeObjects, key: string): Uint8Array => bucket.bytes(key) ?? new Uint8Array()

type Next = (limit: number) => number

/** Does damage; gives the numbers of which one is the first that is bad. A record that was changed may say wrong things of the one before it. */
type Damage = (bucket: FakeObjects, next: Next) => readonly number[]

/** Another byte somewhere. */
function flipped(bytes: Uint8Array, next: Next): Uint8Array {
  const changed = bytes.slice()
  const at = next(changed.length)
  changed[at] = (changed[at] ?? 0) ^ (1 << next(7))
  return changed
}

const entriesOf = (bucket: FakeObjects, n: number): readonly string[] => bucket.keys(`${recordKey(n).slice(0, -'.json'.length)}/`)
const anyRecord = (next: Next): number => 1 + next(COUNT)
const anyEntry = (bucket: FakeObjects, next: Next): readonly [number, string] => {
  const n = anyRecord(next)
  const keys = entriesOf(bucket, n)
  return [n, keys[next(keys.length)] ?? '']
}

function swap(bucket: FakeObjects, one: string, other: string): void {
  const [a, b] = [bytesAt(bucket, one), bytesAt(bucket, other)]
  bucket.put(one, b)
  bucket.put(other, a)
}

/** What somebody could change of a record that its live entries say as well. */
const changes: readonly ((record: DeploymentRecord) => DeploymentRecord)[] = [
  (record) => ({ ...record, origin: { ...record.origin, actor: 'eve' } }),
  (record) => ({ ...record, release: digestOf('another release') }),
  (record) => ({ ...record, kind: 'rollback' }),
  (record) => ({ ...record, entries: record.entries.slice(0, -1) }),
  (record) => ({ ...record, entries: record.entries.map((entry) => ({ ...entry, time: '2020-01-01T00:00:00.000Z' })) }),
]

/** Writes a record as `change` makes it, and all after it and the head so that they agree. */
function rewriteFrom(bucket: FakeObjects, n: number, change: (record: DeploymentRecord) => DeploymentRecord): void {
  let record = change(recordAt(bucket, n))
  for (let at = n; ; at++) {
    const { bytes, digest } = digestOfRecord(record)
    bucket.put(recordKey(at), bytes)
    if (at === COUNT) {
      bucket.put(head, canonicalJson({ schema: 'towpath/head@1', deployment: COUNT, record: digest } as Json))
      return
    }
    record = { ...recordAt(bucket, at + 1), previousRecord: digest }
  }
}

/** Every kind of damage that reading everything finds. */
export const damages: Readonly<Record<string, Damage>> = {
  'another byte in a record'(bucket, next) {
    const n = anyRecord(next)
    bucket.put(recordKey(n), flipped(bytesAt(bucket, recordKey(n)), next))
    return [n - 1, n]
  },
  'a record cut short'(bucket, next) {
    const n = anyRecord(next)
    const bytes = bytesAt(bucket, recordKey(n))
    bucket.put(recordKey(n), bytes.slice(0, next(bytes.length)))
    return [n - 1, n]
  },
  'a record removed'(bucket, next) {
    const n = anyRecord(next)
    bucket.put(recordKey(n), undefined)
    return [n]
  },
  'two records in each other’s place'(bucket, next) {
    const n = 1 + next(COUNT - 1)
    swap(bucket, recordKey(n), recordKey(n + 1 + next(COUNT - n)))
    return [n - 1, n]
  },
  'a record of another number'(bucket, next) {
    const n = anyRecord(next)
    bucket.put(recordKey(n), bytesAt(bucket, recordKey(n === 1 ? 2 : n - 1)))
    return [n - 1, n]
  },
  'another byte in the head'(bucket, next) {
    bucket.put(head, flipped(bytesAt(bucket, head), next))
    return Array.from({ length: COUNT + 1 }, (_, index) => index + 1)
  },
  'another byte in a live entry'(bucket, next) {
    const [n, key] = anyEntry(bucket, next)
    bucket.put(key, flipped(bytesAt(bucket, key), next))
    return [n]
  },
  'a live entry removed'(bucket, next) {
    const [n, key] = anyEntry(bucket, next)
    bucket.put(key, undefined)
    return [n]
  },
  'a live entry cut short'(bucket, next) {
    const [n, key] = anyEntry(bucket, next)
    const bytes = bytesAt(bucket, key)
    bucket.put(key, bytes.slice(0, next(bytes.length)))
    return [n]
  },
  'two live entries in each other’s place'(bucket, next) {
    const n = anyRecord(next)
    const [first = '', ...others] = entriesOf(bucket, n)
    swap(bucket, first, others[next(others.length)] ?? '')
    return [n]
  },
  'the last record changed together with the head'(bucket, next) {
    rewriteFrom(bucket, COUNT, changes[next(changes.length)] ?? ((record) => record))
    return [COUNT]
  },
  'a record changed, and all after it and the head so that they agree'(bucket, next) {
    const n = anyRecord(next)
    rewriteFrom(bucket, n, changes[next(changes.length)] ?? ((record) => record))
    return [n]
  },
}

/** What became of one damage. */
export interface Found {
  readonly kind: string
  /** True if the first bad record that reading everything names is one of those that it may name. */
  readonly inFull: boolean
  /** True if the way by ETag finds that something is wrong. */
  readonly byETag: boolean
}

/** Does one damage that a seed decides to a whole log, looks whether it is found, and mends it. */
export async function damageOnce({ bucket, ledger }: Victim, seed: number): Promise<Found> {
  const next = numbers(seed)
  next(2)
  const kinds = Object.keys(damages)
  const kind = kinds[next(kinds.length)] ?? ''
  const before = new Map(bucket.keys().map((key) => [key, bytesAt(bucket, key)]))
  const expected = damages[kind]?.(bucket, next) ?? []
  const brokenAt = async (how: Thoroughness): Promise<number | undefined> => (await verifyLog(ledger, how, () => {})).broken?.number
  const [full, quick] = [await brokenAt('in full'), await brokenAt('by ETag')]
  for (const [key, bytes] of before) if (bucket.bytes(key) !== bytes) bucket.put(key, bytes, 'FULL_OBJECT')
  bucket.requests.length = 0
  return { kind, inFull: full !== undefined && expected.includes(full), byETag: quick !== undefined }
}

/** How many records a log has, for figures. */
export const records = (bucket: FakeObjects): number => bucket.keys(folder).filter((key) => recordNumber(key) !== undefined).length
