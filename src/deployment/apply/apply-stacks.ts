import { inOrder, runGraph } from '../../graph.ts'
import { graphOf } from '../../release/references.ts'
import type { Plan } from '../plan/plan.ts'
import { nameOf } from '../target/target.ts'
import { applyStack } from './apply-stack.ts'
import { type Run, type StackResult, untouched } from './run.ts'

/** Applies every stack as soon as its own dependencies are done, in parallel; what depends on a failed one is not begun. */
export async function applyStacks(run: Run, plan: Plan): Promise<readonly StackResult[]> {
  const { target, release } = run
  const environment = target.environment.environment
  const graph = graphOf(release.manifest, environment)
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
    (stack) => results.get(stack) ?? untouched(stack, nameOf(release.manifest, environment, stack), 'waiting'),
  )
  return [...applied, ...plan.stacks.filter(({ action }) => action === 'keep').map(({ stack, name }) => untouched(stack, name, 'kept'))]
}
