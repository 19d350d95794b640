import { type ErrorCode, TowpathError } from '../errors.ts'
import { stacksInOrder } from '../release/references.ts'
import type { Gate } from '../stack/gate.ts'
import { applyStacks, discardPlanned, type Run } from './apply.ts'
import type { StackResult } from './apply-stack.ts'
import { sweep } from './change-set.ts'
import { type AdoptGate, makePlan, type Plan } from './plan.ts'
import type { FailureCause, Outcome } from './record.ts'
import { nameOf } from './target.ts'

/** What a run came to: its outcome, and the error it ends with unless it succeeded. */
export interface Ending {
  readonly outcome: Outcome
  readonly stacks: readonly StackResult[]
  readonly cause: FailureCause | null
  readonly gates: readonly (Gate | AdoptGate)[]
  readonly error: TowpathError | undefined
}

/** Plans and applies, and turns every way in which that can end into one ending. An interruption does not wait for calls in flight. */
export async function conclude(run: Run): Promise<Ending> {
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
  return judge(run, await applyStacks(run, plan))
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
function judge(run: Run, stacks: readonly StackResult[]): Ending {
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
    { blame: 'service', hint: wayOn(run, worst) },
  )
  return { outcome: worst.outcome === 'unknown' ? 'unknown' : 'failed', stacks, cause, gates: [], error }
}

/** What to do after a stack did not succeed. */
function wayOn(run: Run, { outcome, cause }: StackResult): string {
  const { manifest } = run.release
  if (outcome === 'unknown') return 'run the same command again: it waits for what goes on, and goes on from there'
  if (outcome === 'gated')
    return `permit it with --consent ${cause?.resource ?? ''} and deploy again; the stacks that are done stay as they are`
  return `mend it and deploy again, or go back: towpath rollback --service ${manifest.service} --environment ${run.target.environment.environment}`
}

/** The stacks of a run that was cut short. */
function soFar(run: Run): readonly StackResult[] {
  const { target, release } = run
  const environment = target.environment.environment
  return stacksInOrder(release.manifest, environment).map((stack) => {
    const name = nameOf(release.manifest, environment, stack)
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
