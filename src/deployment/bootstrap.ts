import { TowpathError } from '../errors.ts'
import type { BootstrapStack } from '../platform/bootstrap-stack.ts'
import { causeOf } from '../stack/cause.ts'
import { retryingStacks } from '../stack/retrying.ts'
import type { Stack } from '../stack/stacks.ts'
import { isSuccess, nextStep, wayOut } from '../stack/state.ts'
import { verdictOf } from '../stack/verdict.ts'
import { changeSetReady, type Deadline, follow, settled } from '../stack/watch.ts'
import type { Target } from './target/target.ts'

/** What bootstrap needs: there is no platform yet, so no more of a target than this. */
export type BootstrapCloud = Pick<Target, 'stacks' | 'log' | 'random'> & { readonly patience: Deadline }

/**
 * The stack of a foundation as it is, once no operation runs on it; undefined to create it. Throws for states that need a person, and
 * 'conflict' if what has the name holds something else. @param hint What to do then.
 */
export async function findBootstrapStack(
  { stacks, patience, log }: BootstrapCloud,
  { stack: name, tag: [tag, value] }: Pick<BootstrapStack, 'stack' | 'tag'>,
  hint: string,
): Promise<Stack | undefined> {
  const found = await settled(retryingStacks(stacks, patience), name, patience, ({ status }) =>
    log.info(`waiting for stack ${name}, which is ${status}`),
  )
  const live = usable(name, found)
  if (live !== undefined && live.tags[tag] !== value)
    throw new TowpathError('conflict', `stack ${name} exists and holds something else: '${live.tags[tag] ?? 'nothing of ours'}'`, { hint })
  return live
}

/** Makes a foundation's stack, or brings it up to date; false if nothing was to be done. Protects the stack from deletion. */
export async function applyBootstrapStack(ground: BootstrapCloud, live: Stack | undefined, foundation: BootstrapStack): Promise<boolean> {
  const { patience, log, random } = ground
  const stacks = retryingStacks(ground.stacks, patience)
  const { stack: name, tag, template, roles } = foundation
  const token = `towpath-bootstrap-${random(8)}`
  const changeSet = await stacks.createChangeSet({
    stack: live?.id ?? name,
    name: token,
    type: live ? 'UPDATE' : 'CREATE',
    template: { body: JSON.stringify(template) },
    parameters: {},
    tags: Object.fromEntries([tag]),
    capabilities: Object.keys(roles).length > 0 ? ['CAPABILITY_NAMED_IAM'] : [],
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
