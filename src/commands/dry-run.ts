import { findEnd } from '../deployment/history.ts'
import { present } from '../deployment/present.ts'
import type { Target } from '../deployment/target.ts'
import type { Release } from '../release/manifest.ts'
import { undeclared } from '../release/parameters.ts'
import type { DeployedOutputs } from './deployed.ts'

/** Plans and changes nothing: the plan goes to the log, and the outputs say that nothing was done. */
export async function dryRun(target: Target, release: Release, consents: ReadonlySet<string>): Promise<DeployedOutputs> {
  const environment = target.environment.environment
  const { manifest } = release
  if (manifest.environments[environment] === undefined)
    throw undeclared(environment, Object.keys(manifest.environments), `service '${manifest.service}'`)
  const [{ previewPlan }, { planText }] = await Promise.all([import('../deployment/plan.ts'), import('../render/plan.ts')])
  const end = await findEnd(target.ledger)
  const plan = await previewPlan(target, release, { consents, last: end.record?.value })
  for (const line of planText(plan).split('\n')) target.log.info(line)
  const last = end.record?.value
  return {
    outcome: null,
    changed: false,
    deployment: last?.deployment ?? null,
    release: release.id,
    previous: present(last),
    stacks: [],
    cause: null,
  }
}
