import type { Digest } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import type { Manifest } from '../../release/manifest.ts'
import { conditions } from '../../stack/conditions.ts'
import { type Gate, gatesOf } from '../../stack/gate.ts'
import { missingOutputs } from '../../stack/live-outputs.ts'
import type { ChangeSet, ResourceChange, SentParameter, Stack } from '../../stack/stacks.ts'
import { resources as resourcesOf } from '../../template/facts.ts'
import type { DeploymentRecord } from '../log/record.ts'
import { type ChangeSets, propose } from '../target/change-set.ts'
import { digestOfStack, examine, isProved, stackOf } from '../target/examine.ts'
import type { ForeignOutputs } from '../target/outputs.ts'
import { type OwnOutputs, resolveParameters } from '../target/resolve.ts'
import { nameOf, type Target } from '../target/target.ts'
import { loadTemplate } from '../target/templates.ts'

export type PlanAction = 'create' | 'update' | 'none' | 'remove' | 'keep' | 'adopt'

/** A stack that is not ours is touched only with consent. */
export interface AdoptGate {
  readonly gate: 'adopt'
  readonly consent: string
  readonly type: 'AWS::CloudFormation::Stack'
  readonly reason: string
  readonly consented: boolean
}

/** What applying a release would do to one stack. */
export interface StackPlan {
  readonly stack: string
  readonly name: string
  readonly action: PlanAction
  /** True if it is fed by an output that is not known yet: its changes are then known only once that stack is done. */
  readonly provisional: boolean
  readonly changes: readonly ResourceChange[]
  readonly gates: readonly (Gate | AdoptGate)[]
  /** What would be applied, or which stacks must be done before that is known. */
  readonly digest: Digest | `after:${string}`
  readonly live: Stack | undefined
  /** What CloudFormation made of it, where it was asked: a change set, or that there is nothing to change. */
  readonly proposed: ChangeSet | 'empty' | undefined
}

/** What planning a stack needs beside the release. */
export interface Planning {
  readonly consents: ReadonlySet<string>
  /** The last closed record, which proves what is unchanged. */
  readonly last: DeploymentRecord | undefined
  readonly changeSets: ChangeSets
  readonly own: OwnOutputs
  readonly foreign: ForeignOutputs
}

type Base = Pick<StackPlan, 'stack' | 'name' | 'live' | 'proposed'>

/** Plans one stack. It writes nothing for one that does not exist; for one that does it has a change set made. */
export async function planStack(target: Target, manifest: Manifest, stack: string, planning: Planning): Promise<StackPlan> {
  const { consents, last, own, foreign } = planning
  const name = nameOf(manifest, target.environment.environment, stack)
  const found = await examine(target, manifest, stack, last?.stacks[stack])
  const resolved = await resolveParameters(target, manifest, stack, own, foreign)
  const base: Base = { stack, name, live: found.live, proposed: undefined }
  const adopting = found.foreign ? [adoptGate(stack, name, consents)] : []
  const action = found.foreign ? 'adopt' : found.step === 'update' ? 'update' : 'create'
  if ('after' in resolved) {
    const changes = found.step === 'update' ? [] : await additions(target, manifest, stack, name)
    return { ...base, action, provisional: true, changes, gates: adopting, digest: `after:${resolved.after.join(',')}` }
  }
  const { parameters } = resolved
  const digest = digestOfStack(target, manifest, stack, parameters)
  const settled = { ...base, provisional: false, digest }
  if (adopting.some(({ consented }) => !consented)) return { ...settled, action, changes: [], gates: adopting }
  if (found.step !== 'update' || found.live === undefined)
    return { ...settled, action, changes: await additions(target, manifest, stack, name, parameters), gates: adopting }
  if (isProved(found.live, digest, last?.stacks[stack]?.proof)) return { ...settled, action: 'none', changes: [], gates: [] }
  const proposed = await propose(target, { manifest, stack, live: found.live, parameters }, planning.changeSets)
  if (proposed === 'empty') {
    await requireOutputs(target, manifest, stack, found.live, parameters)
    return { ...settled, proposed, action: found.foreign ? 'adopt' : 'none', changes: [], gates: adopting }
  }
  const gates = [...adopting, ...gatesOf(stack, proposed.changes, consents)]
  return { ...settled, proposed, action, changes: proposed.changes, gates }
}

/** Throws 'failed' if a stack, in which CloudFormation sees nothing to change, lacks outputs that its template declares. */
export async function requireOutputs(
  target: Target,
  manifest: Manifest,
  stack: string,
  live: Stack,
  parameters: Readonly<Record<string, SentParameter>>,
): Promise<void> {
  const { root } = await loadTemplate(target, stack, stackOf(manifest, stack))
  const missing = missingOutputs(root, live, parameters)
  if (missing.length === 0) return
  const one = missing.length === 1
  throw new TowpathError(
    'failed',
    `CloudFormation sees nothing to change in stack '${stack}', but its ${one ? 'output' : 'outputs'} ${missing.map((name) => `'${name}'`).join(', ')} ${one ? 'is' : 'are'} declared and not live`,
    { blame: 'service', hint: 'change a resource of the stack in the same release, so that the update is made' },
  )
}

/**
 * What the creation of a stack adds: its resources, read off the template with no call that writes. One whose condition is known not to
 * hold is left out; while parameters are not known, all are told.
 */
async function additions(
  target: Target,
  manifest: Manifest,
  stack: string,
  name: string,
  sent?: Readonly<Record<string, SentParameter>>,
): Promise<readonly ResourceChange[]> {
  const { root } = await loadTemplate(target, stack, stackOf(manifest, stack))
  const { account, region } = target.environment
  const holds = sent ? conditions(root, { name, account, region }, sent) : () => undefined
  return [...resourcesOf(root)].flatMap(([logicalId, { type, condition }]) =>
    condition !== undefined && holds(condition) === false ? [] : [{ action: 'Add' as const, logicalId, type, properties: [] }],
  )
}

function adoptGate(stack: string, name: string, consents: ReadonlySet<string>): AdoptGate {
  const consent = `adopt:${stack}`
  return {
    gate: 'adopt',
    consent,
    type: 'AWS::CloudFormation::Stack',
    reason: `stack ${name} exists and is not of this service and environment`,
    consented: consents.has(consent),
  }
}
