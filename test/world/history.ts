import { documentBytes } from '../../src/bucket/documents.ts'
import { entryKey, headKey, recordKey } from '../../src/bucket/keys.ts'
import { digestOfRecord } from '../../src/deployment/log/history.ts'
import type { DeploymentRecord, LiveEntries, LogEntry } from '../../src/deployment/log/record.ts'
import { type Digest, digestOf } from '../../src/digest.ts'
import type { Json } from '../../src/json.ts'

/** A log that was written by many runs, without running any of them. */
export interface History {
  readonly service: string
  readonly environment: string
  /** How many deployments it has. */
  readonly count: number
  /** What differs from the usual in some of them, by number. */
  readonly changes?: (n: number) => Partial<DeploymentRecord>
}

const START = Date.parse('2024-01-01T00:00:00Z')
/** Milliseconds between two deployments. */
const GAP = 3_600_000

/** Writes a history, oldest first: each deployment's live entries and its record, then the head. Gives the last record's digest. */
export async function plantHistory(
  { service, environment, count, changes = () => ({}) }: History,
  put: (key: string, content: Uint8Array) => unknown,
): Promise<Digest | null> {
  let previousRecord: Digest | null = null
  for (let n = 1; n <= count; n++) {
    const record: DeploymentRecord = { ...recordOf(service, environment, n, previousRecord), ...changes(n) }
    for (const [key, bytes] of liveEntriesOf(record)) await put(key, bytes)
    const { bytes, digest } = digestOfRecord(record)
    await put(recordKey(environment, service, n), bytes)
    previousRecord = digest
  }
  if (previousRecord !== null)
    await put(headKey(environment, service), bytesOf({ schema: 'towpath/head@1', deployment: count, record: previousRecord }))
  return previousRecord
}

/** The release of deployment n: each has its own. */
export function releaseOf(n: number): Digest {
  return digestOf(`release ${n}`)
}

function recordOf(service: string, environment: string, n: number, previousRecord: Digest | null): DeploymentRecord {
  const at = (seconds: number): string => new Date(START + n * GAP + seconds * 1_000).toISOString()
  const origin = {
    actor: 'ada',
    repository: `acme/${service}`,
    repositoryId: '123456789',
    commit: digestOf(`commit ${n}`).slice(7, 47),
    run: `https://github.com/acme/${service}/actions/runs/${10_000_000 + n}`,
    towpath: '0.1.0',
  }
  const what = { parts: ['stacks'] as const, release: releaseOf(n), platform: '3.2.0', releaseCommit: origin.commit }
  const stacks = ['data', 'function']
  const entries: LogEntry[] = [{ kind: 'started', deployment: 'deploy', ...what, origin, time: at(0) }]
  for (const [index, stack] of stacks.entries()) {
    const common = { stack, name: `${service}-${environment}-${stack}` }
    const token = digestOf(`${n} ${stack}`).slice(7, 39)
    const changeSet = `arn:aws:cloudformation:eu-west-1:000000000000:changeSet/towpath-${n}-${token}/${token}`
    entries.push(
      { kind: 'intent', ...common, does: 'create-change-set', token, changeSet: null, time: at(index * 20 + 2) },
      { kind: 'outcome', stack, does: 'create-change-set', result: 'CREATE_COMPLETE', reason: null, time: at(index * 20 + 5) },
      { kind: 'intent', ...common, does: 'execute-change-set', token, changeSet, time: at(index * 20 + 6) },
      { kind: 'outcome', stack, does: 'execute-change-set', result: 'UPDATE_COMPLETE', reason: null, time: at(index * 20 + 19) },
    )
  }
  const proof = (stack: string) => ({
    id: `arn:aws:cloudformation:eu-west-1:000000000000:stack/${service}-${environment}-${stack}/0f6f3d60-0000-11ef-9c2a-0a1b2c3d4e5f`,
    time: at(19),
    digest: digestOf(`${stack} ${n}`),
  })
  return {
    ...{ schema: 'towpath/deployment@1', service, environment, deployment: n, kind: 'deploy', ...what },
    ...{ outcome: 'succeeded', changed: true, previous: n === 1 ? null : releaseOf(n - 1), origin },
    ...{ started: at(0), finished: at(45), closedBy: null, cause: null },
    stacks: Object.fromEntries(
      stacks.map((stack) => [
        stack,
        { name: `${service}-${environment}-${stack}`, outcome: 'succeeded' as const, seconds: 17, proof: proof(stack) },
      ]),
    ),
    ...{ entries, previousRecord },
  }
}

/** The objects of live entries that a run writes for a record: the beginning, then what goes together. */
function liveEntriesOf({
  service,
  environment,
  deployment,
  entries,
  previousRecord,
}: DeploymentRecord): readonly (readonly [string, Uint8Array])[] {
  const groups = [entries.slice(0, 1), entries.slice(1, 3), entries.slice(3, 5), entries.slice(5)].filter((group) => group.length > 0)
  let previous = previousRecord
  return groups.map((group, index) => {
    const sequence = index + 1
    const writer = digestOf(`writer ${deployment}`).slice(7, 39)
    const document: LiveEntries = { schema: 'towpath/entries@1', deployment, sequence, previous, writer, entries: group }
    const bytes = bytesOf(document)
    previous = digestOf(bytes)
    return [entryKey(environment, service, deployment, sequence), bytes] as const
  })
}

function bytesOf(document: object): Uint8Array {
  return documentBytes(document as unknown as Json)
}
