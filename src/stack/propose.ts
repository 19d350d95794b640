import { TowpathError } from '../errors.ts'
import type { StackClient } from './client.ts'
import { eraseChangeSet, type OpenChangeSets } from './discard.ts'
import type { ChangeSet, ChangeSetRef, ChangeSetRequest, ResourceChange, Stack } from './stacks.ts'
import { type Verdict, verdictOf } from './verdict.ts'
import { changeSetReady } from './watch.ts'

/** What a change set would make of a stack. */
export type ChangeSetContent = Pick<ChangeSetRequest, 'template' | 'parameters' | 'tags' | 'capabilities' | 'role'>

/** A change set that is to be made. */
export interface Proposal {
  /** What messages call the stack, such as "stack 'main'". */
  readonly label: string
  /** The name that the stack gets if it is created. */
  readonly name: string
  /** The stack as it is; undefined to create it. */
  readonly live: Stack | undefined
  readonly content: ChangeSetContent
  /** How the name of the change set begins. */
  readonly prefix: string
}

/** What the engine tells the caller while it makes a change set. */
export interface ProposalHooks {
  /** The change sets that exist and were neither executed nor deleted. */
  readonly open: OpenChangeSets
  /** Called before a change set is requested, with its name. Nothing is requested until this has returned. */
  asking(changeSet: string): Promise<void>
  /** As that of an open change set. */
  confirm(): Promise<void>
  /** Called when it is known what the change set turned out to be. */
  known(verdict: Verdict): void
  /** Removes what is secret from the changes. Every change passes through here before anybody else sees it. */
  redact(changes: readonly ResourceChange[]): Promise<readonly ResourceChange[]>
}

/**
 * Makes a change set and waits until it is made. One that somebody else made obsolete meanwhile is made anew, once. Returns 'empty' if
 * nothing would change, and 'busy' if somebody else's operation on the stack began since it was looked at. Throws 'failed' with the
 * service's reason.
 */
export async function propose(client: StackClient, proposal: Proposal, hooks: ProposalHooks): Promise<ChangeSet | 'empty' | 'busy'> {
  const { stacks, deadline } = client
  const { label, live, content } = proposal
  for (let attempt = 1; ; attempt++) {
    const name = `${proposal.prefix}${client.random(8)}`
    await hooks.asking(name)
    const type = live ? 'UPDATE' : 'CREATE'
    let ref: ChangeSetRef
    try {
      ref = await stacks.createChangeSet({ stack: live?.id ?? proposal.name, name, type, ...content, token: name })
    } catch (error) {
      if (isBusy(error)) return 'busy'
      throw error
    }
    const opened = { ref, role: content.role, confirm: () => hooks.confirm() }
    hooks.open.set(ref.id, opened)
    const ready = await changeSetReady(stacks, ref, deadline)
    const verdict = ready ? verdictOf(ready) : 'obsolete'
    hooks.known(verdict)
    if (ready && verdict === 'executable') return { ...ready, changes: await hooks.redact(ready.changes) }
    if (ready) await eraseChangeSet(client, opened)
    hooks.open.delete(ref.id)
    if (verdict === 'empty') return 'empty'
    if (verdict === 'obsolete' && attempt === 1) continue
    const reason = ready ? (ready.reason ?? `it is ${ready.status}, ${ready.execution}`) : 'somebody else deleted it while it was made'
    throw new TowpathError('failed', `the change set of ${label} could not be made: ${reason}`, { blame: 'service' })
  }
}

/**
 * True if CloudFormation refused a change set because an operation is under way on the stack. There is no code for it, only the text
 * "Stack:<id> is in UPDATE_IN_PROGRESS state and can not be updated": aws/aws-cdk and hashicorp/terraform-provider-aws match the same words.
 */
function isBusy(error: unknown): boolean {
  return error instanceof TowpathError && error.code === 'failed' && /\bis in [A-Z_]+_IN_PROGRESS state\b/.test(error.message)
}
