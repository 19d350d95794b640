import type { StackClient } from './client.ts'
import { retryingStacks } from './retrying.ts'
import type { ChangeSetRef } from './stacks.ts'
import { changeSetReady, type Deadline, poll } from './watch.ts'

/** A change set that exists and was neither executed nor deleted. */
export interface OpenChangeSet {
  readonly ref: ChangeSetRef
  /** The ARN of the role that CloudFormation was given with it. */
  readonly role: string | undefined
  /** Throws if the stack is not ours to change any more. Asked before the shell of a change set is deleted, which nothing fences. */
  readonly confirm: () => Promise<void>
}

/** Open change sets, by id. */
export type OpenChangeSets = Map<string, OpenChangeSet>

/** The signal of work that nobody may call off. */
const never = new AbortController().signal
/** How long a change set that is still being made is waited for before it is deleted, in milliseconds. */
const TIDYING = 30_000
/** The same where somebody waits for us to be gone. */
const HURRIED = 1_500

/**
 * Deletes a change set, and the shell that a CREATE change set leaves behind once it holds nothing else. The shell is looked at once more
 * right before that: somebody may have executed a change set on it since. What is left of the window is one call.
 */
export async function eraseChangeSet({ stacks, random }: StackClient, { ref, role, confirm }: OpenChangeSet): Promise<void> {
  await stacks.deleteChangeSet(ref)
  const isShell = async (): Promise<boolean> => (await stacks.describe(ref.stackId))?.status === 'REVIEW_IN_PROGRESS'
  if (!(await isShell())) return
  await confirm()
  if ((await stacks.listChangeSets(ref.stackId)).some(({ id }) => id !== ref.id)) return
  if (!(await isShell())) return
  await stacks.deleteStack(ref.stackId, `delete-${random(8)}`, role)
}

/**
 * Deletes the change sets that are still open. It waits a little for those that are being made: CloudFormation deletes none of these. It
 * does so even after everything was called off, then in a hurry. Best effort: a change set that stays is told.
 * @param given a client that was not called off: its calls must still work
 */
export async function discardOpen(given: StackClient, open: OpenChangeSets): Promise<void> {
  if (open.size === 0) return
  const { clock, signal } = given.deadline
  const until = clock.monotonic() + (signal.aborted ? HURRIED : TIDYING)
  const deadline: Deadline = { clock, until, signal: never, tell: (text) => given.log.warn(text) }
  const client: StackClient = { ...given, deadline, stacks: retryingStacks(given.stacks, deadline) }
  await Promise.all(
    [...open].map(async ([id, changeSet]) => {
      const { ref } = changeSet
      try {
        const made = await changeSetReady(client.stacks, ref, deadline)
        if (made !== undefined && !made.execution.startsWith('EXECUTE_')) await eraseChangeSet(client, changeSet)
        open.delete(id)
      } catch (error) {
        given.log.warn(`change set ${ref.name} could not be deleted: ${error instanceof Error ? error.message : String(error)}`)
      }
    }),
  )
}

/**
 * Deletes the change sets that earlier runs left on these stacks, and waits until they are gone. One that was executed is history, not a
 * leftover, and one that is still being made is waited for: CloudFormation deletes neither.
 */
export async function sweep(
  { stacks, deadline }: StackClient,
  names: readonly string[],
  isLeftover: (changeSet: string) => boolean,
): Promise<void> {
  for (const name of names) {
    if ((await stacks.describe(name)) === undefined) continue
    for (const ref of await stacks.listChangeSets(name)) {
      if (!isLeftover(ref.name)) continue
      const made = await changeSetReady(stacks, ref, deadline)
      if (made === undefined || made.execution.startsWith('EXECUTE_')) continue
      await stacks.deleteChangeSet(ref)
      await poll(`the deletion of change set ${ref.name}`, deadline, async () =>
        (await stacks.describeChangeSet(ref)) === undefined ? true : undefined,
      )
    }
  }
}
