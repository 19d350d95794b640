import { isTransient } from '../errors.ts'
import { pollGap } from '../ports/clock.ts'
import type { Stacks } from './stacks.ts'
import type { Deadline } from './watch.ts'

/**
 * The same CloudFormation, asked again for as long as the patience lasts where it gives no answer: throttling alone ends nothing. A change is
 * asked for again under the same name and token, which makes it the same request; only an execution is left to whoever asks for it, who has
 * to find out what became of it. Nothing is asked any more once the patience's signal is aborted.
 */
export function retryingStacks(stacks: Stacks, patience: Deadline): Stacks {
  const { clock, until, signal } = patience
  async function insist<T>(ask: () => Promise<T>): Promise<T> {
    const start = clock.monotonic()
    for (let told = false; ; told = true) {
      signal.throwIfAborted()
      try {
        return await ask()
      } catch (error) {
        const now = clock.monotonic()
        if (!isTransient(error) || now >= until) throw error
        if (!told) patience.tell?.(`${error.message}; asking again`)
        await clock.sleep(Math.min(pollGap(now - start), until - now), signal)
      }
    }
  }
  return {
    region: stacks.region,
    describe: (nameOrId) => insist(() => stacks.describe(nameOrId)),
    createChangeSet: (request) => insist(() => stacks.createChangeSet(request)),
    describeChangeSet: (ref) => insist(() => stacks.describeChangeSet(ref)),
    listChangeSets: (nameOrId) => insist(() => stacks.listChangeSets(nameOrId)),
    deleteChangeSet: (ref) => insist(() => stacks.deleteChangeSet(ref)),
    async executeChangeSet(ref, token) {
      signal.throwIfAborted()
      await stacks.executeChangeSet(ref, token)
    },
    events: (stackId, after) => insist(() => stacks.events(stackId, after)),
    deleteStack: (stackId, token, role) => insist(() => stacks.deleteStack(stackId, token, role)),
    protect: (stackId) => insist(() => stacks.protect(stackId)),
  }
}
