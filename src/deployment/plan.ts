import { documentBytes } from '../bucket/documents.ts'
import { type Digest, digestOf } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { inOrder, runGraph } from '../graph.ts'
import type { Json } from '../json.ts'
import type { Manifest, Release } from '../release/manifest.ts'
import { graphOf } from '../release/references.ts'
import { type Gate, gatesOf } from '../stack/gate.ts'
import type { ChangeSetRef, ResourceChange, SentParameter, Stack } from '../stack/stacks.ts'
import { settled } from '../stack/watch.ts'
import { resources as resourcesOf } from '../template/facts.ts'
import { discard, propose } from './change-set.ts'
import { conditions } from './conditions.ts'
import { digestOfStack, isProved, judge, stackOf } from './examine.ts'
import { missingOutputs } from './live-outputs.ts'
import { type ForeignOutputs, foreignOutputs } from './outputs.ts'
import type { DeploymentRecord } from './record.ts'
import { resolveParameters } from './resolve.ts'
import { nameOf, type Target, timeOf } from './target.ts'
import { loadTemplate } from './templates.ts'

export type PlanAction = 'create' | 'update' | 'none' | 'remove' | 'keep' | 'adopt'

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
  /** The change set that shows it, while it is kept. */
  readonly changeSet: ChangeSetRef | undefined
}

/** A stack that is not ours is touched only with consent. */
export interface AdoptGate {
  readonly gate: 'adopt'
  readonly consent: string
  readonly type: 'AWS::CloudFormation::Stack'
  readonly reason: string
  readonly consented: boolean
}

export interface Plan {
  readonly digest: Digest
  readonly hasChanges: boolean
  readonly stacks: readonly StackPlan[]
}

export interface PlanOptions {
  readonly consents: ReadonlySet<string>
  /** The last closed record, which proves what is unchanged. */
  readonly last: DeploymentRecord | undefined
  /** Part of the names of its change sets. */
  readonly epoch: string
  /** True if the change sets are to be executed afterwards by who asked; false: none outlives the plan. */
  readonly keepChangeSets: boolean
}

/** What applying a release would change, stack by stack, with the gates it meets. Waits for operations that are under way. */
export async function makePlan(target: Target, release: Release, options: PlanOptions): Promise<Plan> {
  const { manifest } = release
  const environment = target.environment.environment
  const graph = graphOf(manifest, environment)
  const foreign = foreignOutputs(target)
  const made: ChangeSetRef[] = []
  const known = new Map<string, Readonly<Record<string, string>> | undefined>()
  let whole = false
  try {
    const plans = await runGraph(
      graph,
      async (stack) => {
        const plan = await planStack(target, manifest, stack, options, known, foreign, made)
        known.set(stack, plan.action === 'none' ? plan.live?.outputs : undefined)
        return plan
      },
      () => true,
    )
    const all = [...inOrder(graph).flatMap((stack) => plans.get(stack) ?? []), ...keptStacks(manifest, options.last)]
    whole = true
    return {
      digest: digestOfPlan(target, release, all),
      hasChanges: all.some(({ action }) => action !== 'none' && action !== 'keep'),
      stacks: all,
    }
  } finally {
    if (!options.keepChangeSets || !whole)
      await Promise.all(
        made.map((ref) =>
          discard(target, ref).catch((error: unknown) => target.log.warn(`change set ${ref.name} could not be deleted: ${String(error)}`)),
        ),
      )
  }
}

async function planStack(
  target: Target,
  manifest: Manifest,
  stack: string,
  options: PlanOptions,
  known: ReadonlyMap<string, Readonly<Record<string, string>> | undefined>,
  foreign: ForeignOutputs,
  made: ChangeSetRef[],
): Promise<StackPlan> {
  const name = nameOf(manifest, target.environment.environment, stack)
  const described = await settled(target.stacks, name, target.patience, (busy) =>
    target.log.info(`waiting for stack ${name}, which is ${busy.status}`),
  )
  const found = await judge(target, manifest, name, described)
  const resolved = await resolveParameters(target, manifest, stack, (other) => known.get(other), foreign)
  const base = { stack, name, live: found.live, changeSet: undefined }
  const adopting = found.foreign ? [adoptGate(stack, name, options.consents)] : []
  const action = found.foreign ? 'adopt' : found.step === 'update' ? 'update' : 'create'
  if ('after' in resolved) {
    const changes = found.step === 'update' ? [] : await additions(target, manifest, stack, name)
    return { ...base, action, provisional: true, changes, gates: adopting, digest: `after:${resolved.after.join(',')}` }
  }
  const digest = digestOfStack(target, manifest, stack, resolved.parameters)
  if (adopting.some(({ consented }) => !consented)) return { ...base, action, provisional: false, changes: [], gates: adopting, digest }
  if (found.step !== 'update' || found.live === undefined)
    return {
      ...base,
      action,
      provisional: false,
      changes: await additions(target, manifest, stack, name, resolved.parameters),
      gates: adopting,
      digest,
    }
  if (isProved(found.live, digest, options.last?.stacks[stack]?.proof))
    return { ...base, action: 'none', provisional: false, changes: [], gates: [], digest }
  return {
    ...(await planUpdate(target, manifest, { ...base, live: found.live }, resolved.parameters, options, made)),
    digest,
    ...(adopting.length > 0 ? { action: 'adopt', gates: adopting } : {}),
  }
}

async function planUpdate(
  target: Target,
  manifest: Manifest,
  base: { readonly stack: string; readonly name: string; readonly live: Stack; readonly changeSet: undefined },
  parameters: Readonly<Record<string, SentParameter>>,
  options: PlanOptions,
  made: ChangeSetRef[],
): Promise<Omit<StackPlan, 'digest'>> {
  const { stack, live } = base
  const template = await loadTemplate(target, stack, stackOf(manifest, stack))
  const changeSet = await propose(target, { manifest, stack, live, template, parameters, epoch: options.epoch }, (ref) => made.push(ref))
  if (changeSet === 'empty') {
    const missing = missingOutputs(template.root, live, parameters)
    if (missing.length > 0) throw unreachableOutputs(stack, missing)
    return { ...base, action: 'none', provisional: false, changes: [], gates: [] }
  }
  const gates = gatesOf(stack, changeSet.changes, options.consents)
  return {
    ...base,
    action: 'update',
    provisional: false,
    changes: changeSet.changes,
    gates,
    changeSet: options.keepChangeSets ? changeSet : undefined,
  }
}

/** The error for outputs that no update of CloudFormation would bring. */
export function unreachableOutputs(stack: string, missing: readonly string[]): TowpathError {
  return new TowpathError(
    'failed',
    `CloudFormation sees nothing to change in stack '${stack}', but its ${missing.length === 1 ? 'output' : 'outputs'} ${missing.map((name) => `'${name}'`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} declared and not live`,
    {
      blame: 'service',
      hint: 'change a resource of the stack in the same release, so that the update is made',
    },
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

/** Stacks that the last record has and the release has not: they stay, and are told each time. */
function keptStacks(manifest: Manifest, last: DeploymentRecord | undefined): readonly StackPlan[] {
  return Object.entries(last?.stacks ?? {})
    .filter(([stack, { outcome, proof }]) => manifest.stacks[stack] === undefined && (proof !== null || outcome === 'kept'))
    .map(([stack, { name }]) => ({
      stack,
      name,
      action: 'keep',
      provisional: false,
      changes: [],
      gates: [],
      digest: digestOf(''),
      live: undefined,
      changeSet: undefined,
    }))
}

/** Names a plan by all that it says; never by the names of change sets. */
function digestOfPlan(target: Target, release: Release, stacks: readonly StackPlan[]): Digest {
  const { account, region } = target.environment
  const parts = stacks.map(({ stack, action, live, digest, changes }) => ({
    stack,
    action,
    id: live?.id ?? null,
    time: live ? timeOf(live) : null,
    digest,
    changes: changes.map(normalise),
  }))
  return digestOf(documentBytes({ release: release.id, account, region, roles: null, stacks: parts } as unknown as Json))
}

function normalise({ action, logicalId, type, replacement, policyAction, properties }: ResourceChange): Json {
  const named = properties.map(({ attribute, name, path, recreation }) => ({
    attribute,
    name: path ?? name ?? null,
    recreation: recreation ?? null,
  }))
  return {
    action,
    logicalId,
    type,
    replacement: replacement ?? null,
    policyAction: policyAction ?? null,
    properties: named,
  } as unknown as Json
}
