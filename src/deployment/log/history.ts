import { forEach } from '../../bucket/blobs.ts'
import { documentBytes, documentIn, readDocument, type Stored } from '../../bucket/documents.ts'
import { headKey, recordKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { ETag } from '../../bucket/objects.ts'
import type { Digest } from '../../digest.ts'
import { digestOf } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import type { DeploymentRecord, Head } from './record.ts'

/** Where the log ends: the last record, if there is one, and which head is there to be replaced. */
export interface End {
  readonly number: number
  readonly record: Stored<DeploymentRecord> | undefined
  readonly head: ETag | undefined
}

function readRecord(ledger: Ledger, n: number): Promise<Stored<DeploymentRecord> | undefined> {
  return readDocument<DeploymentRecord>(ledger.objects, recordKey(ledger.environment, ledger.service, n), 'towpath/deployment@1')
}

/**
 * Finds the end of the log: from the head forward to the last record there is. A head that is behind, gone or unreadable only makes the
 * way longer. Throws 'failed' where the head's own record is missing or another than it says: going on would hide the damage.
 */
export async function findEnd(ledger: Ledger): Promise<End> {
  const head = await ledger.objects.get(headKey(ledger.environment, ledger.service))
  const found = head === undefined || head === 'unchanged' ? undefined : head
  const said = found && documentIn<Head>(found.body, 'towpath/head@1')
  let number = said?.deployment ?? 0
  let record = number === 0 ? undefined : await readRecord(ledger, number)
  if (said && number > 0 && record === undefined) throw brokenAt(ledger, number, 'is missing, though the log goes on from it')
  if (said && record && record.digest !== said.record) throw brokenAt(ledger, number, 'is not what the head of the log says it was')
  for (;;) {
    const next = await readRecord(ledger, number + 1)
    if (next === undefined) return { number, record, head: found?.etag }
    number += 1
    record = next
  }
}

/** The newest record that `wanted` is true of; it reads no further back than that. */
export async function findBack(
  ledger: Ledger,
  { number, record }: End,
  wanted: (record: DeploymentRecord) => boolean,
): Promise<DeploymentRecord | undefined> {
  let value = record?.value
  for (let n = number; value !== undefined; ) {
    if (wanted(value)) return value
    n -= 1
    value = n > 0 ? (await readRecord(ledger, n))?.value : undefined
  }
  return undefined
}

/** Moves the head to a record that was just closed. Whoever is faster moved it further: that is no error. */
export async function moveHead(ledger: Ledger, deployment: number, record: Digest, seen: ETag | undefined): Promise<void> {
  const head: Head = { schema: 'towpath/head@1', deployment, record }
  const key = headKey(ledger.environment, ledger.service)
  const bytes = documentBytes(head)
  if (seen === undefined) await ledger.objects.create(key, bytes)
  else await ledger.objects.replace(key, bytes, seen)
}

/** Every record, oldest first. Throws 'failed', naming the first that is missing. */
export async function readAll(ledger: Ledger): Promise<readonly DeploymentRecord[]> {
  const { number } = await findEnd(ledger)
  const records: (DeploymentRecord | undefined)[] = new Array(number).fill(undefined)
  await forEach(records.keys(), async (index) => {
    records[index] = (await readRecord(ledger, index + 1))?.value
  })
  return records.map((record, index) => record ?? fail(brokenAt(ledger, index + 1, 'is missing')))
}

/** The records from the end back, each read when it is wanted. */
export async function* newestFirst(ledger: Ledger, { number, record }: End): AsyncGenerator<DeploymentRecord, void, undefined> {
  if (record) yield record.value
  for (let n = number - 1; n > 0; n--) {
    const found = await readRecord(ledger, n)
    if (found === undefined) throw brokenAt(ledger, n, 'is missing')
    yield found.value
  }
}

function fail(error: TowpathError): never {
  throw error
}

export function digestOfRecord(record: DeploymentRecord): { readonly bytes: Uint8Array; readonly digest: Digest } {
  const bytes = documentBytes(record)
  return { bytes, digest: digestOf(bytes) }
}

function brokenAt(ledger: Ledger, number: number, how: string): TowpathError {
  return new TowpathError('failed', `record ${number} of ${ledger.service} in ${ledger.environment} ${how}`, {
    blame: 'service',
    hint: `s3://${ledger.objects.bucket}/${recordKey(ledger.environment, ledger.service, number)}: restore an earlier version of it, or of the head.json beside it`,
  })
}
