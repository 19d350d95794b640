import { printDuration } from '../clock.ts'
import type { Digest } from '../digest.ts'
import { TowpathError } from '../errors.ts'
import { causeOf } from '../stack/cause.ts'
import { gatesOf } from '../stack/gate.ts'
import type { ChangeSetRef, SentParameter, Stack } from '../stack/stacks.ts'
import { isSuccess } from '../stack/state.ts'
import { follow, poll, settled } from '../stack/watch.ts'
import type { Run } from './apply.ts'
import { changeSetName, discard, propose } from './change-set.ts'
import { digestOfStack, isProved, judge, stackOf } from './examine.ts'
import { missingOutputs } from './live-outputs.ts'
import { unreachableOutputs } from './plan.ts'
import type { FailureCause, Proof, StackOutcome } from './record.ts'
import { resolveParameters } from './resolve.ts'
import { nameOf, timeOf } from './target.ts'
import { loadTemplate } from './templates.ts'

/** How one stack ended in this deployment. */
export interface StackResult {
  readonly stack: string
  readonly name: string
  readonly outcome: StackOutcome
  readonly seconds: number
  readonly outputs: Readonly<Record<string, string>>
  readonly proof: Proof | null
  readonly cause: FailureCause | null
}

/**
 * Brings one stack to what the release says: proves it unchanged, or makes a change set, judges its gates, executes it and follows it to
 * its end. What goes wrong is in the result; it throws only what ends the whole run (a lost lock).
 */
export async function applyStack(run: Run, stack: string): Promise<StackResult> {
  const { target, release } = run
  const name = nameOf(release.manifest, target.environment.environment, stack)
  const begun = target.clock.monotonic()
  const ended = (outcome: StackOutcome, parts: Partial<StackResult> = {}): StackResult => ({
    stack,
    name,
    outcome,
    seconds: Math.round(target.clock.monotonic() - begun) / 1_000,
    outputs: {},
    proof: null,
    cause: null,
    ...parts,
  })
  try {
    return await bringUp(run, stack, name, ended)
  } catch (error) {
    if (error instanceof TowpathError && error.code === 'locked') throw error
    const known =
      error instanceof TowpathError
        ? error
        : new TowpathError('bug', error instanceof Error ? error.message : String(error), { cause: error })
    if (known.code === 'bug') throw known
    // Once a change set may have been executed, whatever keeps us from seeing its end leaves it unknown. Before that, nothing happened.
    const outcome = run.executing.has(stack) || known.code === 'unknown' ? 'unknown' : known.code === 'interrupted' ? 'waiting' : 'failed'
    return ended(outcome, {
      cause: { stack, resource: null, type: null, reason: known.hint === undefined ? known.message : `${known.message} (${known.hint})` },
    })
  }
}

type Ended = (outcome: StackOutcome, parts?: Partial<StackResult>) => StackResult

async function bringUp(run: Run, stack: string, name: string, ended: Ended): Promise<StackResult> {
  const { target, release, last } = run
  const { manifest } = release
  const resolved = await resolveParameters(target, manifest, stack, (other) => run.outputs.get(other), run.foreign)
  if ('after' in resolved) throw new TowpathError('bug', `stack '${stack}' was begun before ${resolved.after.join(', ')}`)
  const { parameters } = resolved
  const digest = digestOfStack(target, manifest, stack, parameters)
  const found = await judge(
    target,
    manifest,
    name,
    await settled(target.stacks, name, target.patience, (busy) => target.log.info(`${stack}: waiting, ${name} is ${busy.status}`)),
  )
  if (found.foreign && !run.consents.has(`adopt:${stack}`))
    return gated(ended, stack, `adopt:${stack}`, `stack ${name} is not of this service and environment`)
  if (found.live && isProved(found.live, digest, last?.stacks[stack]?.proof)) {
    target.log.info(`${stack}: unchanged`)
    return ended('unchanged', { outputs: found.live.outputs, proof: proofOf(found.live, digest) })
  }
  if (found.step === 'recreate' && found.live) await removeFailedCreation(run, stack, found.live)
  const live = found.step === 'update' ? found.live : undefined
  const changeSet = await prepare(run, stack, live, parameters)
  if (changeSet === 'empty') return await unchanged(run, stack, name, parameters, digest, ended)
  const [gate] = gatesOf(stack, changeSet.changes ?? [], run.consents).filter(({ consented }) => !consented)
  if (gate) {
    await discard(target, changeSet)
    return gated(ended, stack, gate.consent, gate.reason)
  }
  return await execute(run, stack, changeSet, digest, ended)
}

type Prepared = ChangeSetRef & { readonly changes?: Parameters<typeof gatesOf>[1] }

/** The change set that the plan made under the lock, or a fresh one. */
async function prepare(
  run: Run,
  stack: string,
  live: Stack | undefined,
  parameters: Readonly<Record<string, SentParameter>>,
): Promise<Prepared | 'empty'> {
  const { target, release, journal } = run
  const planned = run.planned.get(stack)
  if (planned && live?.id === planned.stackId) {
    run.planned.delete(stack)
    return planned
  }
  const epoch = String(journal.deployment)
  const name = changeSetName(target, epoch)
  const template = await loadTemplate(target, stack, stackOf(release.manifest, stack))
  await journal.append({ kind: 'intent', stack, does: 'create-change-set', token: name, changeSet: name })
  return propose(target, { manifest: release.manifest, stack, live, template, parameters, epoch }, () => {}, name)
}

async function unchanged(
  run: Run,
  stack: string,
  name: string,
  parameters: Readonly<Record<string, SentParameter>>,
  digest: Digest,
  ended: Ended,
): Promise<StackResult> {
  const { target, release } = run
  const live = await target.stacks.describe(name)
  if (live === undefined) throw new TowpathError('failed', `stack ${name} was deleted by somebody else`, { blame: 'service' })
  const { root } = await loadTemplate(target, stack, stackOf(release.manifest, stack))
  const missing = missingOutputs(root, live, parameters)
  if (missing.length > 0) throw unreachableOutputs(stack, missing)
  target.log.info(`${stack}: unchanged`)
  return ended('unchanged', { outputs: live.outputs, proof: proofOf(live, digest) })
}

async function execute(run: Run, stack: string, changeSet: ChangeSetRef, digest: Digest, ended: Ended): Promise<StackResult> {
  const { target, journal } = run
  const token = `towpath-${journal.deployment}-${stack}-${target.random(6)}`
  const seen = (await target.stacks.events(changeSet.stackId))[0]?.id
  await journal.append({ kind: 'intent', stack, does: 'execute-change-set', token, changeSet: changeSet.name })
  await start(run, stack, changeSet, token)
  const followed = await follow(target.stacks, changeSet.stackId, token, seen, target.patience, (event) => {
    const reason = event.reason === undefined ? '' : `: ${event.reason}`
    target.log.info(`${stack}: ${event.status} ${event.logicalId} (${event.type})${reason}`)
  })
  const live = await target.stacks.describe(changeSet.stackId)
  run.executing.delete(stack)
  const cause = isSuccess(followed.status)
    ? undefined
    : (causeOf(followed.events) ?? { resource: stack, type: 'AWS::CloudFormation::Stack', reason: `the stack is ${followed.status}` })
  await journal.append({ kind: 'outcome', stack, does: 'execute-change-set', result: followed.status, reason: cause?.reason ?? null })
  if (cause) return ended('failed', { outputs: live?.outputs ?? {}, cause: { stack, ...cause } })
  if (live === undefined || !isSuccess(live.status))
    throw new TowpathError('unknown', `stack '${stack}' was ${followed.status}, and is ${live?.status ?? 'gone'} now`, {
      blame: 'service',
      hint: 'somebody else changes it; run this again',
    })
  const result = ended('succeeded', { outputs: live.outputs, proof: proofOf(live, digest) })
  target.log.info(`${stack}: live after ${printDuration(result.seconds * 1_000)}`)
  return result
}

/** Executes a change set. A call that failed is followed up: only the service knows whether it was accepted. */
async function start(run: Run, stack: string, changeSet: ChangeSetRef, token: string): Promise<void> {
  const { stacks, patience } = run.target
  patience.signal.throwIfAborted()
  run.executed.add(stack)
  run.executing.set(stack, changeSet.stackId)
  try {
    await stacks.executeChangeSet(changeSet, token)
  } catch (error) {
    const now = await stacks.describeChangeSet(changeSet)
    if (now?.execution.startsWith('EXECUTE_')) return
    if (now === undefined) throw error
    run.executed.delete(stack)
    run.executing.delete(stack)
    throw error
  }
}

/**
 * Deletes what a failed first creation left. ROLLBACK_COMPLETE is the end of a creation only, so nothing in such a stack ever worked; one
 * that is protected, or that a record of ours says was live, is left alone all the same.
 */
async function removeFailedCreation(run: Run, stack: string, live: Stack): Promise<void> {
  const { target, journal, last } = run
  const stop = (why: string): TowpathError =>
    new TowpathError('failed', `stack ${live.name} is ${live.status} and ${why}, so it is not deleted`, {
      hint: 'look at it in CloudFormation; delete it there if it is of no use, then deploy again',
    })
  if (live.terminationProtection) throw stop('has termination protection')
  if (last?.stacks[stack]?.proof?.id === live.id) throw stop('was live once')
  await run.held.confirm()
  const token = `towpath-${journal.deployment}-${stack}-${target.random(6)}`
  target.log.info(`${stack}: deleting what the failed creation left, then creating it anew`)
  await journal.append({ kind: 'intent', stack, does: 'delete-stack', token, changeSet: null })
  target.patience.signal.throwIfAborted()
  await target.stacks.deleteStack(live.id, token)
  const status = await poll(`the deletion of stack ${live.name}`, target.patience, async () => {
    const now = await target.stacks.describe(live.id)
    return now === undefined || now.status === 'DELETE_COMPLETE'
      ? 'DELETE_COMPLETE'
      : now.status === 'DELETE_FAILED'
        ? now.status
        : undefined
  })
  await journal.append({ kind: 'outcome', stack, does: 'delete-stack', result: status, reason: null })
  if (status === 'DELETE_FAILED')
    throw new TowpathError('failed', `stack ${live.name} could not be deleted: ${status}`, {
      blame: 'service',
      hint: 'delete it in CloudFormation, then deploy again',
    })
}

function gated(ended: Ended, stack: string, consent: string, reason: string): StackResult {
  return ended('gated', {
    cause: { stack, resource: consent, type: null, reason: `stopped by a gate: ${reason}` },
  })
}

function proofOf(live: Stack, digest: Digest): Proof {
  return { id: live.id, time: timeOf(live), digest }
}
