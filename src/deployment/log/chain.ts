import { forEach } from '../../bucket/blobs.ts'
import { documentIn } from '../../bucket/documents.ts'
import { headKey, recordKey, recordNumber, recordsOf } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import { type Digest, digestOf } from '../../digest.ts'
import type { DeploymentRecord, Head } from './record.ts'

/** The closed records as they are in the bucket, and whether each is what the log says it was. */
export interface Chain {
  /** Those that can be read, oldest first. */
  readonly records: readonly DeploymentRecord[]
  /** The number of the first bad one; undefined if the chain holds. */
  readonly broken: number | undefined
}

/** A record's bytes, by digest, and its content if it can be read. */
interface Link {
  readonly digest: Digest
  readonly record: DeploymentRecord | undefined
}

/**
 * Reads the whole log and checks its chain: record n is bad if it is missing, cannot be read, or has another digest than record n+1 (or,
 * for the last, the head) says. It finds damage; it is no defence against somebody who can write to the bucket.
 */
export async function readChain(ledger: Ledger): Promise<Chain> {
  const { objects, environment, service } = ledger
  const numbers = (await objects.list(recordsOf(environment, service))).flatMap(({ key }) => recordNumber(key) ?? [])
  const links = new Map<number, Link>()
  await forEach(numbers, async (n) => {
    const found = await objects.get(recordKey(environment, service, n))
    if (found && found !== 'unchanged')
      links.set(n, { digest: digestOf(found.body), record: documentIn<DeploymentRecord>(found.body, 'towpath/deployment@1') })
  })
  const head = await objects.get(headKey(environment, service))
  const records = [...links].sort(([a], [b]) => a - b).flatMap(([, { record }]) => record ?? [])
  if (head === undefined || head === 'unchanged') return { records, broken: firstBroken(links, undefined) }
  const said = documentIn<Head>(head.body, 'towpath/head@1')
  // A head that cannot be read vouches for nothing: least of all for the last record.
  return { records, broken: firstBroken(links, said) ?? (said ? undefined : Math.max(1, ...numbers)) }
}

/** The number of the first link that is not what its witness says it was. */
export function firstBroken(links: ReadonlyMap<number, Link>, head: Head | undefined): number | undefined {
  const last = Math.max(0, head?.deployment ?? 0, ...links.keys())
  for (let n = 1; n <= last; n++) {
    const link = links.get(n)
    const next = links.get(n + 1)?.record
    // A head that is behind says nothing of the records after it: it is a cache.
    const witness = next ? next.previousRecord : head?.deployment === n ? head.record : link?.digest
    if (link?.record?.deployment !== n || witness !== link.digest) return n
  }
  return undefined
}
