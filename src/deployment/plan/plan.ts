import { type Digest, digestOf } from '../../digest.ts'
import { inOrder, runGraph } from '../../graph.ts'
import type { Manifest, Release } from '../../release/manifest.ts'
import { graphOf } from '../../release/references.ts'
import type { DeploymentRecord } from '../log/record.ts'
import { type ChangeSets, discardOpen } from '../target/change-set.ts'
import { foreignOutputs } from '../target/outputs.ts'
import { isOurs, type Target, withDeadline } from '../target/target.ts'
import { digestOfPlan, documentOfPlan, type PlanDocument } from './document.ts'
import { planStack, type StackPlan } from './plan-stack.ts'

export type { AdoptGate, StackPlan } from './plan-stack.ts'

export interface Plan {
  readonly digest: Digest
  /** All that it says: what the digest is of. */
  readonly document: PlanDocument
  readonly hasChanges: boolean
  readonly stacks: readonly StackPlan[]
  /** Stacks that the last record has and the release has not, and that are not there any more, or not ours. */
  readonly gone: ReadonlySet<string>
}

export interface PlanOptions {
  readonly consents: ReadonlySet<string>
  /** The last closed record, which proves what is unchanged. */
  readonly last: DeploymentRecord | undefined
  /** Where the change sets go that it has made: they are the asker's to execute or to delete. */
  readonly changeSets: ChangeSets
}

/** What applying a release would change, stack by stack, with the gates it meets. Waits for operations that are under way. */
export async function makePlan(target: Target, release: Release, { consents, last, changeSets }: PlanOptions): Promise<Plan> {
  const { manifest } = release
  const graph = graphOf(manifest, target.environment.environment)
  const known = new Map<string, Readonly<Record<string, string>> | undefined>()
  const planning = { consents, last, changeSets, own: (stack: string) => known.get(stack), foreign: foreignOutputs(target) }
  const plans = await runGraph(
    graph,
    async (stack) => {
      const plan = await planStack(target, manifest, stack, planning)
      known.set(stack, plan.action === 'none' ? plan.live?.outputs : undefined)
      return plan
    },
    () => true,
  )
  const { kept, gone } = await undeclaredStacks(target, manifest, last)
  const stacks = [...inOrder(graph).flatMap((stack) => plans.get(stack) ?? []), ...kept]
  const document = documentOfPlan(target, release, stacks)
  return {
    digest: digestOfPlan(document),
    document,
    hasChanges: stacks.some(({ action }) => action !== 'none' && action !== 'keep'),
    stacks,
    gone,
  }
}

/** Plans for whoever only wants to know: no change set outlives it, whatever happens. */
export async function previewPlan(
  given: Target,
  release: Release,
  { consents, last }: Pick<PlanOptions, 'consents' | 'last'>,
): Promise<Plan> {
  const changeSets: ChangeSets = { epoch: 'plan', open: new Map(), asking: async () => {}, known() {} }
  try {
    return await makePlan(withDeadline(given, given.patience), release, { consents, last, changeSets })
  } finally {
    await discardOpen(given, changeSets)
  }
}

/** Stacks that the last record has and the release has not: they stay, and are told each time, as long as they are there. */
async function undeclaredStacks(
  target: Target,
  manifest: Manifest,
  last: DeploymentRecord | undefined,
): Promise<{ readonly kept: readonly StackPlan[]; readonly gone: ReadonlySet<string> }> {
  const kept: StackPlan[] = []
  const gone = new Set<string>()
  for (const [stack, { name }] of Object.entries(last?.stacks ?? {})) {
    if (manifest.stacks[stack] !== undefined) continue
    const live = await target.stacks.describe(name)
    if (live === undefined || !isOurs(live, manifest.service, target.environment.environment)) gone.add(stack)
    else
      kept.push({
        ...{ stack, name, action: 'keep', provisional: false, changes: [], gates: [] },
        ...{ digest: digestOf(''), live: undefined, proposed: undefined },
      })
  }
  return { kept, gone }
}
