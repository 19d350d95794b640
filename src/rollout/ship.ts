import { TowpathError } from '../errors.ts'
import { begin } from './begin.ts'
import { diagnose } from './diagnose.ts'
import { type Followed, follow } from './follow.ts'
import { impossible } from './health.ts'
import type { CodeRequest, CodeResult, Restored, RolloutFacts } from './request.ts'
import { restored } from './restore.ts'
import { isSameRevision } from './revision.ts'
import type { Group, Rollout } from './rollouts.ts'
import { outcomeOf, verdictOf } from './status.ts'
import { stopRollout } from './stop.ts'
import { proof } from './unchanged.ts'

/**
 * Puts a revision live on a deployment group. It succeeds only if every host has it and the group says that it is what is live; if
 * CodeDeploy rolled back by itself, that is told. Throws 'failed' before anything is begun for a group that is not there, has no hosts, or
 * cannot keep enough healthy; 'locked' for one that stays busy; 'unknown' if the end was not seen; and what the signal says if it is
 * interrupted, after the deployment was stopped or left as the request says.
 */
export async function shipCode(request: CodeRequest): Promise<CodeResult> {
  const { rollouts, application, group: name, revision, log } = request
  const group = await rollouts.group({ application, group: name })
  if (!group)
    throw new TowpathError('failed', `application '${application}' has no deployment group '${name}'`, {
      hint: 'check the references of `ship` in the blueprint, and that the stacks of this release are live',
    })
  const proved = await proof(request, group)
  if (proved) return { outcome: 'unchanged', rollout: { id: proved.id, revision, hosts: [] } }
  await check(request, group)
  const id = await begin(request)
  log.info(`deployment ${id} has begun in CodeDeploy`)
  return shipped(request, id)
}

/** Takes up a deployment of this request's token that is under way: what a run that died left behind. */
export async function shipped(request: CodeRequest, id: string): Promise<CodeResult> {
  const { rollouts, deadline, hooks, token, application, group } = request
  const change = { does: 'create-deployment', application, group, token, id } as const
  try {
    const followed = await follow(rollouts, id, deadline, hooks.progress)
    const { rollout, hosts } = followed
    const verdict = verdictOf(rollout.status, hosts, rollout.counts)
    if (verdict === 'succeeded') {
      await live(request, id)
      await hooks.outcome(change, rollout.status, null)
      return { outcome: 'succeeded', rollout: factsOf(request, followed) }
    }
    const diagnosis = diagnose(rollout, hosts)
    await hooks.outcome(change, rollout.status, diagnosis.cause)
    const back = rollout.status === 'Succeeded' ? null : await restored(request, rollout)
    return {
      outcome: 'failed',
      rollout: factsOf(request, followed),
      message: messageOf(request, followed.rollout, back),
      diagnosis,
      restored: back,
    }
  } catch (error) {
    if (!deadline.signal.aborted) throw error
    throw await interrupted(request, id)
  }
}

async function check(request: CodeRequest, group: Group): Promise<void> {
  const { rollouts } = request
  const [hosts, rule] = await Promise.all([group.selects ? rollouts.members(request) : 0, rollouts.healthRule(group.configuration)])
  const refusal = impossible(group, hosts, rule)
  if (refusal) throw refusal
}

/** Makes sure that what won is what was begun. */
async function live({ rollouts, application, group: name, revision }: CodeRequest, id: string): Promise<void> {
  const group = await rollouts.group({ application, group: name })
  const last = group?.lastSuccessful?.id
  if (last === id) return
  const other = last === undefined ? undefined : await rollouts.describe(last)
  // Auto Scaling brings new hosts up with the same revision.
  if (other && isSameRevision(other.revision, revision)) return
  throw new TowpathError('unknown', `deployment ${id} succeeded, and ${last ?? 'no deployment'} is what is live on group '${name}' now`, {
    blame: 'service',
    hint: 'somebody else deploys to this group; deploy again',
  })
}

function factsOf({ revision }: CodeRequest, { rollout, hosts }: Followed): RolloutFacts {
  const partial = verdictOf(rollout.status, hosts, rollout.counts) === 'partial'
  return {
    id: rollout.id,
    revision,
    hosts: hosts.map((host) => ({ name: host.name, outcome: outcomeOf(host) })),
    ...(partial ? { partial: true } : {}),
  }
}

function messageOf(request: CodeRequest, rollout: Rollout, back: Restored | null): string {
  const { counts } = rollout
  const all = counts ? counts.succeeded + counts.failed + counts.skipped + counts.pending + counts.inProgress + counts.ready : 0
  const what =
    counts && counts.succeeded > 0 ? `only ${counts.succeeded} of ${all} hosts have the new revision` : 'no host has the new revision'
  if (!back) return `deployment ${rollout.id} failed: ${what}`
  const to = (back.revision && request.nameOf(back.revision)) ?? back.revision?.key ?? 'what was there before'
  return back.outcome === 'succeeded'
    ? `deployment ${rollout.id} failed, and CodeDeploy restored ${to} (deployment ${back.id})`
    : `deployment ${rollout.id} failed, and so did CodeDeploy's rollback to ${to} (deployment ${back.id})`
}

async function interrupted(request: CodeRequest, id: string): Promise<TowpathError> {
  const goesOn = request.onInterrupt === 'cancel' ? await stopRollout(request, id) : `deployment ${id} goes on in CodeDeploy without us`
  return new TowpathError('interrupted', `interrupted while code was deployed; ${goesOn}`, {
    cause: request.deadline.signal.reason,
    hint: 'run the same command again to see how it ended and go on',
  })
}
