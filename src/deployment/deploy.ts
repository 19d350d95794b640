import { raceAbort } from '../abortable.ts'
import type { VerifiedBlob } from '../bucket/blobs.ts'
import type { Digest } from '../digest.ts'
import { asTowpathError, TowpathError } from '../errors.ts'
import type { Origin } from '../origin.ts'
import { undeclared } from '../platform/environment.ts'
import { hiding } from '../redaction/hiding.ts'
import type { Release } from '../release/manifest.ts'
import type { RolloutFacts } from '../rollout/request.ts'
import { beginRun, hasExecuted, type Run, recordsOf, reportOf, rolloutOf, tellKept, tellWhatGoesOn } from './apply/run.ts'
import type { StackResult } from './apply/stack-run.ts'
import { proveNothingToDo, requireLive } from './apply/unchanged.ts'
import type { Deployed, DeploymentEnd } from './deployed.ts'
import { acquire } from './lock/acquire.ts'
import { type Claim, readLock } from './lock/document.ts'
import type { Lease } from './lock/lease.ts'
import { consentedTo } from './log/damage.ts'
import { type End, findEnd } from './log/history.ts'
import { openJournal } from './log/journal.ts'
import type { DeploymentListener } from './log/listener.ts'
import { type Part, partsOf } from './log/parts.ts'
import { present, releaseCommitOf } from './log/present.ts'
import type { Kind } from './log/record.ts'
import type { Order } from './order.ts'
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

/** What is to be applied, where, and for whom. */
export interface DeployRequest {
  readonly target: Target
  readonly release: ChosenRelease
  /**
   * Chooses the release again once the lock is ours, if other deployments came in between: what a rollback goes back to depends on them.
   * Returns undefined if there is nothing to apply any more. Left out: the release stays the same.
   */
  readonly choose?: () => Promise<ChosenRelease | undefined>
  readonly kind: Exclude<Kind, 'recorded'>
  readonly origin: Origin
  /** Judges the order of commits. */
  readonly order: Order
  /** What of the release is applied. Left out: all of it. */
  readonly parts?: readonly Part[]
  /** The plan that was reviewed: nothing else may be done. Left out: the plan that is made under the lock is applied. */
  readonly reviewed?: Reviewed | undefined
  readonly claim: Claim
  /** How long to wait for the lock, in milliseconds. */
  readonly wait: number
  /** How long to wait for the deployment once it has the lock, in milliseconds. */
  readonly timeout: number
  readonly consents: ReadonlySet<string>
  /** Is told of the deployment as it goes on, such as GitHub. */
  readonly listener?: DeploymentListener
}

/**
 * Applies a release to an environment: proves that there is nothing to do, or takes the lock, plans, judges the gates, applies, and closes
 * one record, whatever happens on the way. Throws only what ends it before it began: a lock that is held, say, or a reference to nothing.
 */
export async function deploy(request: DeployRequest): Promise<DeploymentEnd> {
  const { target, claim, wait, timeout } = request
  const { clock, log, deadline } = target
  const waiting = withDeadline(target, deadline)
  const early = await raceAbort(deadline.signal, () => lookAhead({ ...request, target: waiting }))
  if ('deployed' in early) return early
  const lease = await acquire(waiting.ledger, early.number + 1, claim, { clock, log, wait, signal: deadline.signal })
  try {
    const signal = AbortSignal.any([deadline.signal, lease.lost])
    const ours = { ...request, target: withDeadline(target, { until: clock.monotonic() + timeout, signal }) }
    return await underLock(ours, lease, early)
  } finally {
    await lease.release()
  }
}

/** Where the log ends, and the blobs of the release that were read to be checked; undefined if none was checked. */
interface Ready extends End {
  readonly verified: readonly VerifiedBlob[] | undefined
}

/**
 * Finds out, before anything is written, that there is nothing to do, or that everything the release needs is there. Then returns the end of
 * the log.
 */
async function lookAhead(request: DeployRequest): Promise<DeploymentEnd | Ready> {
  const { target, order } = request
  const end = await findEnd(target.ledger)
  request.listener?.found(end)
  await requireMeaning(request, end)
  const nothing = await nothingToDo(request, end)
  if (!nothing) await order(target, end)
  const verified = nothing ? undefined : await prepare(request, end)
  return nothing && (await readLock(target.ledger)) === undefined ? nothing : { ...end, verified }
}

/** Throws 'bad-input' for a consent that means nothing. What reads templates is loaded only if there are any. */
async function requireMeaning({ target, release, consents }: DeployRequest, end: End): Promise<void> {
  if (consents.size === 0) return
  const { requireKnownConsents } = await import('./plan/consents.ts')
  await requireKnownConsents(target, release, consents, end)
}

/**
 * Makes sure that a release can be applied: its environment, every reference and every blob is there. Copies the blobs that the environment
 * reads into its bucket.
 */
async function prepare({ target, release: { manifest } }: DeployRequest, end: End): Promise<readonly VerifiedBlob[]> {
  const { environment } = target
  if (manifest.environments[environment] === undefined)
    throw undeclared(environment, Object.keys(manifest.environments), `service '${manifest.service}'`)
  await requireForeignOutputs(target, manifest)
  return provideBlobs(target, manifest, end.record?.value.verified)
}

async function nothingToDo(
  { target, release, parts = partsOf(release.manifest) }: DeployRequest,
  end: End,
): Promise<DeploymentEnd | undefined> {
  const last = end.record?.value
  const stacks = await proveNothingToDo(target, release, parts, last)
  if (stacks === undefined || last === undefined) return undefined
  if (!parts.includes('code')) {
    tellKept(target, stacks)
    return nothingDone(release.id, end, stacks)
  }
  const { proveCode } = await import('./code/prove-code.ts')
  const rollout = await proveCode(target, release, stacks, last)
  if (rollout) tellKept(target, stacks)
  return rollout && nothingDone(release.id, end, stacks, rollout)
}

function nothingDone(release: Digest, end: End, stacks: readonly StackResult[], rollout: RolloutFacts | null = null): DeploymentEnd {
  const previous = present(end.record?.value)
  const deployed = { changed: false, deployment: end.number, release, previous, stacks, cause: null, gates: [], rollout }
  return { deployed: { outcome: 'succeeded', ...deployed }, error: undefined }
}

async function underLock(request: DeployRequest, lease: Lease, early: Ready): Promise<DeploymentEnd> {
  const { target } = request
  target.deadline.signal.throwIfAborted()
  const end = await closeLeftover(target, lease, request.claim, request.listener)
  if (end.number === early.number || request.choose === undefined) return begin(request, lease, { ...end, verified: early.verified })
  const release = await request.choose()
  if (release === undefined) return (await import('./nowhere.ts')).nowhereToGo(target, end)
  const verified = await prepare({ ...request, release }, end)
  return begin({ ...request, release }, lease, { ...end, verified })
}

async function begin(request: DeployRequest, lease: Lease, end: Ready): Promise<DeploymentEnd> {
  const { target, release, kind, origin, order, consents, reviewed, claim, wait } = request
  const { parts = partsOf(release.manifest) } = request
  const nothing = await nothingToDo(request, end)
  if (nothing) return nothing
  await order(target, end)
  const verified = end.verified ?? (await prepare(request, end))
  await lease.setEpoch(end.number + 1)
  target.deadline.signal.throwIfAborted()
  const last = end.record?.value
  const live = parts.includes('stacks') ? undefined : await requireLive(target, release, last)
  const { environment } = target
  const { account, region } = target.entry
  const { service, owner } = release.manifest
  const values = hiding([environment, account, region, service, owner])
  const writer = {
    clock: target.clock,
    token: claim.token,
    hide: values.in,
    lost: lease.abandon,
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
  request.listener?.opened({ service, environment, deployment: journal.deployment, kind, release: release.id, ...code, origin }, end)
  const stacks = stacksOf(target, release.manifest)
  const shared = { target, release, stacks, journal, lease, last, live, parts, wait, consents, reviewed, hiding: values }
  return finish(beginRun({ ...shared, foreign: foreignOutputs(target) }), request.listener)
}

/** Plans and applies a deployment that was begun, and closes its record. */
async function finish(run: Run, listener: DeploymentListener | undefined): Promise<DeploymentEnd> {
  const { journal } = run
  const ending = await planAndApply(run)
  const { outcome, cause, error } = ending
  if (run.lease.lost.aborted && error?.code === 'locked') return { deployed: { ...deployedOf(run, ending), outcome: 'unknown' }, error }
  if (error?.code === 'interrupted') journal.note({ kind: 'interrupted', reason: error.message })
  const closing = { outcome, changed: hasExecuted(run), cause, stacks: recordsOf(run, ending.stacks), ...rolloutOf(run) }
  const record = await journal.close(closing).catch((thrown: unknown) => notClosed(run, thrown))
  if (record instanceof TowpathError) return { deployed: { ...deployedOf(run, ending), outcome: 'unknown' }, error: record }
  listener?.closed(record, ending.stacks)
  tellWhatGoesOn(run)
  const again = error?.code === 'interrupted' && error.hint === undefined ? { hint: 'run the same command again to go on' } : {}
  return { deployed: deployedOf(run, ending), error: error?.with(again) }
}

/** The error of a deployment whose record could not be closed: the next run will find it unfinished. */
function notClosed({ journal, release }: Run, thrown: unknown): TowpathError {
  const error = asTowpathError(thrown, 'the deployment')
  if (error.code === 'locked' || error.code === 'bug') return error
  return new TowpathError('unknown', `the record of deployment ${journal.deployment} could not be closed: ${error.message}`, {
    blame: error.blame,
    cause: error,
    hint: `run the same command again: it closes the record, and sees what is live of ${release.manifest.service}`,
  })
}

function deployedOf(run: Run, { outcome, stacks, cause, gates }: RunEnd): Deployed {
  const { journal, release, last } = run
  const { deployment } = journal
  return {
    outcome,
    changed: hasExecuted(run),
    deployment,
    release: release.id,
    previous: present(last),
    stacks,
    cause,
    gates,
    rollout: reportOf(run),
  }
}
