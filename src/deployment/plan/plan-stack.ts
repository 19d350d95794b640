import type { Digest } from '../../digest.ts'
import type { Gate } from '../../stack/gate.ts'
import type { ChangeSet, ResourceChange, Stack } from '../../stack/stacks.ts'
import { type AdoptGate, type Decision, decide, type Known, lookSettled } from '../target/decide.ts'
import { judge } from '../target/judge.ts'
import { type ChangeSets, proposeStack, requireOutputs } from '../target/proposal.ts'
import type { StackInRelease } from '../target/stack-in-release.ts'
import type { SentParameters } from '../target/template.ts'

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
  /** What CloudFormation made of it, where it was asked: a change set, or that there is nothing to change. */
  readonly proposed: ChangeSet | 'empty' | undefined
}

/** Plans one stack. It writes nothing for a stack that does not exist; for one that does, it has a change set made. */
export async function planStack(stack: StackInRelease, known: Known, changeSets: ChangeSets): Promise<StackPlan> {
  const decision = await decide(stack, await lookSettled(stack), known)
  if (decision.is === 'refused') throw decision.error
  const updating = decision.is === 'update' ? await planUpdate(stack, decision, known, changeSets) : undefined
  if (updating === 'busy') return planStack(stack, known, changeSets)
  const base = {
    stack: stack.stack,
    name: stack.name,
    live: decision.live,
    provisional: false,
    proposed: undefined,
    gates: [],
    changes: [],
  }
  const additions = async (sent?: SentParameters) => (await stack.template()).additions(stack.place, sent)
  switch (decision.is) {
    case 'waits': {
      const action = decision.step === 'update' ? 'update' : 'create'
      const changes = action === 'update' ? [] : await additions()
      const digest = `after:${decision.after.join(',')}` as const
      return { ...base, action: actionOf(decision, action), provisional: true, changes, gates: gatesToAdopt(decision), digest }
    }
    case 'foreign':
      return { ...base, action: 'adopt', gates: [decision.adopt], digest: decision.digest }
    case 'proved':
      return { ...base, action: 'none', digest: decision.digest }
    case 'create':
    case 'recreate': {
      const { digest, parameters } = decision
      return { ...base, action: actionOf(decision, 'create'), changes: await additions(parameters), gates: gatesToAdopt(decision), digest }
    }
    case 'update':
      return { ...base, action: 'update', digest: decision.digest, ...updating }
    default:
      return decision satisfies never
  }
}

type Updating = Extract<Decision, { is: 'update' }>

async function planUpdate(
  stack: StackInRelease,
  decision: Updating,
  { consents }: Known,
  changeSets: ChangeSets,
): Promise<Pick<StackPlan, 'action' | 'gates' | 'changes' | 'digest' | 'proposed'> | 'busy'> {
  const { live, parameters, digest } = decision
  const proposed = await proposeStack(stack, live, parameters, changeSets)
  if (proposed === 'busy') return proposed
  if (proposed === 'empty') {
    await requireOutputs(stack, live, parameters)
    return { action: actionOf(decision, 'none'), gates: gatesToAdopt(decision), changes: [], digest, proposed }
  }
  const { changes } = proposed
  const gates = [...gatesToAdopt(decision), ...(await judge(stack, changes, consents))]
  return { action: actionOf(decision, 'update'), gates, changes, digest, proposed }
}

type Adopting = Pick<Updating, 'adopt'>

/** A stack that is not ours is adopted, whatever else is done with it. */
function actionOf({ adopt }: Adopting, action: PlanAction): PlanAction {
  return adopt ? 'adopt' : action
}

function gatesToAdopt({ adopt }: Adopting): readonly AdoptGate[] {
  return adopt ? [adopt] : []
}
