import { TowpathError } from '../../errors.ts'
import { type Gate, gatesOf } from '../../stack/gate.ts'
import type { ChangeSet, SentParameter, Stack } from '../../stack/stacks.ts'
import type { StackOutcome } from '../log/record.ts'
import { boundDifferences } from '../plan/differences.ts'
import { requireOutputs, type StackPlan } from '../plan/plan-stack.ts'
import { propose } from '../target/change-set.ts'
import { digestOfStack, examine, isProved } from '../target/examine.ts'
import { resolveParameters } from '../target/resolve.ts'
import { nameOf, timeOf } from '../target/target.ts'
import { execute, proofOf } from './execute.ts'
import { removeFailedCreation } from './recreate.ts'
import { asOurs, type Run, type StackResult, untouched } from './run.ts'

type Ended = (outcome: StackOutcome, parts?: Partial<StackResult>) => StackResult

/**
 * Brings one stack to what the release says: proves it unchanged, or makes a change set, judges its gates, executes it and follows it to
 * its end. What goes wrong is in the result; it throws only what ends the whole run (a lost lock, a bug).
 */
export async function applyStack(run: Run, stack: string): Promise<StackResult> {
  const { target, release } = run
  const name = nameOf(release.manifest, target.environment.environment, stack)
  const begun = target.clock.monotonic()
  const started = target.clock.now().toISOString()
  const ended: Ended = (outcome, parts = {}) => ({
    ...untouched(stack, name, outcome),
    started,
    seconds: Math.round(target.clock.monotonic() - begun) / 1_000,
    ...parts,
  })
  try {
    return await bringUp(run, stack, ended)
  } catch (thrown) {
    const error = asOurs(thrown)
    if (error.code === 'locked' || error.code === 'bug') throw error
    // Once a change set may have been executed, whatever keeps us from seeing its end leaves it unknown. Before that, nothing happened; but
    // without credentials nobody can say what did.
    const open = run.executing.has(stack) || error.code === 'unknown' || error.code === 'no-credentials'
    // A hint of many lines is for who runs the verb, not for the record.
    const reason = error.hint === undefined || error.hint.includes('\n') ? error.message : `${error.message} (${error.hint})`
    return ended(open ? 'unknown' : error.code === 'interrupted' ? 'waiting' : 'failed', {
      cause: { stack, resource: null, type: null, reason },
    })
  }
}

async function bringUp(run: Run, stack: string, ended: Ended): Promise<StackResult> {
  const { target, release, last } = run
  const { manifest } = release
  const resolved = await resolveParameters(target, manifest, stack, (other) => run.outputs.get(other), run.foreign)
  if ('after' in resolved) throw new TowpathError('bug', `stack '${stack}' was begun before ${resolved.after.join(', ')}`)
  const { parameters } = resolved
  run.hiding.add(parameters)
  const digest = digestOfStack(target, manifest, stack, parameters)
  for (let attempt = 1; ; attempt++) {
    const found = await examine(target, manifest, stack, last?.stacks[stack])
    requireBound(run, { stack, live: found.live, digest })
    if (found.foreign && !run.consents.has(`adopt:${stack}`))
      return gated(ended, stack, `adopt:${stack}`, 'the stack is there and not of this service and environment')
    if (found.live && isProved(found.live, digest, last?.stacks[stack]?.proof)) {
      target.log.info(`${stack}: unchanged`)
      return ended('unchanged', { outputs: found.live.outputs, proof: proofOf(found.live, digest) })
    }
    if (found.step === 'recreate' && found.live) await removeFailedCreation(run, stack, found.live)
    const live = found.step === 'update' ? found.live : undefined
    const proposed = planned(run, stack, live, digest) ?? (await propose(target, { manifest, stack, live, parameters }, run.changeSets))
    if (proposed === 'empty')
      return unchanged(run, stack, live, parameters, (now) => ended('unchanged', { outputs: now.outputs, proof: proofOf(now, digest) }))
    if (live) requireBound(run, { stack, live, digest, changes: proposed.changes })
    const gates = gatesOf(stack, proposed.changes, run.consents)
    const closed = gates.find(({ consented }) => !consented)
    if (closed) return gated(ended, stack, closed.consent, closed.reason)
    recordConsents(run, gates)
    const executed = await execute(run, stack, proposed, live, digest)
    if (executed !== 'outdated') return ended(executed.outcome, executed)
    if (attempt > 1)
      throw new TowpathError('failed', `the change set of stack '${stack}' was made useless by somebody else, twice`, {
        blame: 'service',
        hint: 'see who else changes this stack, then deploy again',
      })
    target.log.info(`${stack}: somebody else changed the stack, so the change set is made anew`)
  }
}

/**
 * Throws 'conflict' if a stack, or what would be done to it, is not what the reviewed plan says any more: somebody else was here since the
 * plan under the lock was compared with it. What the plan left open is not compared.
 */
function requireBound(run: Run, fresh: Pick<StackPlan, 'stack' | 'live' | 'digest'> & Partial<Pick<StackPlan, 'changes'>>): void {
  const bound = run.bound.get(fresh.stack)
  const found = bound && boundDifferences(bound, fresh)
  if (found === undefined || found.length === 0) return
  run.unbound.add(fresh.stack)
  throw new TowpathError('conflict', `it is not what the reviewed plan says: ${found.join('; ')}`)
}

/** What the plan under the lock found, if it still holds: for what is applied now, and for the stack as it is now. */
function planned(run: Run, stack: string, live: Stack | undefined, digest: string): ChangeSet | 'empty' | undefined {
  const plan = run.planned.get(stack)
  run.planned.delete(stack)
  const same = plan?.live && live && plan.live.id === live.id && timeOf(plan.live) === timeOf(live) && plan.digest === digest
  return same ? plan.proposed : undefined
}

/** Ends a stack in which CloudFormation sees nothing to change: it is as it should be only if every declared output is live. */
async function unchanged(
  run: Run,
  stack: string,
  live: Stack | undefined,
  parameters: Readonly<Record<string, SentParameter>>,
  ended: (live: Stack) => StackResult,
): Promise<StackResult> {
  const { target, release } = run
  if (live === undefined)
    throw new TowpathError(
      'failed',
      `the template of stack '${stack}' makes no resource with these parameters, so there is no stack to create`,
      {
        hint: 'see the conditions of its resources',
      },
    )
  await requireOutputs(target, release.manifest, stack, live, parameters)
  target.log.info(`${stack}: unchanged`)
  return ended(live)
}

/** Permissions that this stack's own change set made use of; those of the plan are recorded already. */
function recordConsents(run: Run, gates: readonly Gate[]): void {
  const fresh = gates.filter(({ consent }) => !run.consented.has(consent))
  for (const { consent } of fresh) run.consented.add(consent)
  run.journal.note(...fresh.map(({ consent, reason }) => ({ kind: 'consented' as const, consent, reason })))
}

function gated(ended: Ended, stack: string, consent: string, reason: string): StackResult {
  return ended('gated', { cause: { stack, resource: consent, type: null, reason: `stopped by a gate: ${reason}` } })
}
