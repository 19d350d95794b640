import { raceAbort } from '../../abortable.ts'
import { TowpathError } from '../../errors.ts'
import { type ManifestCode, shortId } from '../../release/manifest.ts'
import type { CodeRequest, CodeResult } from '../../rollout/request.ts'
import { isSameRevision } from '../../rollout/revision.ts'
import { shipCode, shipped } from '../../rollout/ship.ts'
import { isOver } from '../../rollout/status.ts'
import type { Run } from '../apply/run.ts'
import type { StackResult } from '../apply/stack-run.ts'
import type { FailureCause } from '../log/record.ts'
import { writingCalls } from './calls.ts'
import { leftBehind } from './left.ts'
import { resolveCode } from './resolve-code.ts'
import { provideRevision } from './revision.ts'

/** Why the code of a release is not live. */
export interface CodeFailure {
  readonly cause: FailureCause
  readonly error: TowpathError
}

/**
 * Puts the code of a release live, once its stacks are. What a run that died left behind is followed to its end if it is this very revision;
 * whatever else holds the group is waited for. Throws as `shipCode` does; an interruption stops what it began before it throws.
 * Gives why it failed, undefined if it did not.
 */
export async function applyCode(run: Run, code: ManifestCode, stacks: readonly StackResult[]): Promise<CodeFailure | undefined> {
  const { target, lease } = run
  try {
    const { request, under } = await raceAbort(target.deadline.signal, () => requestOf(run, code, stacks))
    run.code.began ||= under !== undefined
    run.code.underWay ||= under !== undefined
    const result = under === undefined ? await shipCode(request) : await shipped(request, under)
    run.code.result = result
    return result.outcome === 'failed' ? failureOf(run, result) : undefined
  } catch (error) {
    // Whatever was thrown because the lock was lost: that it was lost is what matters.
    if (lease.lost.aborted) throw lease.lost.reason
    throw error
  }
}

/** The request, and the id of a deployment of the same revision that a run which died left under way. */
async function requestOf(
  run: Run,
  code: ManifestCode,
  stacks: readonly StackResult[],
): Promise<{ request: CodeRequest; under: string | undefined }> {
  const { target, release, journal, last, wait } = run
  const { manifest } = release
  const resolved = await resolveCode(target, manifest, code, stacks)
  const revision = await provideRevision(target, resolved)
  const rollouts = await target.code.rollouts()
  const left = await leftBehind(rollouts, resolved, last)
  const ours = left && isSameRevision(left.rollout.revision, revision) ? left : undefined
  const isUnderWay = ours !== undefined && !isOver(ours.rollout.status)
  const { application, group } = resolved
  const request: CodeRequest = {
    ...{ rollouts, application, group, revision },
    ...{ deadline: target.deadline, log: target.log, hooks: writingCalls(run) },
    token: isUnderWay ? ours.token : `towpath-${journal.deployment}-${target.random(8)}`,
    description: `release ${shortId(release.id)} of ${manifest.service} to ${target.environment}, deployment ${journal.deployment}`,
    last: ours ? { id: ours.rollout.id, revision } : (last?.rollout ?? null),
    ...{ ignoreStopFailures: false, waitMilliseconds: wait, onInterrupt: 'cancel' },
    nameOf(other) {
      if (isSameRevision(other, revision)) return `release ${shortId(release.id)}`
      return last?.release && isSameRevision(other, last.rollout?.revision) ? `release ${shortId(last.release)}` : undefined
    },
  }
  return { request, under: isUnderWay ? ours.rollout.id : undefined }
}

function failureOf(run: Run, { message, diagnosis }: Extract<CodeResult, { outcome: 'failed' }>): CodeFailure {
  const { service } = run.release.manifest
  const back = `towpath rollback --service ${service} --environment ${run.target.environment}`
  return {
    cause: { stack: null, resource: null, type: null, reason: diagnosis.cause },
    error: new TowpathError('failed', `${message}: ${diagnosis.cause}`, {
      blame: 'service',
      hint: `${diagnosis.hint}\nfix it and deploy again, or go back: ${back}`,
    }),
  }
}
