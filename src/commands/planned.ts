import type { End } from '../deployment/log/history.ts'
import { isProvisional } from '../deployment/plan/document.ts'
import type { Plan } from '../deployment/plan/plan.ts'
import { type Transition, transitionTo } from '../deployment/plan/transition.ts'
import { consentHint } from '../deployment/plan/way-on.ts'
import { type Target, withDeadline } from '../deployment/target/target.ts'
import { TowpathError } from '../errors.ts'
import type { Release } from '../release/manifest.ts'
import type { ShownPlan, ShownStack } from '../render/plan-order.ts'

/** A plan with what is told of it. */
export interface Planned {
  readonly plan: Plan
  readonly shown: ShownPlan & Transition
  /** True if a gate lacks its consent. */
  readonly gated: boolean
}

/** Makes a plan for somebody who wants to know it, and finds out what it goes from and to. */
export async function planRelease(target: Target, release: Release, consents: ReadonlySet<string>, end: End): Promise<Planned> {
  const last = end.record?.value
  const [{ previewPlan }, { requireKnownConsents }] = await Promise.all([
    import('../deployment/plan/plan.ts'),
    import('../deployment/plan/consents.ts'),
  ])
  await requireKnownConsents(withDeadline(target, target.deadline), release, consents, end)
  const plan = await previewPlan(target, release, { consents, last })
  const { digest, hasChanges } = plan
  const gated = plan.stacks.some(({ gates }) => gates.some(({ consented }) => !consented))
  return { plan, gated, shown: { digest, hasChanges, ...(await transitionTo(target, release, last)), stacks: plan.stacks.map(shownStack) } }
}

function shownStack(plan: Plan['stacks'][number]): ShownStack & { readonly after: readonly string[] } {
  const { stack, name, action, open, foretold, changes, gates, notes, renamedFrom, defaults } = plan
  const after = [...new Set(open.map(({ from }) => from.slice(0, from.indexOf('.'))))].sort()
  return { stack, name, action, provisional: isProvisional(plan), after, open, foretold, changes, gates, notes, renamedFrom, defaults }
}

/** The error of a plan that is stopped by gates, where that is asked for. */
export function stoppedByGates({ plan }: Planned, service: string, outputs: Readonly<Record<string, unknown>>): TowpathError {
  const open = plan.stacks.flatMap(({ gates }) => gates.filter(({ consented }) => !consented))
  const listed = open.map(({ consent, type, reason }) => `${consent} (${type}): ${reason}`)
  return new TowpathError('gated', `stopped by ${open.length === 1 ? 'a gate' : `${open.length} gates`}: ${listed.join('; ')}`, {
    hint: consentHint(
      service,
      plan.document.environment,
      open.map(({ consent }) => consent),
    ),
    outputs,
  })
}
