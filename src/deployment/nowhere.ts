import { TowpathError } from '../errors.ts'
import { shortId } from '../release/manifest.ts'
import { readRelease } from '../release/store.ts'
import type { StackResult } from './apply/stack-run.ts'
import { proveNothingToDo } from './apply/unchanged.ts'
import type { DeploymentEnd } from './deployed.ts'
import type { End } from './log/history.ts'
import { present } from './log/present.ts'
import type { Target } from './target/target.ts'

/**
 * How a rollback ends that has nowhere to go: a success only if the present release is seen live, by the proof that there is nothing to do.
 * It writes nothing.
 */
export async function nowhereToGo(target: Target, end: End): Promise<DeploymentEnd> {
  const last = end.record?.value
  const { service, environment } = target.ledger
  const now = present(last)
  const live = await seenLive(target, end)
  const deployed = { changed: false, deployment: last?.deployment ?? null, release: now, previous: now, gates: [], rollout: null }
  if (live) return { deployed: { ...deployed, outcome: 'succeeded', stacks: live, cause: null }, error: undefined }
  const what =
    last === undefined
      ? `${service} was never deployed to ${environment}`
      : now === null
        ? `no release of ${service} is live in ${environment}`
        : `release ${shortId(now)} of ${service} is not live in ${environment} as it should be`
  const reason = `there is nothing to go back to, and ${what}`
  const hint = `fix what failed and deploy again: towpath deploy --path <service> --environment ${environment}`
  return {
    deployed: { ...deployed, outcome: 'failed', stacks: [], cause: { stack: null, resource: null, type: null, reason } },
    error: new TowpathError('failed', reason, { hint }),
  }
}

async function seenLive(target: Target, { record }: End): Promise<readonly StackResult[] | undefined> {
  const last = record?.value
  const now = present(last)
  if (last === undefined || now === null || now !== last.release) return undefined
  const release = await readRelease(target.ledger.objects, target.ledger.service, now)
  return proveNothingToDo(target, release, last.parts, last)
}
