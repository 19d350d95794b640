import type { Digest } from '../../digest.ts'
import { TowpathError } from '../../errors.ts'
import type { Stack, Stacks } from '../../stack/stacks.ts'
import { type NextStep, nextStep, timeOf, wayOut } from '../../stack/state.ts'
import { settled } from '../../stack/watch.ts'
import type { Proof, StackRecord } from '../log/record.ts'
import { type DecisionKind, type Facts, rules } from './decision-table.ts'
import type { ForeignOutputs } from './outputs.ts'
import { changeSetPrefix } from './proposal.ts'
import type { OpenInput, OwnOutputs, Resolved, StackInRelease, Waiting } from './stack-in-release.ts'
import type { SentParameters } from './template.ts'

/** What a stack is judged by, beside what it is found to be. */
export interface Known {
  readonly consents: ReadonlySet<string>
  /** What the last closed record says of the stack. */
  readonly last: StackRecord | undefined
  readonly own: OwnOutputs
  readonly foreign: ForeignOutputs
}

/** What would be applied to the stack. */
interface Content {
  readonly parameters: SentParameters
  readonly digest: Digest
}

interface Adopting {
  /** The gate of a stack that is not of this service and environment. */
  readonly adopt: AdoptGate | undefined
}

/** A stack that is not ours is touched only with consent. */
export interface AdoptGate {
  readonly gate: 'adopt'
  /** What to give to --consent: `adopt:<stack>`. */
  readonly consent: string
  readonly type: 'AWS::CloudFormation::Stack'
  readonly reason: string
  readonly consented: boolean
}

/** What is to be done with one stack of a release, and what was found out on the way. */
export type Decision =
  /** Nothing may be done: an operation is under way, or a person has to act first. */
  | { readonly is: 'refused'; readonly live: Stack | undefined; readonly error: TowpathError; readonly resolved: () => Promise<Resolved> }
  /** What it gets is known only when other stacks are done. */
  | ({ readonly is: 'waits'; readonly live: Stack | undefined; readonly step: NextStep } & Waiting & Adopting)
  /** It is not ours, and nobody permitted to adopt it. */
  | ({ readonly is: 'foreign'; readonly live: Stack | undefined; readonly adopt: AdoptGate } & Content)
  /** It is what the release would make of it. */
  | ({ readonly is: 'proved'; readonly live: Stack } & Content)
  | ({ readonly is: 'create'; readonly live: undefined } & Content & Adopting)
  /** Its first creation failed: what that left is deleted, then it is created. */
  | ({ readonly is: 'recreate'; readonly live: Stack } & Content & Adopting)
  | ({ readonly is: 'update'; readonly live: Stack } & Content & Adopting)

/** A stack as it is once no operation runs on it; undefined if there is none. */
export function lookSettled({ name, client }: StackInRelease): Promise<Stack | undefined> {
  return settled(client.stacks, name, client.deadline, ({ status }) => client.log.info(`waiting for stack ${name}, which is ${status}`))
}

/**
 * Decides what is to be done with one stack. Plan, apply and the proof that there is nothing to do all ask here. It only reads. Throws
 * 'not-found' or 'failed' for a parameter's reference that resolves to nothing.
 * @param found the stack as it is; undefined if there is none
 */
export async function decide(stack: StackInRelease, found: Stack | undefined, known: Known): Promise<Decision> {
  const step = found ? nextStep[found.status] : 'create'
  const ours = found === undefined || stack.isOurs(found) || (await isOurShell(stack.client.stacks, found))
  const adopt = ours ? undefined : adoptGate(stack, known.consents)
  const kept = found && whyKept(found, ours, known.last)
  const resolved = once(() => stack.resolve(known.own, known.foreign))
  const content = async (): Promise<Content> => contentOf(stack, await resolved())
  const proved = async (): Promise<boolean> =>
    found !== undefined && !stack.forced && isProved(found, (await content()).digest, known.last?.proof)
  const facts: Facts = { step, kept, ours, permitted: adopt?.consented === true, resolved, proved }
  // A shell holds nothing that could be updated: it counts as no stack.
  const live = step === 'create' ? undefined : found
  const is = await decisionOf(facts)
  switch (is) {
    case 'refused':
      return { is, live, error: refusal(stack, found, kept), resolved }
    case 'waits': {
      const waiting = await resolved()
      return { is, live, step, adopt, ...('open' in waiting ? waiting : { open: [], fixed: waiting.parameters }) }
    }
    case 'foreign':
      return { is, live, adopt: adopt ?? adoptGate(stack, known.consents), ...(await content()) }
    case 'create':
      return { is, live: undefined, adopt, ...(await content()) }
    case 'proved':
      return { is, live: there(stack, live), ...(await content()) }
    case 'recreate':
    case 'update':
      return { is, live: there(stack, live), adopt, ...(await content()) }
    default:
      return is satisfies never
  }
}

/** The first rule that holds. */
async function decisionOf(facts: Facts): Promise<DecisionKind> {
  for (const { is, when } of rules) if (await when(facts)) return is
  throw new TowpathError('bug', `no rule says what to do with a stack in step '${facts.step}'`)
}

function contentOf(stack: StackInRelease, resolved: Resolved): Content {
  if ('open' in resolved)
    throw new TowpathError('bug', `stack '${stack.stack}' was begun before ${stacksAwaited(resolved.open).join(', ')}`)
  const { parameters } = resolved
  return { parameters, digest: stack.digest(parameters) }
}

function there({ name }: StackInRelease, live: Stack | undefined): Stack {
  if (live === undefined) throw new TowpathError('bug', `stack ${name} is not there, and was to be updated`)
  return live
}

function adoptGate({ stack, name }: Pick<StackInRelease, 'stack' | 'name'>, consents: ReadonlySet<string>): AdoptGate {
  const consent = `adopt:${stack}`
  return {
    gate: 'adopt',
    consent,
    type: 'AWS::CloudFormation::Stack',
    reason: `stack ${name} exists and is not of this service and environment`,
    consented: consents.has(consent),
  }
}

/** True if a stack still is what the last record says we made it, and that is what we would make it now. */
function isProved(live: Stack, digest: Digest, proof: Proof | null | undefined): boolean {
  return (
    proof != null &&
    proof.readsAnew !== true &&
    proof.id === live.id &&
    proof.time === timeOf(live) &&
    proof.digest === digest &&
    nextStep[live.status] === 'update'
  )
}

/**
 * Why what is left of a failed creation stays. ROLLBACK_COMPLETE is the end of a first creation only, so nothing in such a stack ever
 * worked. One that is protected, that is not ours, or that a record of ours says was live, stays all the same.
 */
function whyKept(live: Stack, ours: boolean, last: StackRecord | undefined): string | undefined {
  if (live.terminationProtection) return 'has termination protection'
  if (!ours) return 'is not of this service and environment'
  return last?.proof?.id === live.id ? 'was live once' : undefined
}

function refusal({ name }: StackInRelease, found: Stack | undefined, kept: string | undefined): TowpathError {
  if (found !== undefined && nextStep[found.status] === 'recreate')
    return new TowpathError('failed', `stack ${name} is ${found.status} and ${kept}, so it is not deleted`, {
      hint: 'look at it in CloudFormation; delete it there if it is of no use, then deploy again',
    })
  return new TowpathError('failed', `stack ${name} is ${found?.status}`, {
    blame: 'service',
    hint: (found && wayOut[found.status]) ?? 'mend it in CloudFormation, then deploy again',
  })
}

/** A shell may come without tags: it is ours if nobody else has a change set on it. */
async function isOurShell(stacks: Stacks, found: Stack): Promise<boolean> {
  if (found.status !== 'REVIEW_IN_PROGRESS' || Object.keys(found.tags).length > 0) return false
  return (await stacks.listChangeSets(found.id)).every(({ name }) => name.startsWith(changeSetPrefix))
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask()
    return asked
  }
}

/** The stacks that open inputs wait for, each once. */
export function stacksAwaited(open: readonly OpenInput[]): readonly string[] {
  return [...new Set(open.map(({ from }) => from.slice(0, from.indexOf('.'))))].sort()
}
