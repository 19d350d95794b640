import { TowpathError } from '../errors.ts'
import { bucketTemplate } from '../platform/bucket-template.ts'
import { causeOf } from '../stack/cause.ts'
import type { Stack } from '../stack/stacks.ts'
import { isSuccess, nextStep, wayOut } from '../stack/state.ts'
import { steady } from '../stack/steady.ts'
import { verdictOf } from '../stack/verdict.ts'
import { changeSetReady, follow, type Patience, settled } from '../stack/watch.ts'
import type { Target } from './target.ts'

/** What bootstrap needs: there is no platform yet, so no more of a target than this. */
export type Ground = Pick<Target, 'stacks' | 'log' | 'random'> & { readonly patience: Patience }

/** The name of the stack that holds a platform bucket. Stack names have no dots. */
export function bootstrapStackName(bucket: string): string {
  return `towpath-${bucket.replaceAll('.', '-')}`.slice(0, 128)
}

/** Makes the stack of a platform bucket, or brings it up to date; false if nothing was to be done. Protects the stack from deletion. */
export async function bootstrapBucket(ground: Ground, bucket: string, bucketExists: boolean): Promise<boolean> {
  const { patience, log, random } = ground
  const stacks = steady(ground.stacks, patience)
  const name = bootstrapStackName(bucket)
  const found = await settled(stacks, name, patience, ({ status }) => log.info(`waiting for stack ${name}, which is ${status}`))
  const live = usable(name, found)
  if (live !== undefined && live.tags['towpath:bucket'] !== bucket) {
    throw new TowpathError(
      'conflict',
      `stack ${name} exists and holds another bucket: '${live.tags['towpath:bucket'] ?? 'none of ours'}'`,
      {
        hint: 'choose a bucket name that differs by more than dots and hyphens',
      },
    )
  }
  if (live === undefined && bucketExists) {
    throw new TowpathError('conflict', `bucket '${bucket}' exists and is not in a stack of ours`, {
      hint: 'choose another name, or use the bucket as it is: towpath needs no bootstrap for it',
    })
  }
  const token = `towpath-bootstrap-${random(8)}`
  const changeSet = await stacks.createChangeSet({
    stack: live?.id ?? name,
    name: token,
    type: live ? 'UPDATE' : 'CREATE',
    template: { body: JSON.stringify(bucketTemplate(bucket), null, 1) },
    parameters: {},
    tags: { 'towpath:bucket': bucket },
    capabilities: [],
    token,
  })
  const ready = await changeSetReady(stacks, changeSet, patience)
  const verdict = ready ? verdictOf(ready) : 'failed'
  if (verdict === 'empty') {
    await stacks.deleteChangeSet(changeSet)
    await stacks.protect(changeSet.stackId)
    return false
  }
  if (verdict !== 'executable')
    throw new TowpathError('failed', `the change set of stack ${name} could not be made: ${ready?.reason ?? 'it is gone'}`, {
      blame: 'service',
    })
  const seen = (await stacks.events(changeSet.stackId))[0]?.id
  await stacks.executeChangeSet(changeSet, token)
  const { status, events } = await follow(stacks, changeSet.stackId, token, seen, patience, ({ logicalId, status: now, reason }) =>
    log.info(`${now} ${logicalId}${reason === undefined ? '' : `: ${reason}`}`),
  )
  if (!isSuccess(status))
    throw new TowpathError('failed', `stack ${name} is ${status}: ${causeOf(events)?.reason ?? 'the service gave no reason'}`, {
      blame: 'service',
    })
  await stacks.protect(changeSet.stackId)
  return true
}

/** The stack to update, or undefined to create it. Throws for states that need a person. */
function usable(name: string, found: Stack | undefined): Stack | undefined {
  const step = found ? nextStep[found.status] : 'create'
  if (step === 'create') return undefined
  if (step === 'update') return found
  throw new TowpathError('failed', `stack ${name} is ${found?.status}`, {
    hint: (found && wayOut[found.status]) ?? 'delete it in CloudFormation, then run bootstrap again',
  })
}
