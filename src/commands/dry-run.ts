import { findEnd } from '../deployment/log/history.ts'
import { documentOfPlan, leftOpenIn } from '../deployment/plan/document.ts'
import { type Reviewed, requireReviewed } from '../deployment/plan/reviewed.ts'
import type { Target } from '../deployment/target/target.ts'
import { undeclared } from '../platform/environment.ts'
import type { Release } from '../release/manifest.ts'
import type { DeployedOutputs } from './deployed.ts'
import { planRelease, stoppedByGates } from './planned.ts'

/** The options of a dry run. */
export interface Dry {
  readonly consents: ReadonlySet<string>
  /** The reviewed plan to compare with, if there is one. */
  readonly reviewed?: Reviewed | undefined
  /** True to throw 'gated', with the outputs, if a gate lacks its consent. */
  readonly failOnGate: boolean
}

/**
 * Plans and changes nothing: the plan goes to the log, and the outputs say that nothing was done. Throws 'conflict', after it has shown the
 * plan, if the plan differs from the reviewed one.
 */
export async function dryRun(target: Target, release: Release, { consents, reviewed, failOnGate }: Dry): Promise<DeployedOutputs> {
  const { environment } = target
  const { manifest } = release
  if (manifest.environments[environment] === undefined)
    throw undeclared(environment, Object.keys(manifest.environments), `service '${manifest.service}'`)
  const [{ planText }, { planMarkdown }] = await Promise.all([import('../render/plan.ts'), import('../render/plan-markdown.ts')])
  const end = await findEnd(target.ledger)
  const last = end.record?.value
  const made = await planRelease(target, release, consents, end)
  const { plan, shown, gated } = made
  for (const line of planText(shown).split('\n')) target.log.info(line)
  if (reviewed) requireReviewed(reviewed, documentOfPlan(target, release, plan.stacks, leftOpenIn(reviewed.document)))
  const outputs = {
    outcome: null,
    changed: false,
    deployment: last?.deployment ?? null,
    release: release.id,
    previous: shown.previous,
    stacks: [],
    cause: null,
    rollout: null,
    digest: plan.digest,
    gated,
    plan: { 'has-changes': plan.hasChanges, platform: shown.platform, stacks: shown.stacks },
    markdown: planMarkdown({ plan: shown, service: manifest.service, environment }),
  }
  if (gated && failOnGate) throw stoppedByGates(made, manifest.service, outputs)
  return outputs
}
