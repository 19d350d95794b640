import { TowpathError } from '../../errors.ts'
import type { Json } from '../../json.ts'
import type { Manifest, ManifestCode } from '../../release/manifest.ts'
import type { GroupName } from '../../rollout/rollouts.ts'
import type { StackResult } from '../apply/stack-run.ts'
import { foreignOutputs } from '../target/outputs.ts'
import { resolveParameters } from '../target/resolve.ts'
import type { Target } from '../target/target.ts'

/** The code of a release in one environment. */
export interface ResolvedCode extends GroupName {
  readonly code: ManifestCode
  readonly variables: Readonly<Record<string, Json>>
}

/**
 * Reads where the code of a release goes, and the values of its variables. Throws 'not-found' or 'failed' for a reference that resolves to
 * nothing.
 * @param stacks the release's own stacks, as they are live
 */
export async function resolveCode(
  target: Target,
  manifest: Manifest,
  code: ManifestCode,
  stacks: readonly StackResult[],
): Promise<ResolvedCode> {
  const outputs = new Map(stacks.map(({ stack, outputs }) => [stack, outputs]))
  const read = async (from: string): Promise<string> => {
    const given = { one: { from } }
    const foreign = foreignOutputs(target)
    const resolved = await resolveParameters({ given, blobs: target.blobs }, { manifest, target }, (stack) => outputs.get(stack), foreign)
    const value = 'parameters' in resolved ? resolved.parameters.one : undefined
    if (value && 'value' in value) return value.value
    throw new TowpathError('failed', `nothing is known of '${from}', which the code of this release needs`)
  }
  const variables: Record<string, Json> = {}
  for (const [name, given] of Object.entries(code.variables ?? {}))
    variables[name] = 'value' in given ? given.value : await read(given.from)
  return { code, application: await read(code.application), group: await read(code.group), variables }
}
