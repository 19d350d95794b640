import type { Release } from '../../release/manifest.ts'
import type { RolloutFacts } from '../../rollout/request.ts'
import { isSameRevision } from '../../rollout/revision.ts'
import { proof } from '../../rollout/unchanged.ts'
import type { StackResult } from '../apply/stack-run.ts'
import type { DeploymentRecord } from '../log/record.ts'
import type { Target } from '../target/target.ts'
import { resolveCode } from './resolve-code.ts'
import { revisionOf } from './revision.ts'

/**
 * Proves that the code of a release is live: what the record says of it and what its group says agree. Two reads of CodeDeploy; none where
 * the record alone says that it cannot be. Undefined if that is not proved.
 */
export async function proveCode(
  target: Target,
  { manifest }: Release,
  stacks: readonly StackResult[],
  last: DeploymentRecord,
): Promise<RolloutFacts | undefined> {
  const { rollout } = last
  if (manifest.code === undefined || rollout === undefined) return undefined
  const resolved = await resolveCode(target, manifest, manifest.code, stacks)
  if (!isSameRevision(revisionOf(target, resolved), rollout.revision)) return undefined
  const rollouts = await target.code.rollouts()
  const group = await rollouts.group(resolved)
  return group && (await proof({ rollouts, last: rollout, revision: rollout.revision }, group)) ? rollout : undefined
}
