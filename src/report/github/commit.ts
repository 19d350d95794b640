import type { Ledger } from '../../bucket/ledger.ts'
import { readAll } from '../../deployment/log/history.ts'
import type { OpenRecord } from '../../deployment/log/listener.ts'
import type { Origin } from '../../origin.ts'

/** A complete commit id, as GitHub has them. */
const commitId = /^[0-9a-f]{40}$/

/**
 * The commits that a deployment on GitHub may name, the best first: the deployed commit, then our own, which GitHub surely knows. The
 * deployed commit of a rollback is the one with which its release first came here, not the one whose workflow rolls back.
 */
export async function commitsOf(ledger: Ledger, record: OpenRecord, own: Origin): Promise<readonly string[]> {
  const origins = [...(record.kind === 'rollback' ? [await firstOriginOf(ledger, record)] : []), record.origin, own]
  const ours = origins.flatMap((origin) => (origin && isOfOneRepository(origin, own) ? (origin.commit ?? []) : []))
  return [...new Set(ours)].filter((commit) => commitId.test(commit))
}

/** Where the first deployment of a release came from, among those whose commit is known. */
async function firstOriginOf(ledger: Ledger, { release }: OpenRecord): Promise<Origin | undefined> {
  return (await readAll(ledger)).find((record) => record.release === release && record.kind !== 'rollback' && record.origin.commit)?.origin
}

/**
 * True if nothing says that two origins are of different repositories: a laptop may not know its repository, and GitHub still its commit.
 */
function isOfOneRepository(one: Origin, other: Origin): boolean {
  if (one.repositoryId !== null && other.repositoryId !== null) return one.repositoryId === other.repositoryId
  return one.repository === null || one.repository === other.repository
}
