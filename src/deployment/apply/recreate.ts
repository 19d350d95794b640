import { TowpathError } from '../../errors.ts'
import type { Stack } from '../../stack/stacks.ts'
import { poll } from '../../stack/watch.ts'
import type { StackInRelease } from '../target/stack-in-release.ts'
import type { Run } from './run.ts'

/** Deletes what a failed first creation left, so that the stack can be created anew. The decision says whether that may be done. */
export async function removeFailedCreation(run: Run, { stack, client, role }: StackInRelease, live: Stack): Promise<void> {
  const { journal } = run
  const { stacks, deadline, log, random } = client
  const retained = new Set(
    (await stacks.events(live.id)).flatMap(({ status, logicalId }) => (status === 'DELETE_SKIPPED' ? [logicalId] : [])),
  )
  if (retained.size > 0)
    log.warn(`${stack}: the failed creation left ${[...retained].join(', ')} behind, as the template asks; nothing of ours deletes it`)
  const token = `towpath-${journal.deployment}-${stack}-${random(6)}`
  log.info(`${stack}: deleting what the failed creation left, then creating it anew`)
  await journal.append({ kind: 'intent', stack, name: live.name, does: 'delete-stack', token, changeSet: null })
  await run.lease.confirmStillOurs()
  await stacks.deleteStack(live.id, token, role)
  const status = await poll(`the deletion of stack ${live.name}`, deadline, async () => {
    const now = await stacks.describe(live.id)
    if (now === undefined || now.status === 'DELETE_COMPLETE') return 'DELETE_COMPLETE'
    return now.status === 'DELETE_FAILED' ? now.status : undefined
  })
  await journal.append({ kind: 'outcome', stack, does: 'delete-stack', result: status, reason: null })
  if (status === 'DELETE_FAILED')
    throw new TowpathError('failed', `stack ${live.name} could not be deleted: ${status}`, {
      blame: 'service',
      hint: 'delete it in CloudFormation, then deploy again',
    })
}
