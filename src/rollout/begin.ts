import { isTransient, TowpathError } from '../errors.ts'
import { pollGap } from '../ports/clock.ts'
import { findByToken, holderOf, whose } from './find.ts'
import type { Change, CodeRequest } from './request.ts'
import type { Rollout } from './rollouts.ts'
import { isOver } from './status.ts'
import { describing } from './token.ts'

/** Begins the deployment, once; waits for another one of the group as long as the request allows. Gives its id. */
export async function begin(request: CodeRequest): Promise<string> {
  const { rollouts, deadline, hooks, application, group, token } = request
  const change: Change = { does: 'create-deployment', application, group, token, id: null }
  const patience = Math.min(deadline.until, deadline.clock.monotonic() + request.waitMilliseconds)
  for (;;) {
    await untilFree(request, patience)
    await hooks.intent(change)
    const begun = await create(request, change)
    if (begun !== 'busy') {
      await hooks.outcome({ ...change, id: begun }, begun, null)
      return begun
    }
    const holder = await holderOf(rollouts, request)
    await hooks.outcome(change, 'BUSY', holder ? whose(holder) : null)
    if (deadline.clock.monotonic() >= patience) throw busy(request, holder)
    await deadline.clock.sleep(pollGap(0), deadline.signal)
  }
}

/**
 * Sends the request. A request without an answer may have been accepted, so the group's deployments are looked through for our token
 * before it is sent again: at most one comes of one intent.
 */
async function create(request: CodeRequest, change: Change): Promise<string | 'busy'> {
  const { rollouts, deadline, application, group, revision, token, ignoreStopFailures } = request
  const { clock, signal, until } = deadline
  const from = clock.monotonic()
  const sent = { application, group, revision, ignoreStopFailures, description: describing(token, request.description) }
  signal.throwIfAborted()
  for (;;) {
    try {
      const begun = await rollouts.create(sent)
      if (begun !== 'busy') return begun.id
      return (await found(request))?.id ?? 'busy'
    } catch (error) {
      if (!isTransient(error)) {
        await request.hooks.outcome(change, 'REFUSED', error instanceof Error ? error.message : String(error))
        throw error
      }
      const ours = await found(request)
      if (ours) return ours.id
      if (clock.monotonic() >= until)
        throw new TowpathError('unknown', `CodeDeploy did not answer whether it began the deployment to '${group}' (${error.message})`, {
          blame: 'service',
          cause: error,
          hint: `run the same command again: it looks for '${token}' among the deployments of the group first`,
        })
      await clock.sleep(Math.min(pollGap(clock.monotonic() - from), Math.max(until - clock.monotonic(), 0)), signal)
    }
  }
}

/** Ours, asked for until there is an answer, or the time is over. */
async function found({ rollouts, deadline, token, application, group }: CodeRequest): Promise<Rollout | undefined> {
  const { clock, until, signal } = deadline
  for (const from = clock.monotonic(); ; ) {
    try {
      return await findByToken(rollouts, { application, group }, token)
    } catch (error) {
      if (!isTransient(error) || clock.monotonic() >= until) throw error
      await clock.sleep(pollGap(clock.monotonic() - from), signal)
    }
  }
}

/** Waits until no deployment holds the group; the request is checked again then. */
async function untilFree(request: CodeRequest, patience: number): Promise<void> {
  const { rollouts, deadline, log, hooks } = request
  const { clock, signal } = deadline
  const from = clock.monotonic()
  for (let told: string | undefined; ; ) {
    const holder = await holderOf(rollouts, request).catch((error: unknown) => {
      if (!isTransient(error) || clock.monotonic() >= patience) throw error
      return 'unanswered' as const
    })
    if (holder === undefined || (holder !== 'unanswered' && isOver(holder.status))) {
      if (told !== undefined) await hooks.recheck()
      return
    }
    if (holder !== 'unanswered' && holder.id !== told) {
      told = holder.id
      log.info(`group '${request.group}' is busy with ${whose(holder)}; waiting for it`)
    }
    if (clock.monotonic() >= patience) throw busy(request, holder === 'unanswered' ? undefined : holder)
    await clock.sleep(Math.min(pollGap(clock.monotonic() - from), patience - clock.monotonic()), signal)
  }
}

function busy({ group }: CodeRequest, holder: Rollout | undefined): TowpathError {
  return new TowpathError('locked', `group '${group}' is busy with ${holder ? whose(holder) : 'another deployment'}`, {
    blame: 'service',
    hint: 'wait for it and deploy again, or give a longer --wait',
  })
}
