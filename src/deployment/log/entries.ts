import { readDocument } from '../../bucket/documents.ts'
import { entryKey } from '../../bucket/keys.ts'
import type { Ledger } from '../../bucket/ledger.ts'
import type { Digest } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import { canonicalJson, type Json } from '../../json.ts'
import type { DeploymentRecord, LiveEntries, LogEntry } from './record.ts'

/**
 * Compares a closed record with the live entries from which it was closed: each is chained to the one before, together they are the entries of
 * the record, and the first says what the record says of its opening. Gives what is wrong; undefined if nothing is.
 */
export async function verifyEntries(ledger: Ledger, record: DeploymentRecord): Promise<string | undefined> {
  const { objects, environment, service } = ledger
  const { deployment } = record
  let previous: Digest | null = record.previousRecord
  let told = 0
  for (let sequence = 1; told < record.entries.length || sequence === 1; sequence++) {
    const key = entryKey(environment, service, deployment, sequence)
    const name = `live entry ${sequence}`
    const found = await readDocument<LiveEntries>(objects, key, 'towpath/entries@1').catch(unreadable)
    if (found === undefined) return `has lost its ${name}: s3://${objects.bucket}/${key}`
    if (found === 'unreadable') return `has a ${name} that cannot be read: s3://${objects.bucket}/${key}`
    const { value, digest } = found
    const isNext = value.deployment === deployment && value.sequence === sequence && value.previous === previous
    if (!isNext || !Array.isArray(value.entries))
      return `has a ${name} that does not follow the one before it: s3://${objects.bucket}/${key}`
    if (
      canonicalJson(value.entries as unknown as Json) !==
      canonicalJson(record.entries.slice(told, told + value.entries.length) as unknown as Json)
    )
      return `does not say what its ${name} says: s3://${objects.bucket}/${key}`
    told += value.entries.length
    previous = digest
  }
  return contradiction(record)
}

function unreadable(error: unknown): 'unreadable' {
  if (error instanceof TowpathError && error.code === 'failed' && !error.transient) return 'unreadable'
  throw error
}

/** What the record says of its opening, and its first entry says otherwise. */
function contradiction({ entries, kind, parts, release, version, platform, releaseCommit, origin }: DeploymentRecord): string | undefined {
  const started: LogEntry | undefined = entries[0]
  if (started?.kind !== 'started') return 'does not begin with its beginning'
  const said = {
    kind: started.deployment,
    parts: started.parts,
    release: started.release,
    version: started.version,
    platform: started.platform,
    releaseCommit: started.releaseCommit,
    origin: started.origin,
  }
  const says = { kind, parts, release, version, platform, releaseCommit, origin }
  return canonicalJson(said as unknown as Json) === canonicalJson(says as unknown as Json)
    ? undefined
    : 'does not say what its first live entry says'
}
