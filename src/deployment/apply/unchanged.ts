import { TowpathError } from '../../errors.ts'
import type { Release } from '../../release/manifest.ts'
import { stacksInOrder } from '../../release/references.ts'
import { covers, type Part } from '../log/parts.ts'
import type { DeploymentRecord } from '../log/record.ts'
import { digestOfStack, isProved } from '../target/examine.ts'
import { foreignOutputs } from '../target/outputs.ts'
import { resolveParameters } from '../target/resolve.ts'
import { nameOf, type Target } from '../target/target.ts'
import { type StackResult, untouched } from './run.ts'

/**
 * Proves that there is nothing to do: the last record is a success of this very release, in all parts that are wanted, and every stack
 * still is what it says. Gives the stacks as they are, or undefined if there is something to do. Only reads.
 */
export async function proveNothingToDo(
  target: Target,
  release: Release,
  parts: readonly Part[],
  last: DeploymentRecord | undefined,
): Promise<readonly StackResult[] | undefined> {
  if (last?.outcome !== 'succeeded' || last.release !== release.id || !covers(last.parts, parts)) return undefined
  const { manifest } = release
  const environment = target.environment.environment
  const foreign = foreignOutputs(target)
  const results: StackResult[] = []
  const outputs = new Map<string, Readonly<Record<string, string>>>()
  for (const stack of stacksInOrder(manifest, environment)) {
    const name = nameOf(manifest, environment, stack)
    const proof = last.stacks[stack]?.proof
    const live = proof ? await target.stacks.describe(name) : undefined
    if (!proof || !live) return undefined
    const resolved = await resolveParameters(target, manifest, stack, (other) => outputs.get(other), foreign).catch((error: unknown) => {
      // A reference that resolves to nothing any more is something to do: the plan will name it.
      if (error instanceof TowpathError && (error.code === 'not-found' || error.code === 'failed')) return undefined
      throw error
    })
    if (!resolved || 'after' in resolved || !isProved(live, digestOfStack(target, manifest, stack, resolved.parameters), proof))
      return undefined
    outputs.set(stack, live.outputs)
    results.push({ ...untouched(stack, name, 'unchanged'), outputs: live.outputs, proof })
  }
  const kept = Object.entries(last.stacks).filter(([, { outcome }]) => outcome === 'kept')
  return [...results, ...kept.map(([stack, { name }]) => untouched(stack, name, 'kept'))]
}
