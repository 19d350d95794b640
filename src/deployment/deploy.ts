import type { Digest } from '../digest.ts'
import { type ErrorCode, TowpathError } from '../errors.ts'
import type { Release } from '../release/manifest.ts'
import { undeclared } from '../release/parameters.ts'
import type { Gate } from '../stack/gate.ts'
import { applyStacks, beginRun, discardPlanned, type Run, tellWhatGoesOn } from './apply.ts'
import type { StackResult } from './apply-stack.ts'
import { provideBlobs } from './blobs.ts'
import { sweep } from './change-set.ts'
import { type End, findEnd } from './history.ts'
import { openJournal } from './journal.ts'
import { acquire, type Claim, type Held, readLock } from './lock.ts'
import type { Origin } from './origin.ts'
import { type AdoptGate, makePlan, type Plan } from './plan.ts'
import { present } from './present.ts'
import type { FailureCause, Kind, Outcome, StackRecord } from './record.ts'
import { closeLeftover } from './takeover.ts'
import { nameOf, type Target } from './target.ts'
import { proveNothingToDo } from './unchanged.ts'

/** What is to be applied, where, for whom. */
export interface Request {
  readonly target: Target
  readonly release: Release
  readonly kind: Exclude<Kind, 'recorded'>
  readonly origin: Origin
  readonly claim: Claim
  /** How long to wait for the lock, in milliseconds. */
  readonly wait: number
  /** How long to wait for the deployment once it has the lock, in milliseconds. */
  readonly timeout: number
  readonly consents: ReadonlySet<string>
}

/** What an apply came to; the outputs of `deploy` and `rollback`. */
export interface Deployed {
  readonly outcome: Outcome
  readonly changed: boolean
  /** Its number; the last one's if there was nothing to do; null if there never was one. */
  readonly deployment: number | null
  readonly release: Digest
  /** The release that was present before. */
  readonly previous: Digest | null
  readonly stacks: readonly StackResult[]
  readonly cause: FailureCause | null
  /** What stopped it, if a gate did. */
  readonly gates: readonly (Gate | AdoptGate)[]
}

/**
 * Applies a release to an environment: proves that there is nothing to do, or takes the lock, plans, judges the gates, applies, and closes
 * one record, whatever happens on the way. What did not succeed is thrown, with the outputs in it.
 */
export async function deploy(request: Request): Promise<Deployed> {
  const { target, release } = request
  const environment = target.environment.environment
  if (release.manifest.environments[environment] === undefined)
    throw undeclared(environment, Object.keys(release.manifest.environments), `service '${release.manifest.service}'`)
  const early = await findEnd(target.ledger)
  const nothing = await nothingToDo(request, early)
  if (nothing && (await readLock(target.ledger)) === undefined) return nothing
  if (!nothing) await provideBlobs(target, release.manifest)
  const held = await acquire(target.ledger, early.number + 1, request.claim, {
    clock: target.clock,
    log: target.log,
    wait: request.wait,
    signal: target.patience.signal,
  })
  try {
    const signal = AbortSignal.any([target.patience.signal, held.lost])
    const patience = { clock: target.clock, until: target.clock.monotonic() + request.timeout, signal }
    return await underLock({ ...request, target: { ...target, patience } }, held)
  } finally {
    await held.release()
  }
}

async function nothingToDo({ target, release }: Request, end: End): Promise<Deployed | undefined> {
  const last = end.record?.value
  const stacks = await proveNothingToDo(target, release, last)
  return (
    stacks && {
      outcome: 'succeeded',
      changed: false,
      deployment: end.number,
      release: release.id,
      previous: present(last),
      stacks,
      cause: null,
      gates: [],
    }
  )
}

async function underLock(request: Request, held: Held): Promise<Deployed> {
  const { target, release, kind, origin, consents } = request
  const end = await closeLeftover(target, held, await findEnd(target.ledger), request.claim.holder)
  const last = end.record?.value
  const nothing = await nothingToDo(request, end)
  if (nothing) return nothing
  await held.setEpoch(end.number + 1)
  const previous = present(last)
  const journal = await openJournal(target.ledger, target.clock, end, { kind, release: release.id, previous, origin })
  const run = beginRun(target, release, journal, held, last, consents)
  target.log.info(`deployment ${journal.deployment} of ${release.manifest.service} to ${target.environment.environment} began`)
  const ending = await conclude(run)
  if (ending.error?.code === 'locked') throw ended(ending.error, { ...outputsOf(run, previous, ending), outcome: 'unknown' })
  if (ending.error?.code === 'interrupted') await journal.append({ kind: 'interrupted', reason: ending.error.message })
  await journal.close({
    outcome: ending.outcome,
    changed: run.executed.size > 0,
    cause: ending.cause,
    stacks: recordsOf(run, ending.stacks),
  })
  const outputs = outputsOf(run, previous, ending)
  tellWhatGoesOn(run)
  if (ending.error) throw ended(ending.error, outputs)
  return outputs
}

/** What a run came to: its outcome, and the error it ends with unless it succeeded. */
interface Ending {
  readonly outcome: Outcome
  readonly stacks: readonly StackResult[]
  readonly cause: FailureCause | null
  readonly gates: readonly (Gate | AdoptGate)[]
  readonly error: TowpathError | undefined
}

/** Plans and applies, and turns every way in which that can end into one ending. An interruption does not wait for calls in flight. */
async function conclude(run: Run): Promise<Ending> {
  const { signal } = run.target.patience
  const work = planAndApply(run)
  work.catch(() => {})
  const called = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  try {
    return await Promise.race([work, called])
  } catch (thrown) {
    const error =
      thrown instanceof TowpathError
        ? thrown
        : new TowpathError(
            'bug',
            `the deployment failed in a way it should not: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
            { cause: thrown },
          )
    const open = run.executing.size > 0 || error.code === 'interrupted' || error.code === 'unknown'
    return {
      outcome: open ? 'unknown' : 'failed',
      stacks: soFar(run),
      cause: { stack: null, resource: null, type: null, reason: error.message },
      gates: [],
      error,
    }
  }
}

async function planAndApply(run: Run): Promise<Ending> {
  const { target, release, journal, last, consents } = run
  const names = Object.keys(release.manifest.stacks).map((stack) => nameOf(release.manifest, target.environment.environment, stack))
  if (last?.outcome === 'unknown') await sweep(target, names, last.deployment)
  const plan = await makePlan(target, release, { consents, last, epoch: String(journal.deployment), keepChangeSets: true })
  const gates = plan.stacks.flatMap((stack) => stack.gates)
  const closed = gates.filter(({ consented }) => !consented)
  if (closed.length > 0) {
    for (const { stack, changeSet } of plan.stacks) if (changeSet) run.planned.set(stack, changeSet)
    await discardPlanned(run)
    return stoppedByGates(run, closed)
  }
  const passed = gates.filter(({ consented }) => consented)
  if (passed.length > 0) await journal.append(...passed.map(({ consent, reason }) => ({ kind: 'consented' as const, consent, reason })))
  tellKept(run, plan)
  return judge(await applyStacks(run, plan))
}

function tellKept(run: Run, plan: Plan): void {
  for (const { stack, action, name } of plan.stacks)
    if (action === 'keep') run.target.log.warn(`stack '${stack}' (${name}) is not in this release any more; it is kept`)
}

function stoppedByGates(run: Run, gates: readonly (Gate | AdoptGate)[]): Ending {
  const listed = gates.map(({ consent, type, reason }) => `${consent} (${type}): ${reason}`)
  const cause = {
    stack: null,
    resource: gates[0]?.consent ?? null,
    type: gates[0]?.type ?? null,
    reason: `stopped by ${gates.length === 1 ? 'a gate' : `${gates.length} gates`}: ${listed.join('; ')}`,
  }
  const error = new TowpathError('gated', cause.reason, {
    hint: `nothing was changed; permit it with ${gates.map(({ consent }) => `--consent ${consent}`).join(' ')}`,
  })
  return { outcome: 'failed', stacks: soFar(run), cause, gates, error }
}

/** The outcome of all stacks together: unknown outweighs failed, failed outweighs a gate. */
function judge(stacks: readonly StackResult[]): Ending {
  const worst = (['unknown', 'failed', 'gated', 'waiting'] as const)
    .map((outcome) => stacks.find((stack) => stack.outcome === outcome))
    .find((stack) => stack !== undefined)
  if (worst === undefined) return { outcome: 'succeeded', stacks, cause: null, gates: [], error: undefined }
  const codes: Readonly<Record<string, ErrorCode>> = { unknown: 'unknown', gated: 'gated' }
  const cause = worst.cause ?? { stack: worst.stack, resource: null, type: null, reason: 'it was not begun' }
  const resource = cause.resource === null ? '' : ` at ${cause.resource}${cause.type === null ? '' : ` (${cause.type})`}`
  const error = new TowpathError(
    codes[worst.outcome] ?? 'failed',
    `stack '${worst.stack}' ${worst.outcome === 'gated' ? 'was stopped' : worst.outcome === 'unknown' ? 'has an unknown outcome' : 'failed'}${resource}: ${cause.reason}`,
    { blame: 'service' },
  )
  return { outcome: worst.outcome === 'unknown' ? 'unknown' : 'failed', stacks, cause, gates: [], error }
}

/** The stacks of a run that was cut short. */
function soFar(run: Run): readonly StackResult[] {
  const { target, release } = run
  return Object.keys(release.manifest.stacks).map((stack) => {
    const name = nameOf(release.manifest, target.environment.environment, stack)
    return (
      run.results.get(stack) ?? {
        stack,
        name,
        outcome: run.executing.has(stack) ? 'unknown' : 'waiting',
        seconds: 0,
        outputs: {},
        proof: null,
        cause: null,
      }
    )
  })
}

/** What the record says of each stack. One that was not reached keeps the proof it had: it holds only while the stack has not moved. */
function recordsOf(run: Run, stacks: readonly StackResult[]): Record<string, StackRecord> {
  const before = run.last?.stacks ?? {}
  const fresh = stacks.map(({ stack, name, outcome, seconds, proof }): [string, StackRecord] => [
    stack,
    { name, outcome, seconds, proof: proof ?? before[stack]?.proof ?? null },
  ])
  const left = Object.entries(before).filter(([stack]) => !stacks.some((one) => one.stack === stack))
  return Object.fromEntries([
    ...left.map(([stack, record]): [string, StackRecord] => [stack, { ...record, outcome: 'kept', seconds: 0 }]),
    ...fresh,
  ])
}

function outputsOf(run: Run, previous: Digest | null, { outcome, stacks, cause, gates }: Ending): Deployed {
  return {
    outcome,
    changed: run.executed.size > 0,
    deployment: run.journal.deployment,
    release: run.release.id,
    previous,
    stacks,
    cause,
    gates,
  }
}

function ended(error: TowpathError, outputs: Deployed): TowpathError {
  const { blame, hint, at, problems } = error
  return new TowpathError(error.code, error.message, {
    blame,
    cause: error,
    problems,
    outputs: { ...outputs },
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  })
}
