import type { Digest } from '../../digest.ts'
import { isTransient, TowpathError } from '../../errors.ts'
import { pollGap, printDuration } from '../../ports/clock.ts'
import { rootCause } from '../../stack/cause.ts'
import type { ChangeSetRef, Stack } from '../../stack/stacks.ts'
import { isSuccess } from '../../stack/state.ts'
import { verdictOf } from '../../stack/verdict.ts'
import { type Followed, follow, poll } from '../../stack/watch.ts'
import type { Proof } from '../log/record.ts'
import { timeOf } from '../target/target.ts'
import type { Run, StackResult } from './run.ts'

type Executed = Pick<StackResult, 'outcome' | 'outputs' | 'proof' | 'cause'>

/** How long a description of a stack may lag behind its events, in milliseconds. */
const LAG = 15_000

/**
 * Executes a change set and follows the operation to its end. 'outdated' if nothing was begun because somebody else changed the stack, or
 * deleted the change set, before. @param before the stack as it was; undefined for one that is created
 */
export async function execute(
  run: Run,
  stack: string,
  changeSet: ChangeSetRef,
  before: Stack | undefined,
  digest: Digest,
): Promise<Executed | 'outdated'> {
  const { target, journal } = run
  const token = `towpath-${journal.deployment}-${stack}-${target.random(6)}`
  const begun = target.clock.monotonic()
  const seen = (await target.stacks.events(changeSet.stackId))[0]?.id
  const name = before?.name ?? changeSet.stackId.split('/')[1] ?? stack
  await journal.append({ kind: 'intent', stack, name, does: 'execute-change-set', token, changeSet: changeSet.name })
  const outcome = (result: string, reason: string | null) =>
    journal.append({ kind: 'outcome', stack, does: 'execute-change-set', result, reason })
  if (!(await start(run, stack, changeSet, token, seen))) {
    await outcome('OUTDATED', 'somebody else changed the stack, or deleted the change set')
    return 'outdated'
  }
  const followed = await follow(target.stacks, changeSet.stackId, token, seen, target.patience, (event) => {
    const reason = event.reason === undefined ? '' : `: ${event.reason}`
    target.log.info(`${stack}: ${event.status} ${event.logicalId} (${event.type})${reason}`)
  })
  if (!isSuccess(followed.status)) {
    const cause = (await rootCause(target.stacks, changeSet.stackId, followed.events)) ?? {
      resource: stack,
      type: 'AWS::CloudFormation::Stack',
      reason: `the stack is ${followed.status}`,
    }
    await outcome(followed.status, cause.reason)
    run.executing.delete(stack)
    return { outcome: 'failed', outputs: {}, proof: null, cause: { stack, ...cause } }
  }
  const live = followed.ours ? await afterwards(run, changeSet.stackId, followed, before) : undefined
  if (live?.status !== followed.status)
    throw new TowpathError('unknown', `stack '${stack}' was ${followed.status}, and is ${live?.status ?? "somebody else's work"} now`, {
      blame: 'service',
      hint: 'somebody else changes it; run this again',
    })
  await outcome(followed.status, null)
  run.executing.delete(stack)
  target.log.info(`${stack}: live after ${printDuration(target.clock.monotonic() - begun)}`)
  return { outcome: 'succeeded', outputs: live.outputs, proof: proofOf(live, digest), cause: null }
}

export function proofOf(live: Stack, digest: Digest): Proof {
  return { id: live.id, time: timeOf(live), digest }
}

/**
 * Sends the execution; true once it has begun. A call that failed may have been accepted: CloudFormation is asked, and where it says that
 * nothing was begun, and only that no answer came, it is sent again under the same token, which makes it the same request. Throws the
 * service's refusal.
 */
async function start(run: Run, stack: string, changeSet: ChangeSetRef, token: string, seen: string | undefined): Promise<boolean> {
  const { stacks, patience } = run.target
  const { clock, until, signal } = patience
  const from = clock.monotonic()
  signal.throwIfAborted()
  run.executed.add(stack)
  run.executing.set(stack, changeSet.stackId)
  run.changeSets.open.delete(changeSet.id)
  for (;;) {
    try {
      await stacks.executeChangeSet(changeSet, token)
      return true
    } catch (error) {
      const now = await stacks.describeChangeSet(changeSet)
      if (now?.execution.startsWith('EXECUTE_')) return true
      if ((await stacks.events(changeSet.stackId, seen)).some((event) => event.token === token)) return true
      const verdict = now ? verdictOf(now) : 'obsolete'
      if (isTransient(error) && verdict === 'executable') {
        if (clock.monotonic() >= until) throw error
        await clock.sleep(pollGap(clock.monotonic() - from), signal)
        continue
      }
      run.executed.delete(stack)
      run.executing.delete(stack)
      if (verdict === 'obsolete') return false
      run.changeSets.open.set(changeSet.id, changeSet)
      throw error
    }
  }
}

/** The stack as it is once its operation is over. What is read just then may be from before: it is read until it tells of this operation. */
async function afterwards({ target }: Run, id: string, { status }: Followed, before: Stack | undefined): Promise<Stack | undefined> {
  const { clock, until } = target.patience
  let last: Stack | undefined
  return poll('the description', { ...target.patience, until: Math.min(until, clock.monotonic() + LAG) }, async () => {
    last = await target.stacks.describe(id)
    const isNew = last?.status === status && (before === undefined || timeOf(last) !== timeOf(before))
    return isNew ? last : undefined
  }).catch((error: unknown) => {
    if (error instanceof TowpathError && error.code === 'unknown') return last
    throw error
  })
}
