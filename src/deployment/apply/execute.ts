import type { Digest } from '../../digest.ts'
import { printDuration } from '../../ports/clock.ts'
import { execute } from '../../stack/execute.ts'
import type { ChangeSetRef, Stack } from '../../stack/stacks.ts'
import { timeOf } from '../../stack/state.ts'
import type { Proof } from '../log/record.ts'
import type { StackInRelease } from '../target/stack-in-release.ts'
import { type Run, stateOf } from './run.ts'
import type { StackResult } from './stack-run.ts'

type Executed = Pick<StackResult, 'outcome' | 'outputs' | 'proof' | 'cause'>

/**
 * Executes a change set of a stack, follows the operation to its end, and writes both into the journal. Returns 'outdated' if nothing was
 * begun because somebody else changed the stack, or deleted the change set, before.
 * @param before the stack as it was; undefined for one that is created
 * @param digest names what is applied
 */
export async function executeStack(
  run: Run,
  { stack, name: named, client, provable }: StackInRelease,
  changeSet: ChangeSetRef,
  before: Stack | undefined,
  digest: Digest,
): Promise<Executed | 'outdated'> {
  const { target, journal } = run
  const { log } = client
  const state = stateOf(run, stack)
  const token = `towpath-${journal.deployment}-${stack}-${client.random(6)}`
  const begun = target.clock.monotonic()
  const name = before?.name ?? changeSet.stackId.split('/')[1] ?? named
  const executed = await execute(
    client,
    { label: `stack '${stack}'`, changeSet, before, token },
    {
      open: run.changeSets.open,
      intent: () => journal.append({ kind: 'intent', stack, name, does: 'execute-change-set', token, changeSet: changeSet.name }),
      sent: () => state.begin(changeSet.stackId),
      notBegun: () => state.takeBack(),
      event({ status, logicalId, type, reason }) {
        log.info(`${stack}: ${status} ${logicalId} (${type})${reason === undefined ? '' : `: ${reason}`}`)
      },
      ended: (result, reason) => journal.append({ kind: 'outcome', stack, does: 'execute-change-set', result, reason }),
    },
  )
  switch (executed.result) {
    case 'outdated':
      return 'outdated'
    case 'failed': {
      state.finish()
      const { status, cause = { resource: stack, type: 'AWS::CloudFormation::Stack', reason: `the stack is ${status}` } } = executed
      return { outcome: 'failed', outputs: {}, proof: null, cause: { stack, ...cause } }
    }
    case 'succeeded': {
      state.finish()
      const { live } = executed
      log.info(`${stack}: live after ${printDuration(target.clock.monotonic() - begun)}`)
      return { outcome: 'succeeded', outputs: live.outputs, proof: proofOf(live, digest, await provable()), cause: null }
    }
    default:
      return executed satisfies never
  }
}

/** @param provable false if CloudFormation reads something anew at each update of the stack */
export function proofOf(live: Stack, digest: Digest, provable: boolean): Proof {
  return { id: live.id, time: timeOf(live), digest, ...(provable ? {} : { readsAnew: true }) }
}
