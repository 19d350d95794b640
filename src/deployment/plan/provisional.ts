import { type ErrorCode, TowpathError } from '../../errors.ts'
import type { SentParameter, Stack } from '../../stack/stacks.ts'
import type { AdoptGate, Decision, Known } from '../target/decide.ts'
import { type ChangeSets, judged, proposeStack } from '../target/proposal.ts'
import type { OpenInput, OwnOutputs, StackInRelease, Waiting } from '../target/stack-in-release.ts'
import type { SentParameters } from '../target/template.ts'
import { actionOf, blankPlan, gatesToAdopt } from './document.ts'
import type { StackPlan } from './stack-plan.ts'

/** What planning a stack that waits for others takes. */
interface Planning extends Pick<Known, 'consents'> {
  readonly changeSets: ChangeSets
  readonly present: OwnOutputs
}

interface Provisional extends Waiting {
  readonly live: Stack
  readonly adopt: AdoptGate | undefined
}

/**
 * Plans a stack that others feed with what is not known yet. One that exists is planned with the present values, by a real change set: its
 * changes and gates are those that do not come of the open inputs. Where CloudFormation makes none, they are foretold from the templates. One
 * that does not exist is planned from its template.
 */
export async function planProvisional(
  stack: StackInRelease,
  decision: Extract<Decision, { is: 'waits' }>,
  planning: Planning,
): Promise<StackPlan | 'busy'> {
  const { live, step, adopt, open, fixed } = decision
  const gates = gatesToAdopt(decision)
  const base = blankPlan(stack, live, fixed, open)
  if (live === undefined || step !== 'update') {
    const changes = (await stack.template()).additions(stack.place, fixed, namesOf(open))
    return { ...base, action: actionOf(decision, 'create'), changes, gates }
  }
  if (adopt && !adopt.consented) return { ...base, action: 'adopt', gates }
  const { values, unknown } = presentValues(open, planning.present)
  const provisional = { live, adopt, open, fixed }
  const [missing] = unknown
  if (missing !== undefined) return foretoldPlan(stack, provisional, planning, `output ${missing.from} is not there yet`)
  return withPresentValues(stack, provisional, { ...fixed, ...values }, planning)
}

/** Plans a stack by a change set with the present values of its open inputs. It is never executed: the real one is made when its turn comes. */
async function withPresentValues(
  stack: StackInRelease,
  provisional: Provisional,
  sent: SentParameters,
  planning: Planning,
): Promise<StackPlan | 'busy'> {
  const { live, open, fixed } = provisional
  const proposed = await proposeStack(stack, live, sent, planning.changeSets).catch(reasonOf)
  if (proposed === 'busy') return proposed
  if (proposed instanceof Refusal) return foretoldPlan(stack, provisional, planning, proposed.reason)
  const changes = proposed === 'empty' ? [] : proposed.changes
  return {
    ...blankPlan(stack, live, fixed, open),
    action: actionOf(provisional, proposed === 'empty' ? 'none' : 'update'),
    changes,
    gates: [...gatesToAdopt(provisional), ...(await judged(stack, changes, planning.consents))],
    defaults: (await stack.template()).defaultsTaken(live, sent),
  }
}

/** Plans a stack from its live and its new template. @param reason why CloudFormation made no change set */
export async function foretoldPlan(
  stack: StackInRelease,
  provisional: Provisional,
  { consents, present }: Planning,
  reason: string,
): Promise<StackPlan> {
  const { live, open, fixed } = provisional
  const { values, unknown } = presentValues(open, present)
  const sent = { ...fixed, ...values }
  const base = blankPlan(stack, live, fixed, open)
  const shown = await withoutSecrets(stack, live, sent, reason)
  const note = `CloudFormation makes no change set with the present values: ${shown}; what is shown is read off the templates`
  const changes = (await stack.template()).foretell(await stack.liveTemplate(live), live, sent, namesOf(unknown))
  const gates = [...gatesToAdopt(provisional), ...(await judged(stack, changes, consents))]
  return {
    ...base,
    action: actionOf(provisional, changes.length > 0 ? 'update' : 'none'),
    changes,
    foretold: true,
    gates: gates.map((gate) => ({ ...gate, foretold: true })),
    notes: [note],
    // An open input is given something, so it takes no default.
    defaults: (await stack.template()).defaultsTaken(live, {
      ...sent,
      ...Object.fromEntries(unknown.map(({ parameter }) => [parameter, { keep: true }])),
    }),
  }
}

/** A reason of CloudFormation's, hidden if it holds a secret value of the stack. */
async function withoutSecrets(stack: StackInRelease, live: Stack, sent: SentParameters, reason: string): Promise<string> {
  const told = { attribute: 'Reason', after: reason }
  const [change] = await stack.redact([{ action: 'Modify', logicalId: '', type: '', properties: [told] }], live, sent)
  return change?.properties[0]?.after ?? reason
}

/** The present values of open inputs, and the inputs that have none. */
function presentValues(open: readonly OpenInput[], present: OwnOutputs) {
  const values: Record<string, SentParameter> = {}
  const unknown: OpenInput[] = []
  for (const input of open) {
    const dot = input.from.indexOf('.')
    const value = present(input.from.slice(0, dot))?.[input.from.slice(dot + 1)]
    if (value === undefined) unknown.push(input)
    else values[input.parameter] = { value }
  }
  return { values, unknown }
}

function namesOf(open: readonly OpenInput[]): ReadonlySet<string> {
  return new Set(open.map(({ parameter }) => parameter))
}

/** How CloudFormation's refusals of a change set are called. */
const refusals: ReadonlySet<ErrorCode> = new Set(['failed', 'bad-input'])

/** CloudFormation made no change set. */
class Refusal {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** CloudFormation's reason for making no change set. Throws what is no answer of its to the request. */
function reasonOf(error: unknown): Refusal {
  if (!(error instanceof TowpathError) || error.transient || !refusals.has(error.code)) throw error
  return new Refusal(error.message)
}
