import type { Digest } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import type { Release } from '../release/manifest.ts'
import { undeclared } from '../release/parameters.ts'
import type { Gate } from '../stack/gate.ts'
import { beginRun, type Run, tellWhatGoesOn } from './apply.ts'
import type { StackResult } from './apply-stack.ts'
import { provideBlobs } from './blobs.ts'
import { conclude, type Ending } from './conclude.ts'
import { type End, findEnd } from './history.ts'
import { openJournal } from './journal.ts'
import { acquire, type Claim, type Held, readLock } from './lock.ts'
import type { Origin } from './origin.ts'
import type { AdoptGate } from './plan.ts'
import { present } from './present.ts'
import type { FailureCause, Kind, Outcome, StackRecord } from './record.ts'
import { requireForeignOutputs } from './resolve.ts'
import { closeLeftover } from './takeover.ts'
import type { Target } from './target.ts'
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
  if (!nothing) {
    await requireForeignOutputs(target, release.manifest)
    await provideBlobs(target, release.manifest)
  }
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
  const { blame, at, problems } = error
  const hint = error.hint ?? (error.code === 'interrupted' ? 'run the same command again to go on' : undefined)
  return new TowpathError(error.code, error.message, {
    blame,
    cause: error,
    problems,
    outputs: { ...outputs },
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  })
}
