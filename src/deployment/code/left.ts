import { findByToken } from '../../rollout/find.ts'
import type { GroupName, Rollout, Rollouts } from '../../rollout/rollouts.ts'
import type { DeploymentRecord } from '../log/record.ts'

/**
 * What the last run may have left behind in CodeDeploy without seeing its end: its deployment on this group, found by the token in the
 * log. Undefined if it began none, or saw how it ended.
 */
export async function leftBehind(
  rollouts: Rollouts,
  name: GroupName,
  last: DeploymentRecord | undefined,
): Promise<{ readonly token: string; readonly rollout: Rollout } | undefined> {
  if (last?.outcome !== 'unknown') return undefined
  const begun = last.entries.findLast((entry) => entry.kind === 'intent' && entry.does === 'create-deployment')
  if (begun?.kind !== 'intent' || begun.stack !== null) return undefined
  if (begun.application !== name.application || begun.group !== name.group) return undefined
  const rollout = await findByToken(rollouts, name, begun.token)
  return rollout && { token: begun.token, rollout }
}
