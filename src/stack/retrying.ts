import { isTransient } from '../errors.ts'
import { pollGap } from '../ports/clock.ts'
import type { Stacks } from './stacks.ts'
import type { Deadline } from './watch.ts'

/**
 * The same CloudFormation, but a call that gets no answer is made again until the deadline, so that throttling alone ends nothing. A change is
 * requested again under the same name and token, which makes it the same request. Only an execution is not sent again: the caller has to find
 * out first what became of it. No call is made once the deadline's signal is aborted.
 */
export function retryingStacks(stacks: Stacks, deadline: Deadline): Stacks {
  const { clock, until, signal } = deadline
  async function retry<T>(ask: () => Promise<T>): Promise<T> {
    const start = clock.monotonic()
    for (let told = false; ; told = true) {
      signal.throwIfAborted()
      try {
        return await ask()
      } catch (error) {
        const now = clock.monotonic()
        if (!isTransient(error) || now >= until) throw error
        if (!told) deadline.tell?.(`${error.message}; asking again`)
        await clock.sleep(Math.min(pollGap(now - start), until - now), signal)
      }
    }
  }
  return {
    region: stacks.region,
    describe: (nameOrId) => retry(() => stacks.describe(nameOrId)),
    createChangeSet: (request) => retry(() => stacks.createChangeSet(request)),
    describeChangeSet: (ref) => retry(() => stacks.describeChangeSet(ref)),
    listChangeSets: (nameOrId) => retry(() => stacks.listChangeSets(nameOrId)),
    deleteChangeSet: (ref) => retry(() => stacks.deleteChangeSet(ref)),
    async executeChangeSet(ref, token) {
      signal.throwIfAborted()
      await stacks.executeChangeSet(ref, token)
    },
    events: (stackId, after) => retry(() => stacks.events(stackId, after)),
    template: (stackId) => retry(() => stacks.template(stackId)),
    deleteStack: (stackId, token, role) => retry(() => stacks.deleteStack(stackId, token, role)),
    protect: (stackId) => retry(() => stacks.protect(stackId)),
  }
}
