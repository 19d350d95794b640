import { isAbsolute, relative } from 'node:path'
import { loadTemplate } from '../deployment/target/release-stacks.ts'
import type { Target } from '../deployment/target/target.ts'
import type { MapNode } from '../document/node.ts'
import { readPlatformRelease } from '../platform/channel.ts'
import { type Advice, ownAdvice } from '../release/advice.ts'
import type { Composed } from '../release/compose.ts'
import { hasLinter, lint } from '../release/lint.ts'
import type { Manifest } from '../release/manifest.ts'
import type { MergedStacks } from '../release/merged.ts'
import type { Machine } from './machine.ts'

/** Templates to give advice on, and how. */
export interface AdviceAsked {
  /** The repository's folder: paths within it are told from there. */
  readonly path: string
  readonly templates: ReadonlyMap<string, MapNode>
  /** True if cfn-lint was asked for, by a flag or by the platform. */
  readonly linter: boolean
  /** The regions that the templates are for. */
  readonly regions: readonly string[]
}

/** Our own advice, and cfn-lint's where it was asked for. */
export async function adviceHere(machine: Machine, { path, templates, linter, regions }: AdviceAsked): Promise<readonly Advice[]> {
  const own = await ownAdvice(templates)
  const others = linter ? await linterAdvice(machine, templates, regions) : []
  return [...own, ...others].map((advice) => ({ ...advice, file: within(path, advice.file) }))
}

/** Advice on a release that is planned. One that was stored before names no file of the repository: only cfn-lint can say more of it. */
export async function adviceOnPlan(
  machine: Machine,
  target: Target,
  { stacks, platform }: Manifest,
  composed: Composed | undefined,
  { path, asked }: { readonly path: string; readonly asked: boolean },
): Promise<readonly Advice[]> {
  const { region } = target.entry
  // Where there is no linter, the platform's wish costs no request.
  const wished = async () =>
    (await hasLinter(machine.processes)) && (await readPlatformRelease(target.ledger.objects, platform.version))?.release.lint === true
  const linter = asked || (await wished())
  if (composed) return adviceHere(machine, { path, templates: rootsOf(composed.templates), linter, regions: [region] })
  if (!linter) return []
  const templates = new Map<string, MapNode>()
  for (const [stack, stored] of Object.entries(stacks)) templates.set(stack, (await loadTemplate(target, stack, stored)).root)
  return linterAdvice(machine, templates, [region])
}

/** Merged templates by stack, those nested in one as `<stack>/<logical id>`. */
export function rootsOf(stacks: MergedStacks, above = ''): ReadonlyMap<string, MapNode> {
  return new Map(
    [...stacks].flatMap(([stack, { root, nested }]) => [[above + stack, root] as const, ...rootsOf(nested, `${above}${stack}/`)]),
  )
}

async function linterAdvice(
  { files, processes, log }: Machine,
  templates: ReadonlyMap<string, MapNode>,
  regions: readonly string[],
): Promise<readonly Advice[]> {
  if (!(await hasLinter(processes))) {
    log.warn('cfn-lint was asked for and is not installed here, so there is no advice of it')
    return []
  }
  log.info('asking cfn-lint, which can take some seconds')
  return lint(files, processes, templates, regions)
}

function within(folder: string, file: string): string {
  if (!isAbsolute(file)) return file
  const path = relative(folder, file)
  return path.startsWith('..') ? file : path
}
