import { forEach } from '../bucket/blobs.ts'
import { inOrder, runGraph } from '../graph.ts'
import type { Release } from '../release/manifest.ts'
import { graphOf } from '../release/references.ts'
import type { ChangeSetRef } from '../stack/stacks.ts'
import { applyStack, type StackResult } from './apply-stack.ts'
import { discard } from './change-set.ts'
import type { Journal } from './journal.ts'
import type { Held } from './lock.ts'
import { type ForeignOutputs, foreignOutputs } from './outputs.ts'
import type { Plan } from './plan.ts'
import type { DeploymentRecord } from './record.ts'
import { nameOf, type Target } from './target.ts'

/** One apply under way: what its stacks share. */
export interface Run {
  readonly target: Target
  readonly release: Release
  readonly journal: Journal
  readonly held: Held
  readonly last: DeploymentRecord | undefined
  readonly consents: ReadonlySet<string>
  readonly foreign: ForeignOutputs
  /** Change sets that the plan under the lock made and nobody executed yet, by stack. */
  readonly planned: Map<string, ChangeSetRef>
  /** The outputs of stacks that are done. */
  readonly outputs: Map<string, Readonly<Record<string, string>>>
  /** Stacks that have ended. */
  readonly results: Map<string, StackResult>
  /** Stacks whose change set may have been executed in this deployment. */
  readonly executed: Set<string>
  /** Stacks with an operation of ours under way, and their ids. */
  readonly executing: Map<string, string>
}

export function beginRun(
  target: Target,
  release: Release,
  journal: Journal,
  held: Held,
  last: DeploymentRecord | undefined,
  consents: ReadonlySet<string>,
): Run {
  return {
    target,
    release,
    journal,
    held,
    last,
    consents,
    foreign: foreignOutputs(target),
    planned: new Map(),
    outputs: new Map(),
    results: new Map(),
    executed: new Set(),
    executing: new Map(),
  }
}

/** Applies every stack as soon as its own dependencies are done, in parallel; what depends on a failed one is not begun. */
export async function applyStacks(run: Run, plan: Plan): Promise<readonly StackResult[]> {
  const { target, release } = run
  const environment = target.environment.environment
  for (const { stack, changeSet } of plan.stacks) if (changeSet) run.planned.set(stack, changeSet)
  const graph = graphOf(release.manifest, environment)
  try {
    const results = await runGraph(
      graph,
      async (stack) => {
        const result = await applyStack(run, stack)
        run.outputs.set(stack, result.outputs)
        run.results.set(stack, result)
        return result
      },
      ({ outcome }) => outcome === 'succeeded' || outcome === 'unchanged',
    )
    const applied = inOrder(graph).map(
      (stack) => results.get(stack) ?? without(stack, nameOf(release.manifest, environment, stack), 'waiting'),
    )
    return [...applied, ...plan.stacks.filter(({ action }) => action === 'keep').map(({ stack, name }) => without(stack, name, 'kept'))]
  } finally {
    await discardPlanned(run)
  }
}

/** Deletes the change sets that were planned and not executed. Best effort: the sweep of a later run finds what is left. */
export async function discardPlanned(run: Run): Promise<void> {
  const left = [...run.planned.values()]
  run.planned.clear()
  if (run.target.patience.signal.aborted) return
  await forEach(left, (ref) =>
    discard(run.target, ref).catch((error: unknown) =>
      run.target.log.warn(`change set ${ref.name} could not be deleted: ${String(error)}`),
    ),
  )
}

function without(stack: string, name: string, outcome: 'waiting' | 'kept'): StackResult {
  return { stack, name, outcome, seconds: 0, outputs: {}, proof: null, cause: null }
}

/** What stderr says when a deployment is left while operations of it go on. */
export function tellWhatGoesOn(run: Run): void {
  for (const [stack, id] of run.executing) run.target.log.warn(`stack '${stack}' goes on in CloudFormation without us: ${id}`)
  if (run.executing.size > 0) run.target.log.warn('run the same command again to wait for it and go on')
}
