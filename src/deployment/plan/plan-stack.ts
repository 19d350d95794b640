import { type Decision, decide, type Known, lookSettled } from '../target/decide.ts'
import { type ChangeSets, judged, proposeStack, requireOutputs } from '../target/proposal.ts'
import type { OwnOutputs, StackInRelease } from '../target/stack-in-release.ts'
import { actionOf, blankPlan, gatesToAdopt } from './document.ts'
import type { StackPlan } from './stack-plan.ts'

/** How a stack is planned. */
export interface Planning extends Known {
  readonly changeSets: ChangeSets
  /** The outputs that stacks of the release have now, whatever becomes of them. */
  readonly present: OwnOutputs
  /** True if nothing follows the plan: a stack that takes no update and waits for others is then told, not refused. */
  readonly preview: boolean
}

/** Plans one stack. It writes nothing for a stack that does not exist; for one that does, it has a change set made. */
export async function planStack(stack: StackInRelease, planning: Planning): Promise<StackPlan> {
  const planned = await planOnce(stack, planning)
  // An operation of somebody else began before a change set could be made: it is waited for.
  return planned === 'busy' ? planStack(stack, planning) : planned
}

async function planOnce(stack: StackInRelease, planning: Planning): Promise<StackPlan | 'busy'> {
  const decision = await decide(stack, await lookSettled(stack), planning)
  switch (decision.is) {
    case 'refused':
      return planRefused(stack, decision, planning)
    case 'waits':
      return (await provisional()).planProvisional(stack, decision, planning)
    case 'foreign':
      return { ...blankPlan(stack, decision.live, decision.parameters), action: 'adopt', gates: [decision.adopt] }
    case 'proved':
      return { ...blankPlan(stack, decision.live, decision.parameters), action: 'none' }
    case 'create':
    case 'recreate': {
      const { live, parameters } = decision
      const changes = (await stack.template()).additions(stack.place, parameters, new Set())
      return { ...blankPlan(stack, live, parameters), action: actionOf(decision, 'create'), changes, gates: gatesToAdopt(decision) }
    }
    case 'update':
      return planUpdate(stack, decision, planning)
    default:
      return decision satisfies never
  }
}

/** Loaded only where a stack waits for others. */
const provisional = () => import('./provisional.ts')

/** A stack that takes no update is told as far as it can be foretold, if it waits for others and only a preview is made. Otherwise it throws. */
async function planRefused(
  stack: StackInRelease,
  { live, error, resolved }: Extract<Decision, { is: 'refused' }>,
  planning: Planning,
): Promise<StackPlan> {
  const waiting = planning.preview && live ? await resolved() : undefined
  if (live === undefined || waiting === undefined || !('open' in waiting)) throw error
  return (await provisional()).foretoldPlan(stack, { live, adopt: undefined, ...waiting }, planning, error.message)
}

async function planUpdate(
  stack: StackInRelease,
  decision: Extract<Decision, { is: 'update' }>,
  planning: Planning,
): Promise<StackPlan | 'busy'> {
  const { live, parameters } = decision
  const defaults = (await stack.template()).defaultsTaken(live, parameters)
  const base = { ...blankPlan(stack, live, parameters), defaults }
  const proposed = await proposeStack(stack, live, parameters, planning.changeSets)
  if (proposed === 'busy') return proposed
  if (proposed === 'empty') {
    await requireOutputs(stack, live, parameters)
    return { ...base, action: actionOf(decision, 'none'), gates: gatesToAdopt(decision), proposed }
  }
  const { changes } = proposed
  const gates = [...gatesToAdopt(decision), ...(await judged(stack, changes, planning.consents))]
  return { ...base, action: actionOf(decision, 'update'), gates, changes, proposed }
}
