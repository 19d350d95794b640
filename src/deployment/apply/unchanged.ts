import { TowpathError } from '../../errors.ts'
import { type Release, shortId } from '../../release/manifest.ts'
import { covers, type Part } from '../log/parts.ts'
import type { DeploymentRecord } from '../log/record.ts'
import { type Decision, decide, type Known } from '../target/decide.ts'
import { foreignOutputs } from '../target/outputs.ts'
import { isOurs, stacksOf } from '../target/release-stacks.ts'
import type { StackInRelease } from '../target/stack-in-release.ts'
import type { Target } from '../target/target.ts'
import { type StackResult, untouched } from './stack-run.ts'

/**
 * Proves that there is nothing to do: the last record is a success of this very release, in all parts that are wanted, and every stack
 * still is what it says. Returns the stacks as they are, or undefined if there is something to do. Only reads, and waits for nothing.
 */
export async function proveNothingToDo(
  target: Target,
  release: Release,
  parts: readonly Part[],
  last: DeploymentRecord | undefined,
): Promise<readonly StackResult[] | undefined> {
  if (last?.outcome !== 'succeeded' || last.release !== release.id || !covers(last.parts, parts)) return undefined
  const results = await proveStacks(target, release, last)
  return results && [...results, ...(await stillKept(target, release, last))]
}

/** The stacks of a release as they are, if each is proved to be what the release would make of it, whatever the last deployment was. */
export async function proveStacks(target: Target, release: Release, last: DeploymentRecord): Promise<readonly StackResult[] | undefined> {
  const outputs = new Map<string, Readonly<Record<string, string>>>()
  const shared = { consents: new Set<string>(), own: (stack: string) => outputs.get(stack), foreign: foreignOutputs(target) }
  const results: StackResult[] = []
  for (const stack of stacksOf(target, release.manifest).inOrder) {
    const result = await proveUnchanged(stack, { ...shared, last: last.stacks[stack.stack] })
    if (result === undefined) return undefined
    outputs.set(stack.stack, result.outputs)
    results.push(result)
  }
  return results
}

/** The stacks that a release does not have any more and that are still there, and ours. */
async function stillKept(target: Target, { manifest }: Release, last: DeploymentRecord): Promise<readonly StackResult[]> {
  const kept: StackResult[] = []
  for (const [stack, { name, outcome }] of Object.entries(last.stacks)) {
    const live = outcome === 'kept' ? await target.stacks.describe(name) : undefined
    if (live && isOurs(live, manifest.service, target.environment)) kept.push(untouched(stack, name, 'kept'))
  }
  return kept
}

/** The stacks of a release, which must be live. Throws 'failed' if one is not what the release would make of it. */
export async function requireLive(target: Target, release: Release, last: DeploymentRecord | undefined): Promise<readonly StackResult[]> {
  const live = last && (await proveStacks(target, release, last))
  if (live) return live
  const { service } = release.manifest
  const id = shortId(release.id)
  throw new TowpathError('failed', `the stacks of release ${id} of ${service} are not live in ${target.environment}`, {
    hint: `deploy them first: towpath deploy-stacks --service ${service} --environment ${target.environment} --release ${id}`,
  })
}

/** The stack as it is, if it is proved to be what the release would make of it. */
async function proveUnchanged(stack: StackInRelease, known: Known): Promise<StackResult | undefined> {
  const proof = known.last?.proof
  const found = proof ? await stack.client.stacks.describe(stack.name) : undefined
  if (!proof || !found) return undefined
  const decision = await decide(stack, found, known).catch(somethingToDo)
  switch (decision?.is) {
    case 'proved':
      return { ...untouched(stack.stack, stack.name, 'unchanged'), outputs: decision.live.outputs, proof }
    case undefined:
    case 'refused':
    case 'waits':
    case 'foreign':
    case 'create':
    case 'recreate':
    case 'update':
      return undefined
    default:
      return decision satisfies never
  }
}

/** A reference that resolves to nothing any more is something to do: the plan will name it. */
function somethingToDo(error: unknown): Decision | undefined {
  if (error instanceof TowpathError && (error.code === 'not-found' || error.code === 'failed')) return undefined
  throw error
}
