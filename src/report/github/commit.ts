import type { Ledger } from '../../bucket/ledger.ts'
import { findEnd } from '../../deployment/log/history.ts'
import type { OpenRecord } from '../../deployment/log/listener.ts'
import type { DeploymentRecord } from '../../deployment/log/record.ts'
import { findBack } from '../../deployment/log/walk-back.ts'
import type { Origin } from '../../origin.ts'

/** A complete commit id, as GitHub has them. */
const commitId = /^[0-9a-f]{40}$/

/**
 * The commits that a deployment on GitHub may name, the best first: the deployed commit, then our own, which GitHub surely knows. The
 * deployed commit of a rollback is the one with which its release first came here, not the one whose workflow rolls back.
 */
export async function commitsOf(ledger: Ledger, record: OpenRecord, own: Origin): Promise<readonly string[]> {
  const origins = [...(record.kind === 'rollback' ? [await originOfRelease(ledger, record)] : []), record.origin, own]
  const ours = origins.flatMap((origin) => (origin && isOfOneRepository(origin, own) ? (origin.commit ?? []) : []))
  return [...new Set(ours)].filter((commit) => commitId.test(commit))
}

/** Who brought a release here, as its record says; of one that was written before records did, who deployed it last. */
async function originOfRelease(ledger: Ledger, { release, releaseCommit, origin }: OpenRecord): Promise<Origin | undefined> {
  if (releaseCommit !== undefined) return { ...origin, commit: releaseCommit }
  const isIt = (record: DeploymentRecord): boolean =>
    record.release === release && record.kind !== 'rollback' && record.origin.commit !== null
  return (await findBack(ledger, await findEnd(ledger), isIt))?.origin
}

/**
 * True if nothing says that two origins are of different repositories: a laptop may not know its repository, and GitHub still its commit.
 */
function isOfOneRepository(one: Origin, other: Origin): boolean {
  if (one.repositoryId !== null && other.repositoryId !== null) return one.repositoryId === other.repositoryId
  return one.repository === null || one.repository === other.repository
}
