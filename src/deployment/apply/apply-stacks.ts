import { runGraph } from '../../graph.ts'
import type { Plan } from '../plan/plan.ts'
import { applyStack } from './apply-stack.ts'
import { type Run, stateOf } from './run.ts'
import { type StackResult, untouched } from './stack-run.ts'

/** Applies every stack as soon as its own dependencies are done, in parallel; a stack that depends on a failed one is not begun. */
export async function applyStacks(run: Run, plan: Plan): Promise<readonly StackResult[]> {
  const { stacks } = run
  const results = await runGraph(
    stacks.graph,
    async (stack) => {
      const result = await applyStack(run, stacks.of(stack))
      stateOf(run, stack).end(result)
      return result
    },
    ({ outcome }) => outcome === 'succeeded' || outcome === 'unchanged',
  )
  const applied = stacks.inOrder.map(({ stack, name }) => results.get(stack) ?? untouched(stack, name, 'waiting'))
  return [...applied, ...plan.stacks.filter(({ action }) => action === 'keep').map(({ stack, name }) => untouched(stack, name, 'kept'))]
}
