import { type Digest, digestOf } from '../../digest.ts'
import { runGraph } from '../../graph.ts'
import type { Release } from '../../release/manifest.ts'
import { discardOpen } from '../../stack/discard.ts'
import { recordOfStack } from '../log/present.ts'
import type { DeploymentRecord } from '../log/record.ts'
import { foreignOutputs } from '../target/outputs.ts'
import type { ChangeSets } from '../target/proposal.ts'
import { isOurs, stacksOf } from '../target/release-stacks.ts'
import type { ReleaseStacks } from '../target/stack-in-release.ts'
import { type Target, withDeadline } from '../target/target.ts'
import { digestOfPlan, documentOfPlan, isProvisional, type LeftOpen, type PlanDocument } from './document.ts'
import { planStack } from './plan-stack.ts'
import type { StackPlan } from './stack-plan.ts'

export type { AdoptGate } from '../target/decide.ts'
export type { StackPlan } from './stack-plan.ts'

export interface Plan {
  readonly digest: Digest
  /** All that it says: what the digest is of. */
  readonly document: PlanDocument
  readonly hasChanges: boolean
  readonly stacks: readonly StackPlan[]
  /** Stacks that the last record has and the release has not, and that are not there any more, not ours, or renamed. */
  readonly gone: ReadonlySet<string>
}

export interface PlanOptions {
  readonly consents: ReadonlySet<string>
  /** The last closed record, which proves what is unchanged. */
  readonly last: DeploymentRecord | undefined
  /** Receives the change sets that are made for the plan. The caller executes or deletes them. */
  readonly changeSets: ChangeSets
  /** True if nothing follows the plan. */
  readonly preview: boolean
  /** By stack: inputs that the reviewed plan left open. Left out of the digests, so that the rest can be compared. */
  readonly leftOpen?: LeftOpen
}

/**
 * What applying a release would change, stack by stack, with the gates it meets. Waits for operations that are under way.
 * @param stacks the stacks of that release
 */
export async function makePlan(
  target: Target,
  release: Release,
  stacks: ReleaseStacks,
  { consents, last, changeSets, preview, leftOpen }: PlanOptions,
): Promise<Plan> {
  const certain = new Map<string, Readonly<Record<string, string>>>()
  const present = new Map<string, Readonly<Record<string, string>>>()
  const shared = {
    ...{ consents, changeSets, preview, foreign: foreignOutputs(target) },
    own: (stack: string) => certain.get(stack),
    present: (stack: string) => present.get(stack),
  }
  const plans = await runGraph(
    stacks.graph,
    async (stack) => {
      const plan = await planStack(stacks.of(stack), { ...shared, last: recordOfStack(last, stacks.of(stack)) })
      if (plan.live) present.set(stack, plan.live.outputs)
      if (plan.live && plan.action === 'none' && !isProvisional(plan)) certain.set(stack, plan.live.outputs)
      return plan
    },
    () => true,
  )
  const planned = stacks.inOrder.flatMap(({ stack }) => plans.get(stack) ?? [])
  const { kept, gone, renamed } = await undeclaredStacks(target, stacks, planned, last)
  const all = [...planned.map((plan) => ({ ...plan, renamedFrom: renamed.get(plan.stack) ?? null })), ...kept]
  const document = documentOfPlan(target, release, all, leftOpen)
  return {
    digest: digestOfPlan(document),
    document,
    hasChanges: all.some(({ action }) => action !== 'none' && action !== 'keep'),
    stacks: all,
    gone,
  }
}

/** Makes a plan for somebody who only wants to know it: no change set outlives it, whatever happens. */
export async function previewPlan(
  given: Target,
  release: Release,
  { consents, last }: Pick<PlanOptions, 'consents' | 'last'>,
): Promise<Plan> {
  const changeSets: ChangeSets = { epoch: 'plan', open: new Map(), asking: async () => {}, confirm: async () => {}, known() {} }
  const target = withDeadline(given, given.deadline)
  try {
    return await makePlan(target, release, stacksOf(target, release.manifest), { consents, last, changeSets, preview: true })
  } finally {
    await discardOpen(given, changeSets.open)
  }
}

/** What becomes of stacks that the last record has and the release has not. */
interface Undeclared {
  /** They stay, and are told each time, as long as they are there. */
  readonly kept: readonly StackPlan[]
  readonly gone: ReadonlySet<string>
  /** By what the release calls it: what the last record calls the same stack. */
  readonly renamed: ReadonlyMap<string, string>
}

async function undeclaredStacks(
  target: Target,
  { manifest }: ReleaseStacks,
  planned: readonly StackPlan[],
  last: DeploymentRecord | undefined,
): Promise<Undeclared> {
  const kept: StackPlan[] = []
  const gone = new Set<string>()
  const renamed = new Map<string, string>()
  for (const [stack, { name }] of Object.entries(last?.stacks ?? {})) {
    if (manifest.stacks[stack] !== undefined) continue
    const live = await target.stacks.describe(name)
    const same = live && planned.find((plan) => plan.live?.id === live.id)
    if (same) renamed.set(same.stack, stack)
    if (same || live === undefined || !isOurs(live, manifest.service, target.environment)) gone.add(stack)
    else kept.push(keptStack(stack, name))
  }
  return { kept, gone, renamed }
}

function keptStack(stack: string, name: string): StackPlan {
  return {
    stack,
    name,
    action: 'keep',
    open: [],
    changes: [],
    foretold: false,
    gates: [],
    notes: [],
    renamedFrom: null,
    defaults: [],
    digestWithout: () => digestOf(''),
    live: undefined,
    proposed: undefined,
  }
}
