import type { CodeRequest } from './request.ts'
import { isSameRevision } from './revision.ts'
import type { Group, Rollout } from './rollouts.ts'

/**
 * The deployment that proves that a revision is live already: the record, the group's last attempt and its last success name the same one,
 * and it is of this revision on every host. Two reads, one of which is `group`. Undefined if that is not proved.
 */
export async function proof(
  { rollouts, last, revision }: Pick<CodeRequest, 'rollouts' | 'last' | 'revision'>,
  group: Group,
): Promise<Rollout | undefined> {
  if (!last || !isSameRevision(last.revision, revision)) return undefined
  if (group.lastAttempted?.id !== last.id || group.lastSuccessful?.id !== last.id) return undefined
  const rollout = await rollouts.describe(last.id)
  if (rollout?.status !== 'Succeeded' || !isSameRevision(rollout.revision, revision)) return undefined
  const { counts } = rollout
  return counts && counts.failed + counts.skipped + counts.pending + counts.inProgress === 0 ? rollout : undefined
}
