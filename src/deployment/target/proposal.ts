import { TowpathError } from '../../errors.ts'
import type { OpenChangeSets } from '../../stack/discard.ts'
import type { Gate } from '../../stack/gate.ts'
import { propose } from '../../stack/propose.ts'
import type { ChangeSet, ResourceChange, Stack } from '../../stack/stacks.ts'
import type { Verdict } from '../../stack/verdict.ts'
import type { StackInRelease } from './stack-in-release.ts'
import type { SentParameters } from './template.ts'

/** The change sets of one plan or deployment. */
export interface ChangeSets {
  /** Part of their names, by which those of a dead run are found: `plan`, or the deployment's number. */
  readonly epoch: string
  readonly open: OpenChangeSets
  /** Called before one is requested, with the names of the stack and of the change set. */
  asking(stack: string, stackName: string, changeSet: string): Promise<void>
  /** Throws if the stacks are not ours to change any more. */
  confirm(): Promise<void>
  /** Called once it is known what it turned out to be. */
  known(stack: string, verdict: Verdict): void
}

/** The names of all our change sets begin like this. */
export const changeSetPrefix = 'towpath-'

/** True of the name of a change set that a deployment before this one made. Those of plans are their own. */
export function isLeftover(name: string, deployment: number): boolean {
  const epoch = new RegExp(`^${changeSetPrefix}(\\d+)-`).exec(name)?.[1]
  return epoch !== undefined && Number(epoch) < deployment
}

/**
 * Makes a change set that brings a stack to the release; 'empty' if nothing would change, 'busy' if an operation began on the stack since it
 * was looked at: wait for that, and decide anew. The changes come without what is secret in them.
 * Throws 'failed' with the service's reason.
 */
export async function proposeStack(
  stack: StackInRelease,
  live: Stack | undefined,
  parameters: SentParameters,
  sets: ChangeSets,
): Promise<ChangeSet | 'empty' | 'busy'> {
  const proposal = {
    label: `stack '${stack.stack}'`,
    name: stack.name,
    live,
    content: await stack.content(live, parameters),
    prefix: `${changeSetPrefix}${sets.epoch}-`,
  }
  return propose(stack.client, proposal, {
    open: sets.open,
    asking: (changeSet) => sets.asking(stack.stack, stack.name, changeSet),
    confirm: () => sets.confirm(),
    known: (verdict) => sets.known(stack.stack, verdict),
    redact: (changes) => stack.redact(changes, live, parameters),
  })
}

/** Throws 'failed' if a stack, in which CloudFormation sees nothing to change, lacks outputs that its template declares. */
export async function requireOutputs(stack: StackInRelease, live: Stack, parameters: SentParameters): Promise<void> {
  const missing = (await stack.template()).missingOutputs(live, parameters)
  if (missing.length === 0) return
  const one = missing.length === 1
  throw new TowpathError(
    'failed',
    `CloudFormation sees nothing to change in stack '${stack.stack}', but its ${one ? 'output' : 'outputs'} ${missing.map((name) => `'${name}'`).join(', ')} ${one ? 'is' : 'are'} declared and not live`,
    { blame: 'service', hint: 'change a resource of the stack in the same release, so that the update is made' },
  )
}

/** The gates that the changes of a stack meet, those inside its nested stacks among them. Nothing is loaded for a stack without changes. */
export async function judged(
  stack: StackInRelease,
  changes: readonly ResourceChange[],
  consents: ReadonlySet<string>,
): Promise<readonly Gate[]> {
  if (changes.length === 0) return []
  return (await import('./judge.ts')).judge(stack, changes, consents)
}
