import { loadTemplate } from '../deployment/target/release-stacks.ts'
import type { Target } from '../deployment/target/target.ts'
import type { MapNode } from '../document/node.ts'
import type { Composed } from '../release/compose.ts'
import { type Advice, hasLinter, lint } from '../release/lint.ts'
import type { Manifest } from '../release/manifest.ts'
import type { Machine } from './machine.ts'

/**
 * The linter's advice on a release. Without `composed` its templates come from the bucket, and the advice names no file of the repository.
 */
export async function adviceOn(
  { files, processes }: Machine,
  target: Target,
  { stacks }: Manifest,
  composed: Composed | undefined,
): Promise<readonly Advice[]> {
  if (!(await hasLinter(processes))) return []
  const templates = new Map<string, MapNode>()
  for (const [stack, stored] of Object.entries(stacks))
    templates.set(stack, composed?.templates.get(stack)?.root ?? (await loadTemplate(target, stack, stored)).root)
  return lint(files, processes, templates)
}
