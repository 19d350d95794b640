import { asTowpathError, TowpathError } from '../../errors.ts'
import { outdatedTwice } from '../../stack/execute.ts'
import type { ResourceChange, Stack } from '../../stack/stacks.ts'
import { recordOfStack } from '../log/present.ts'
import type { Proof, StackOutcome } from '../log/record.ts'
import { changeDifferences } from '../plan/change-differences.ts'
import { boundDifferences } from '../plan/differences.ts'
import { normaliseChanges } from '../plan/document.ts'
import { type Decision, decide, lookSettled, stacksAwaited } from '../target/decide.ts'
import { judged, proposeStack, requireOutputs } from '../target/proposal.ts'
import type { StackInRelease } from '../target/stack-in-release.ts'
import { executeStack, proofOf } from './execute.ts'
import { type Run, stateOf } from './run.ts'
import { type StackResult, untouched } from './stack-run.ts'

/** What one stack came to, before it is told when it was begun and how long it took. */
type Ended = Pick<StackResult, 'outcome'> & Partial<StackResult>

/**
 * Brings one stack to what the release says: proves it unchanged, or makes a change set, judges its gates, executes it and follows it to
 * its end. Failures are in the result; it throws only what ends the whole run (a lost lock, a bug).
 */
export async function applyStack(run: Run, stack: StackInRelease): Promise<StackResult> {
  const { clock } = run.target
  const begun = clock.monotonic()
  const started = clock.now().toISOString()
  const ended = await bringUp(run, stack).catch((thrown: unknown) => failed(run, stack, thrown))
  const seconds = Math.round(clock.monotonic() - begun) / 1_000
  return { ...untouched(stack.stack, stack.name, ended.outcome), started, seconds, ...ended }
}

/** The result of a stack that ended with an error. Throws what ends the whole run. */
function failed(run: Run, { stack }: StackInRelease, thrown: unknown): Ended {
  const error = asTowpathError(thrown, 'the deployment')
  if (error.code === 'locked' || error.code === 'bug') throw error
  // Once a change set may have been executed, an error that keeps us from seeing its end leaves the stack unknown. Before that, nothing
  // happened; but without credentials nobody can say what did.
  const open = stateOf(run, stack).underWay !== undefined || error.code === 'unknown' || error.code === 'no-credentials'
  // A hint of many lines is for the person who runs the verb, not for the record.
  const reason = error.hint === undefined || error.hint.includes('\n') ? error.message : `${error.message} (${error.hint})`
  const outcome: StackOutcome = open ? 'unknown' : error.code === 'interrupted' ? 'waiting' : 'failed'
  return { outcome, cause: { stack, resource: null, type: null, reason } }
}

async function bringUp(run: Run, stack: StackInRelease): Promise<Ended> {
  for (let attempt = 1; ; attempt++) {
    const ended = await attemptOnce(run, stack)
    if (ended === 'busy') {
      attempt--
      continue
    }
    if (ended !== 'outdated') return ended
    if (attempt > 1) throw outdatedTwice(`stack '${stack.stack}'`, 'deploy again')
    stack.client.log.info(`${stack.stack}: somebody else changed the stack, so the change set is made anew`)
  }
}

/**
 * 'outdated' if somebody else changed the stack before our change set could be executed; 'busy' if an operation of somebody else began before
 * one could be made.
 */
async function attemptOnce(run: Run, stack: StackInRelease): Promise<Ended | 'outdated' | 'busy'> {
  const own = (other: string) => stateOf(run, other).result?.outputs
  const known = { consents: run.consents, last: recordOfStack(run.last, stack), own, foreign: run.foreign }
  const decision = await decide(stack, await lookSettled(stack), known)
  if (decision.is === 'refused') throw decision.error
  if (decision.is === 'waits')
    throw new TowpathError('bug', `stack '${stack.stack}' was begun before ${stacksAwaited(decision.open).join(', ')}`)
  const { live } = decision
  run.hiding.add(decision.parameters)
  requireBound(run, stack, decision)
  switch (decision.is) {
    case 'foreign':
      return gated(stack, decision.adopt)
    case 'proved':
      return unchanged(stack, decision.live, proofOf(decision.live, decision.digest, true))
    case 'recreate':
      // A creation that failed is rare, and what removes it is loaded then.
      await (await import('./recreate.ts')).removeFailedCreation(run, stack, decision.live)
      return change(run, stack, undefined, decision)
    case 'create':
    case 'update':
      return change(run, stack, live, decision)
    default:
      return decision satisfies never
  }
}

type Content = Pick<Extract<Decision, { is: 'update' }>, 'parameters' | 'digest'>

/** Makes a change set, or takes the one that the plan under the lock made, judges its gates, and executes it. */
async function change(run: Run, stack: StackInRelease, live: Stack | undefined, content: Content): Promise<Ended | 'outdated' | 'busy'> {
  const { parameters, digest } = content
  const state = stateOf(run, stack.stack)
  const proposed = state.takePlanned(live, digest) ?? (await proposeStack(stack, live, parameters, run.changeSets))
  if (proposed === 'busy') return proposed
  if (proposed === 'empty') {
    if (live === undefined) throw nothingToCreate(stack)
    await requireOutputs(stack, live, parameters)
    return unchanged(stack, live, proofOf(live, digest, await stack.provable()))
  }
  if (live) requireBound(run, stack, { live, parameters }, proposed.changes)
  if (live) tellBeside(run, stack, proposed.changes)
  const gates = await judged(stack, proposed.changes, run.consents)
  const closed = gates.find(({ consented }) => !consented)
  if (closed) return gated(stack, closed)
  // Consents that the plan made use of are recorded already.
  run.journal.note(...state.consent(gates).map(({ consent, reason }) => ({ kind: 'consented' as const, consent, reason })))
  return executeStack(run, stack, proposed, live, digest)
}

/**
 * Throws 'conflict' if a stack, or what would be done to it, is not what the reviewed plan says any more: somebody else was here since the
 * plan under the lock was compared with it. What the plan left open is not compared.
 */
function requireBound(run: Run, stack: StackInRelease, { live, parameters }: Found, changes?: readonly ResourceChange[]): void {
  const state = stateOf(run, stack.stack)
  if (state.bound === undefined) return
  const { stack: bound, leftOpen } = state.bound
  const known = Object.fromEntries(Object.entries(parameters).filter(([name]) => !leftOpen.has(name)))
  const found = boundDifferences(bound, { live, digest: stack.digest(known), changes })
  if (found.length === 0) return
  state.leaveAlone()
  throw new TowpathError('conflict', `it is not what the reviewed plan says: ${found.join('; ')}`)
}

/** A stack as it is found, and what would be applied to it. */
interface Found extends Pick<Content, 'parameters'> {
  readonly live: Stack | undefined
}

/** Tells and records what changes beside the plan, which was made before the open inputs were known. */
function tellBeside(run: Run, { stack, client }: StackInRelease, changes: readonly ResourceChange[]): void {
  const { foreseen } = stateOf(run, stack)
  if (foreseen === undefined) return
  const planned = new Set(foreseen.changes.map(({ logicalId }) => logicalId))
  // Changes that were read off templates have no details to compare.
  const compared = foreseen.foretold ? changes.filter(({ logicalId }) => !planned.has(logicalId)) : changes
  const before = foreseen.foretold ? [] : foreseen.changes
  const differences = changeDifferences(normaliseChanges(before), normaliseChanges(compared)).join('; ')
  if (differences === '') return
  const because = foreseen.open.map(({ from }) => from)
  client.log.info(`${stack}: beside the plan, because of ${because.join(', ')}, it ${differences}`)
  run.journal.note({ kind: 'beside-plan', stack, because, differences })
}

function unchanged({ stack, client }: StackInRelease, { outputs }: Stack, proof: Proof): Ended {
  client.log.info(`${stack}: unchanged`)
  return { outcome: 'unchanged', outputs, proof }
}

function nothingToCreate({ stack }: StackInRelease): TowpathError {
  return new TowpathError(
    'failed',
    `the template of stack '${stack}' makes no resource with these parameters, so there is no stack to create`,
    {
      hint: 'see the conditions of its resources',
    },
  )
}

function gated({ stack }: StackInRelease, { consent, reason }: { readonly consent: string; readonly reason: string }): Ended {
  return { outcome: 'gated', cause: { stack, resource: consent, type: null, reason: `stopped by a gate: ${reason}` } }
}
