import { findEnd } from '../deployment/log/history.ts'
import { present } from '../deployment/log/present.ts'
import { type Reviewed, requireReviewed } from '../deployment/plan/reviewed.ts'
import type { Target } from '../deployment/target/target.ts'
import type { Release } from '../release/manifest.ts'
import { undeclared } from '../release/parameters.ts'
import type { DeployedOutputs } from './deployed.ts'

/** The options of a dry run. */
export interface Dry {
  readonly consents: ReadonlySet<string>
  /** The reviewed plan to compare with, if there is one. */
  readonly reviewed?: Reviewed | undefined
}

/**
 * Plans and changes nothing: the plan goes to the log, and the outputs say that nothing was done. Throws 'conflict', after it has shown the
 * plan, if the plan differs from the reviewed one.
 */
export async function dryRun(target: Target, release: Release, { consents, reviewed }: Dry): Promise<DeployedOutputs> {
  const { environment } = target
  const { manifest } = release
  if (manifest.environments[environment] === undefined)
    throw undeclared(environment, Object.keys(manifest.environments), `service '${manifest.service}'`)
  const [{ previewPlan }, { planText }] = await Promise.all([import('../deployment/plan/plan.ts'), import('../render/plan.ts')])
  const end = await findEnd(target.ledger)
  const plan = await previewPlan(target, release, { consents, last: end.record?.value })
  for (const line of planText(plan).split('\n')) target.log.info(line)
  if (reviewed) requireReviewed(reviewed, plan)
  const last = end.record?.value
  return {
    outcome: null,
    changed: false,
    deployment: last?.deployment ?? null,
    release: release.id,
    previous: present(last),
    stacks: [],
    cause: null,
    rollout: null,
  }
}
