import type { Ledger } from '../../bucket/ledger.ts'
import { readAll } from '../../deployment/log/history.ts'
import type { OpenRecord } from '../../deployment/log/listener.ts'
import type { Origin } from '../../origin.ts'

/** A whole commit id as GitHub has them. */
const commitId = /^[0-9a-f]{40}$/

/**
 * The commits that a deployment may be announced for, the best first: the one that is deployed (of a rollback the one that was deployed
 * when its release first came here, and not the one whose workflow goes back), then our own, which GitHub knows for certain.
 */
export async function commitsOf(ledger: Ledger, record: OpenRecord, own: Origin): Promise<readonly string[]> {
  const origins = [...(record.kind === 'rollback' ? [await firstOriginOf(ledger, record)] : []), record.origin, own]
  const ours = origins.flatMap((origin) => (origin && isOfOneRepository(origin, own) ? (origin.commit ?? []) : []))
  return [...new Set(ours)].filter((commit) => commitId.test(commit))
}

/** Who brought a release here first, of those whose commit is known. */
async function firstOriginOf(ledger: Ledger, { release }: OpenRecord): Promise<Origin | undefined> {
  return (await readAll(ledger)).find((record) => record.release === release && record.kind !== 'rollback' && record.origin.commit)?.origin
}

/** A laptop may not know its repository's name: its commit may be known to GitHub all the same. */
function isOfOneRepository(one: Origin, other: Origin): boolean {
  if (one.repositoryId !== null && other.repositoryId !== null) return one.repositoryId === other.repositoryId
  return one.repository === null || one.repository === other.repository
}
