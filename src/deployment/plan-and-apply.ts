import { raceAbort } from '../abortable.ts'
import { releaseKey } from '../bucket/keys.ts'
import { type Digest, hexOf } from '../digest.ts'
import { asTowpathError, type ErrorCode, TowpathError } from '../errors.ts'
import { discardOpen, sweep } from '../stack/discard.ts'
import { asUnknown } from '../stack/execute.ts'
import type { Gate } from '../stack/gate.ts'
import { applyStacks } from './apply/apply-stacks.ts'
import { hasExecuted, type Run, stateOf, tellKept, underWay } from './apply/run.ts'
import { type StackResult, untouched } from './apply/stack-run.ts'
import { findEnd } from './log/history.ts'
import { rollbackTarget } from './log/present.ts'
import type { FailureCause, Outcome } from './log/record.ts'
import { leftOpenIn } from './plan/document.ts'
import { type AdoptGate, makePlan, type Plan } from './plan/plan.ts'
import type { Reviewed } from './plan/reviewed.ts'
import { attemptsBack } from './takeover.ts'
import { isLeftover } from './target/proposal.ts'

/** How a deployment ended before its record is closed: its outcome, and its error unless it succeeded. */
export interface RunEnd {
  readonly outcome: Outcome
  readonly stacks: readonly StackResult[]
  readonly cause: FailureCause | null
  readonly gates: readonly (Gate | AdoptGate)[]
  readonly error: TowpathError | undefined
}

/** Plans and applies. It never throws: every error is in what it returns. An interruption does not wait for calls in flight. */
export async function planAndApply(run: Run): Promise<RunEnd> {
  try {
    const stacks = run.live ? asProved(run.live) : await raceAbort(run.target.deadline.signal, () => planThenApply(run))
    const { code } = run.release.manifest
    if (stacks.outcome !== 'succeeded' || code === undefined || !run.parts.includes('code')) return stacks
    // Late: a release whose stacks bring its code needs none of it. It stops what it began itself when it is interrupted.
    const { applyCode } = await import('./code/apply-code.ts')
    const failure = await applyCode(run, code, stacks.stacks)
    return failure ? { ...stacks, outcome: 'failed', ...failure } : stacks
  } catch (thrown) {
    const error = asTowpathError(thrown, 'the deployment')
    const open = underWay(run).length > 0 || run.code.underWay || blind.has(error.code)
    return {
      outcome: open ? 'unknown' : 'failed',
      stacks: run.live ?? soFar(run),
      cause: { stack: null, resource: null, type: null, reason: error.message },
      gates: [],
      error: open ? asUnknown(error) : error,
    }
  }
}

/** Errors after which we cannot see what is live: interrupted, past the deadline, or without credentials. */
const blind: ReadonlySet<ErrorCode> = new Set(['interrupted', 'unknown', 'no-credentials'])

async function planThenApply(run: Run): Promise<RunEnd> {
  const { target, release, journal, last, consents, changeSets } = run
  try {
    // A recorded deployment touched no stack: what a dead run left before it is still there.
    if (last !== undefined && (last.outcome !== 'succeeded' || last.kind === 'recorded'))
      await sweep(target, namesOf(run), (changeSet) => isLeftover(changeSet, journal.deployment))
    const leftOpen = run.reviewed && leftOpenIn(run.reviewed.document)
    const plan = await makePlan(target, release, run.stacks, {
      consents,
      last,
      changeSets,
      preview: false,
      ...(leftOpen ? { leftOpen } : {}),
    })
    for (const stack of plan.gone) stateOf(run, stack).lose()
    for (const stack of plan.stacks) stateOf(run, stack.stack).plan(stack)
    if (run.reviewed) await bind(run, run.reviewed, plan)
    const gates = plan.stacks.flatMap((stack) => stack.gates)
    const closed = gates.filter(({ consented }) => !consented)
    if (closed.length > 0) return await stoppedByGates(run, closed)
    for (const { stack, gates } of plan.stacks) stateOf(run, stack).consent(gates)
    if (gates.length > 0) await journal.append(...gates.map(({ consent, reason }) => ({ kind: 'consented' as const, consent, reason })))
    const stacks = await applyStacks(run, plan)
    tellKept(target, stacks)
    return judge(run, stacks, stacks.some(({ outcome }) => outcome === 'failed') && (await mayGoBack(run)))
  } finally {
    // A run that was called off leaves them to the next run: nothing is changed any more once the record is closed.
    if (!target.deadline.signal.aborted) await discardOpen(target, changeSets.open)
  }
}

/** Stacks that are left alone, since they are what the release says. */
function asProved(stacks: readonly StackResult[]): RunEnd {
  return { outcome: 'succeeded', stacks, cause: null, gates: [], error: undefined }
}

/** Permits only what the reviewed plan says. Throws 'conflict' if the plan under the lock says something else. */
async function bind(run: Run, reviewed: Reviewed, plan: Plan): Promise<void> {
  const { requireReviewed } = await import('./plan/reviewed.ts')
  requireReviewed(reviewed, plan.document)
  const leftOpen = leftOpenIn(reviewed.document)
  for (const stack of plan.document.stacks) stateOf(run, stack.stack).bind(stack, leftOpen.get(stack.stack) ?? new Set())
}

/** The names of all stacks of this release and of the last record. */
function namesOf({ stacks, release, last }: Run): readonly string[] {
  const ours = Object.keys(release.manifest.stacks).map((stack) => stacks.of(stack).name)
  return [...new Set([...ours, ...Object.values(last?.stacks ?? {}).map(({ name }) => name)])]
}

async function stoppedByGates(run: Run, gates: readonly (Gate | AdoptGate)[]): Promise<RunEnd> {
  const { consentHint } = await import('./plan/way-on.ts')
  const listed = gates.map(({ consent, type, reason }) => `${consent} (${type}): ${reason}`)
  const cause = {
    stack: null,
    resource: gates[0]?.consent ?? null,
    type: gates[0]?.type ?? null,
    reason: `stopped by ${gates.length === 1 ? 'a gate' : `${gates.length} gates`}: ${listed.join('; ')}`,
  }
  const error = new TowpathError('gated', cause.reason, {
    hint: consentHint(
      run.release.manifest.service,
      run.target.environment,
      gates.map(({ consent }) => consent),
    ),
  })
  return { outcome: 'failed', stacks: soFar(run), cause, gates, error }
}

/** The outcome of all stacks together: one unknown stack makes it unknown, otherwise one failed stack makes it failed. */
function judge(run: Run, stacks: readonly StackResult[], mayGoBack: boolean): RunEnd {
  const worst = (['unknown', 'failed', 'gated', 'waiting'] as const)
    .map((outcome) => stacks.find((stack) => stack.outcome === outcome))
    .find((stack) => stack !== undefined)
  if (worst === undefined) return { outcome: 'succeeded', stacks, cause: null, gates: [], error: undefined }
  const refused = stateOf(run, worst.stack).differs && !hasExecuted(run)
  const codes: Readonly<Record<string, ErrorCode>> = { unknown: 'unknown', gated: 'gated', failed: refused ? 'conflict' : 'failed' }
  const cause = worst.cause ?? { stack: worst.stack, resource: null, type: null, reason: 'it was not begun' }
  const resource = cause.resource === null ? '' : ` at ${cause.resource}${cause.type === null ? '' : ` (${cause.type})`}`
  const error = new TowpathError(
    codes[worst.outcome] ?? 'failed',
    `stack '${worst.stack}' ${worst.outcome === 'gated' ? 'was stopped' : worst.outcome === 'unknown' ? 'has an unknown outcome' : 'failed'}${resource}: ${cause.reason}`,
    { blame: 'service', hint: wayOn(run, worst, mayGoBack) },
  )
  return { outcome: worst.outcome === 'unknown' ? 'unknown' : 'failed', stacks, cause, gates: [], error }
}

/** True if a rollback after this deployment has a release to go back to; false where the log cannot be read. */
async function mayGoBack(run: Run): Promise<boolean> {
  const { objects, service } = run.target.ledger
  const stored = async (release: Digest) => (await objects.stat(releaseKey(service, hexOf(release))))?.written
  try {
    const end = await findEnd(run.target.ledger)
    return (await rollbackTarget(attemptsBack(run.target.ledger, end), stored)) !== undefined
  } catch {
    return false
  }
}

/** What to do after a stack did not succeed. */
function wayOn(run: Run, { stack, outcome, cause }: StackResult, mayGoBack: boolean): string {
  const { manifest } = run.release
  if (stateOf(run, stack).differs) return 'make a new plan, look at it, and give its digest'
  if (outcome === 'unknown') return 'run the same command again: it waits for what goes on, and goes on from there'
  if (outcome === 'gated')
    return `permit it with --consent ${cause?.resource ?? ''} and deploy again; the stacks that are done stay as they are`
  if (!mayGoBack) return 'fix it and deploy again'
  return `fix it and deploy again, or go back: towpath rollback --service ${manifest.service} --environment ${run.target.environment}`
}

/** The stacks as they are when a run ends early. */
function soFar(run: Run): readonly StackResult[] {
  return run.stacks.inOrder.map(({ stack, name }) => {
    const { result, underWay } = stateOf(run, stack)
    return result ?? untouched(stack, name, underWay === undefined ? 'waiting' : 'unknown')
  })
}
