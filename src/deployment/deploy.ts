import { raceAbort } from '../abortable.ts'
import type { VerifiedBlob } from '../bucket/blobs.ts'
import type { Digest } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { undeclared } from '../platform/environment.ts'
import { hiding } from '../redaction/hiding.ts'
import type { Release } from '../release/manifest.ts'
import type { Gate } from '../stack/gate.ts'
import { asOurs } from './apply/as-ours.ts'
import { beginRun, hasExecuted, type Run, type StackResult, stateOf, tellKept, tellWhatGoesOn } from './apply/run.ts'
import { proveNothingToDo } from './apply/unchanged.ts'
import { acquire } from './lock/acquire.ts'
import { type Claim, readLock } from './lock/document.ts'
import type { Lease } from './lock/lease.ts'
import { consentedTo } from './log/damage.ts'
import { type End, findEnd } from './log/history.ts'
import { openJournal } from './log/journal.ts'
import type { DeploymentListener } from './log/listener.ts'
import type { Part } from './log/parts.ts'
import { present, releaseCommitOf } from './log/present.ts'
import type { DeploymentRecord, FailureCause, Kind, Outcome, StackRecord } from './log/record.ts'
import { type Follower, keepOrder, type Order } from './order.ts'
import type { AdoptGate } from './plan/plan.ts'
import type { Reviewed } from './plan/reviewed.ts'
import { planAndApply, type RunEnd } from './plan-and-apply.ts'
import { closeLeftover } from './takeover.ts'
import { provideBlobs } from './target/blobs.ts'
import { foreignOutputs } from './target/outputs.ts'
import { stacksOf } from './target/release-stacks.ts'
import { requireForeignOutputs } from './target/resolve.ts'
import { type Target, withDeadline } from './target/target.ts'

/** A release, and the commit that it was first deployed of here, where that is known. */
export interface ChosenRelease extends Release {
  readonly commit?: string | null
}

/** What is to be applied, where, for whom. */
export interface DeployRequest extends Follower {
  readonly target: Target
  readonly release: ChosenRelease
  /**
   * Chooses the release again, once the lock is ours, if other deployments came in between: what a rollback goes back to depends on them.
   * Undefined if there is nothing to apply any more. Left out: the release is the one, whatever happened.
   */
  readonly choose?: () => Promise<ChosenRelease | undefined>
  readonly kind: Exclude<Kind, 'recorded'>
  /** What of the release is applied. */
  readonly parts: readonly Part[]
  /** Only what this plan says may be done; left out, whatever the plan under the lock says. */
  readonly reviewed?: Reviewed | undefined
  readonly claim: Claim
  /** How long to wait for the lock, in milliseconds. */
  readonly wait: number
  /** How long to wait for the deployment once it has the lock, in milliseconds. */
  readonly timeout: number
  readonly consents: ReadonlySet<string>
  /** Who else is to hear of it. */
  readonly watch?: DeploymentListener
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
export async function deploy(request: DeployRequest): Promise<Deployed> {
  const { target, claim, wait, timeout } = request
  const { clock, log, deadline } = target
  const waiting = withDeadline(target, deadline)
  const order = keepOrder(request)
  const early = await raceAbort(deadline.signal, () => lookAhead({ ...request, target: waiting }, order))
  if ('outcome' in early) return early
  const held = await acquire(waiting.ledger, early.number + 1, claim, { clock, log, wait, signal: deadline.signal })
  try {
    const signal = AbortSignal.any([deadline.signal, held.lost])
    const ours = { ...request, target: withDeadline(target, { until: clock.monotonic() + timeout, signal }) }
    return await underLock(ours, order, held, early)
  } finally {
    await held.release()
  }
}

/** Where the log ends, and what was read of the release's blobs to know that they are what their names say; undefined if they were not looked at. */
interface Ready extends End {
  readonly verified: readonly VerifiedBlob[] | undefined
}

/** What can be known before anything is written: that there is nothing to do, or that all the release needs is there. Else the log's end. */
async function lookAhead(request: DeployRequest, order: Order): Promise<Deployed | Ready> {
  const { target } = request
  const end = await findEnd(target.ledger)
  request.watch?.found(end)
  const nothing = await nothingToDo(request, end)
  if (!nothing) await order(target, end)
  const verified = nothing ? undefined : await prepare(request, end)
  return nothing && (await readLock(target.ledger)) === undefined ? nothing : { ...end, verified }
}

/** Makes sure that a release can be applied: its environment, every reference and every blob is there. Copies what the environment reads. */
async function prepare({ target, release: { manifest } }: DeployRequest, end: End): Promise<readonly VerifiedBlob[]> {
  const { environment } = target
  if (manifest.environments[environment] === undefined)
    throw undeclared(environment, Object.keys(manifest.environments), `service '${manifest.service}'`)
  await requireForeignOutputs(target, manifest)
  return provideBlobs(target, manifest, end.record?.value.verified)
}

async function nothingToDo({ target, release, parts }: DeployRequest, end: End): Promise<Deployed | undefined> {
  const last = end.record?.value
  const stacks = await proveNothingToDo(target, release, parts, last)
  if (stacks) tellKept(target, stacks)
  return stacks && nothingDone(release.id, end, stacks)
}

function nothingDone(release: Digest, end: End, stacks: readonly StackResult[]): Deployed {
  const previous = present(end.record?.value)
  return { outcome: 'succeeded', changed: false, deployment: end.number, release, previous, stacks, cause: null, gates: [] }
}

async function underLock(request: DeployRequest, order: Order, held: Lease, early: Ready): Promise<Deployed> {
  const { target } = request
  target.deadline.signal.throwIfAborted()
  const end = await closeLeftover(target, held, request.claim, request.watch)
  if (end.number === early.number || request.choose === undefined) return begin(request, order, held, { ...end, verified: early.verified })
  const release = await request.choose()
  if (release === undefined) return nothingDone(present(end.record?.value) ?? request.release.id, end, [])
  const verified = await prepare({ ...request, release }, end)
  return begin({ ...request, release }, order, held, { ...end, verified })
}

async function begin(request: DeployRequest, order: Order, held: Lease, end: Ready): Promise<Deployed> {
  const { target, release, kind, parts, origin, consents, reviewed, claim } = request
  const nothing = await nothingToDo(request, end)
  if (nothing) return nothing
  await order(target, end)
  const verified = end.verified ?? (await prepare(request, end))
  await held.setEpoch(end.number + 1)
  target.deadline.signal.throwIfAborted()
  const last = end.record?.value
  const { environment } = target
  const { account, region } = target.entry
  const { service, owner } = release.manifest
  const values = hiding([environment, account, region, service, owner])
  const writer = {
    clock: target.clock,
    token: claim.token,
    hide: values.in,
    lost: held.abandon,
    warn: (text: string) => target.log.warn(text),
  }
  const code = releaseCommitOf(request, last)
  const journal = await openJournal(target.ledger, writer, end, {
    kind,
    parts,
    release: release.id,
    previous: present(last),
    origin,
    platform: release.manifest.platform.version,
    ...code,
    ...(verified.length > 0 ? { verified } : {}),
  })
  const passed = [...(target.ledger.damage?.met.values() ?? [])]
  if (passed.length > 0) await journal.append(...passed.map((damage) => consentedTo(target.ledger, damage)))
  target.log.info(`deployment ${journal.deployment} of ${service} to ${environment} began`)
  request.watch?.opened({ service, environment, deployment: journal.deployment, kind, release: release.id, ...code, origin }, end)
  const stacks = stacksOf(target, release.manifest)
  const shared = { target, release, stacks, journal, held, last, consents, reviewed, hiding: values }
  return finish(beginRun({ ...shared, foreign: foreignOutputs(target) }), request.watch)
}

/** Runs a deployment that was begun to its end, and closes its record. */
async function finish(run: Run, watch: DeploymentListener | undefined): Promise<Deployed> {
  const { journal } = run
  const ending = await planAndApply(run)
  if (ending.error?.code === 'locked') throw ended(ending.error, { ...outputsOf(run, ending), outcome: 'unknown' })
  if (ending.error?.code === 'interrupted') journal.note({ kind: 'interrupted', reason: ending.error.message })
  const { outcome, cause } = ending
  const closing = { outcome, changed: hasExecuted(run), cause, stacks: recordsOf(run, ending.stacks) }
  const record = await journal.close(closing).catch((error: unknown) => {
    throw ended(notClosed(run, error), { ...outputsOf(run, ending), outcome: 'unknown' })
  })
  watch?.closed(record, ending.stacks)
  tellWhatGoesOn(run)
  if (ending.error) throw ended(ending.error, outputsOf(run, ending))
  return outputsOf(run, ending)
}

/** The error of a deployment that ended somehow and could not say so: the next run will find it unfinished. */
function notClosed({ journal, release }: Run, thrown: unknown): TowpathError {
  const error = asOurs(thrown)
  if (error.code === 'locked' || error.code === 'bug') return error
  return new TowpathError('unknown', `the record of deployment ${journal.deployment} could not be closed: ${error.message}`, {
    blame: error.blame,
    cause: error,
    hint: `run the same command again: it closes the record, and sees what is live of ${release.manifest.service}`,
  })
}

/** What the record says of each stack. One that was not reached keeps the proof it had: it holds only while the stack has not moved. */
function recordsOf(run: Run, stacks: readonly StackResult[]): Record<string, StackRecord> {
  const before: DeploymentRecord['stacks'] = run.last?.stacks ?? {}
  const fresh = stacks.map(({ stack, name, outcome, seconds, proof }): [string, StackRecord] => [
    stack,
    { name, outcome, seconds, proof: proof ?? before[stack]?.proof ?? null },
  ])
  const left = Object.entries(before).filter(([stack]) => !stateOf(run, stack).gone && !stacks.some((one) => one.stack === stack))
  return Object.fromEntries([
    ...left.map(([stack, record]): [string, StackRecord] => [stack, { ...record, outcome: 'kept', seconds: 0 }]),
    ...fresh,
  ])
}

function outputsOf(run: Run, { outcome, stacks, cause, gates }: RunEnd): Deployed {
  const { journal, release, last } = run
  const { deployment } = journal
  return { outcome, changed: hasExecuted(run), deployment, release: release.id, previous: present(last), stacks, cause, gates }
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
