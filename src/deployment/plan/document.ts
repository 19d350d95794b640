import { documentBytes } from '../../bucket/documents.ts'
import { type Digest, digestOf } from '../../digest.ts'
import type { Json } from '../../json.ts'
import type { Release } from '../../release/manifest.ts'
import type { PropertyChange, ResourceChange, Stack } from '../../stack/stacks.ts'
import { timeOf } from '../../stack/state.ts'
import type { AdoptGate, Decision } from '../target/decide.ts'
import type { OpenInput, StackInRelease } from '../target/stack-in-release.ts'
import type { Target } from '../target/target.ts'
import type { SentParameters } from '../target/template.ts'
import type { PlanAction, PlanGate, StackPlan } from './stack-plan.ts'

const schema = 'towpath/plan@2'

/**
 * Everything that a plan says, as it is digested and stored. It holds no name of a change set, no order in which the service lists changes,
 * and no value of a parameter or a property.
 */
export interface PlanDocument {
  readonly schema: typeof schema
  readonly release: Digest
  readonly environment: string
  readonly account: string
  readonly region: string
  readonly roles: Json
  readonly stacks: readonly PlannedStack[]
}

export interface PlannedStack {
  readonly stack: string
  readonly action: PlanAction
  /** The StackId; null if there is no stack yet. */
  readonly id: string | null
  /** LastUpdatedTime, or CreationTime of a stack that was never updated. */
  readonly time: string | null
  /** RoleARN, the role that CloudFormation keeps for the stack; null if there is none. */
  readonly role: string | null
  /** Of all that would be applied, without the open inputs. */
  readonly digest: Digest
  /** The inputs that are known only once other stacks are done, in the order of their names. */
  readonly open: readonly OpenInput[]
  readonly gates: readonly Pick<PlanGate, 'gate' | 'consent'>[]
  readonly changes: readonly PlannedChange[]
}

export interface PlannedChange {
  readonly logicalId: string
  readonly action: ResourceChange['action']
  readonly type: string
  readonly replacement: string | null
  readonly policyAction: string | null
  readonly properties: readonly PlannedProperty[]
}

export interface PlannedProperty {
  readonly attribute: string
  /** The property's path, or its name if it has no path. */
  readonly name: string | null
  readonly recreation: string | null
}

/** By stack: parameters that another plan left open. */
export type LeftOpen = ReadonlyMap<string, ReadonlySet<string>>

/** @param leftOpen parameters that are not in the digest of a stack, beside those that are open now */
export function documentOfPlan(
  target: Pick<Target, 'environment' | 'entry'>,
  release: Pick<Release, 'id'>,
  stacks: readonly StackPlan[],
  leftOpen: LeftOpen = new Map(),
): PlanDocument {
  const { account, region, roles = null } = target.entry
  const where = { environment: target.environment, account, region, roles: roles && { ...roles } }
  return { schema, release: release.id, ...where, stacks: stacks.map((plan) => plannedStack(plan, leftOpen.get(plan.stack))) }
}

/** The parameters that a plan leaves open. */
export function leftOpenIn({ stacks }: PlanDocument): LeftOpen {
  return new Map(stacks.map(({ stack, open }) => [stack, new Set(open.map(({ parameter }) => parameter))]))
}

/** The digest of everything that a plan says. */
export function digestOfPlan(document: PlanDocument): Digest {
  return digestOf(bytesOfPlan(document))
}

/** The bytes of a plan: they are digested, and stored under that digest. */
export function bytesOfPlan(document: PlanDocument): Uint8Array {
  return documentBytes(document)
}

function plannedStack(plan: StackPlan, leftOpen: ReadonlySet<string> = new Set()): PlannedStack {
  const { stack, action, live, open, gates, changes } = plan
  return {
    ...{ stack, action, id: live?.id ?? null, time: live ? timeOf(live) : null, role: live?.role ?? null },
    digest: plan.digestWithout(leftOpen),
    open,
    gates: gates.map(({ gate, consent }) => ({ gate, consent })).sort(byText),
    changes: normaliseChanges(changes),
  }
}

/** Changes without values, and in an order of their own. */
export function normaliseChanges(changes: readonly ResourceChange[]): readonly PlannedChange[] {
  return changes.map(normalise).sort(byText)
}

function normalise({ action, logicalId, type, replacement, policyAction, properties }: ResourceChange): PlannedChange {
  return {
    logicalId,
    action,
    type,
    replacement: replacement ?? null,
    policyAction: policyAction ?? null,
    properties: properties.map(normaliseProperty).sort(byText),
  }
}

function normaliseProperty({ attribute, name, path, recreation }: PropertyChange): PlannedProperty {
  return { attribute, name: path ?? name ?? null, recreation: recreation ?? null }
}

function byText(one: object, other: object): number {
  const [a, b] = [JSON.stringify(one), JSON.stringify(other)]
  return a < b ? -1 : a > b ? 1 : 0
}

/** True of a stack that other stacks of the release feed with what is not known yet. */
export function isProvisional({ open }: Pick<StackPlan, 'open'>): boolean {
  return open.length > 0
}

/** A plan that does nothing, to be completed. @param sent the inputs that are known */
export function blankPlan(
  stack: StackInRelease,
  live: Stack | undefined,
  sent: SentParameters,
  open: readonly OpenInput[] = [],
): Omit<StackPlan, 'action'> {
  const digestWithout = (parameters: ReadonlySet<string>) =>
    stack.digest(Object.fromEntries(Object.entries(sent).filter(([name]) => !parameters.has(name))))
  const nothing = { changes: [], foretold: false, gates: [], notes: [], renamedFrom: null, defaults: [], proposed: undefined }
  return { stack: stack.stack, name: stack.name, open, digestWithout, live, ...nothing }
}

type Adopting = Pick<Extract<Decision, { is: 'update' }>, 'adopt'>

/** A stack that is not ours is adopted, whatever else is done with it. */
export function actionOf({ adopt }: Adopting, action: PlanAction): PlanAction {
  return adopt ? 'adopt' : action
}

export function gatesToAdopt({ adopt }: Adopting): readonly AdoptGate[] {
  return adopt ? [adopt] : []
}
