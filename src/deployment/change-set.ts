import { TowpathError } from '../errors.ts'
import type { Manifest } from '../release/manifest.ts'
import type { ChangeSet, ChangeSetRef, SentParameter, Stack } from '../stack/stacks.ts'
import { verdictOf } from '../stack/verdict.ts'
import { changeSetReady, poll } from '../stack/watch.ts'
import { parameters as parametersOf } from '../template/facts.ts'
import { changeSetPrefix, stackOf } from './examine.ts'
import { nameOf, ownTags, type Target } from './target.ts'
import { type LoadedTemplate, templateSource } from './templates.ts'

/** What a change set is made of. */
export interface Proposal {
  readonly manifest: Manifest
  readonly stack: string
  /** The stack as it is; undefined to create it. */
  readonly live: Stack | undefined
  readonly template: LoadedTemplate
  readonly parameters: Readonly<Record<string, SentParameter>>
  /** Part of the change set's name, by which a dead run's change sets are found: `plan`, or the deployment's number. */
  readonly epoch: string
}

/** The name that a change set of ours gets. Letters, digits and hyphens; at most 128. */
export function changeSetName(target: Target, epoch: string): string {
  return `${changeSetPrefix}${epoch}-${target.random(8)}`
}

/** Makes a change set and waits until it is made. 'empty' if nothing would change. Throws 'failed' with the service's reason. */
export async function propose(
  target: Target,
  proposal: Proposal,
  made: (ref: ChangeSetRef) => void,
  name: string = changeSetName(target, proposal.epoch),
): Promise<ChangeSet | 'empty'> {
  const { manifest, stack, live, template, parameters } = proposal
  const recipe = stackOf(manifest, stack)
  const source = await templateSource(target, stack, template, recipe)
  // The last moment: whoever was told to stop makes nothing more.
  target.patience.signal.throwIfAborted()
  const ref = await target.stacks.createChangeSet({
    stack: live?.id ?? nameOf(manifest, target.environment.environment, stack),
    name,
    type: live ? 'UPDATE' : 'CREATE',
    template: source,
    parameters: sendable(stack, template, live, parameters),
    tags: ownTags(manifest, target.environment.environment, stack),
    capabilities: recipe.capabilities,
    token: name,
  })
  made(ref)
  const ready = await changeSetReady(target.stacks, ref, target.patience)
  if (ready === undefined)
    throw new TowpathError('failed', `the change set of stack '${stack}' was deleted by somebody else while it was made`, {
      blame: 'service',
      hint: 'run it again',
    })
  const verdict = verdictOf(ready)
  if (verdict === 'executable') return ready
  await discard(target, ref)
  if (verdict === 'empty') return 'empty'
  throw new TowpathError(
    'failed',
    `the change set of stack '${stack}' could not be made: ${ready.reason ?? `it is ${ready.status}, ${ready.execution}`}`,
    { blame: 'service' },
  )
}

/**
 * What can be sent: a value is kept only where there is a live one, since CloudFormation refuses a previous value for what is new. Without
 * one the template's default serves; throws 'bad-input' if it has none.
 */
function sendable(
  stack: string,
  template: LoadedTemplate,
  live: Stack | undefined,
  parameters: Readonly<Record<string, SentParameter>>,
): Record<string, SentParameter> {
  const declared = parametersOf(template.root)
  return Object.fromEntries(
    Object.entries(parameters).filter(([name, sent]) => {
      if ('value' in sent || live?.parameters[name] !== undefined) return true
      if (declared.get(name)?.default !== undefined) return false
      throw new TowpathError(
        'bad-input',
        `parameter '${name}' of stack '${stack}' says keep, but there is no live value to keep and the template has no default`,
        { hint: 'give a value for the first deployment' },
      )
    }),
  )
}

/** Deletes a change set, and the shell that a CREATE change set leaves behind once it holds nothing else. */
export async function discard(target: Target, ref: ChangeSetRef): Promise<void> {
  await target.stacks.deleteChangeSet(ref)
  const stack = await target.stacks.describe(ref.stackId)
  if (stack?.status !== 'REVIEW_IN_PROGRESS') return
  if ((await target.stacks.listChangeSets(ref.stackId)).some(({ id }) => id !== ref.id)) return
  await target.stacks.deleteStack(ref.stackId, `delete-${target.random(8)}`)
}

/**
 * Deletes the change sets that a dead deployment left on these stacks, and waits until they are gone. One that was executed is history, not
 * a leftover, and one that is still being made is waited for: CloudFormation deletes neither.
 */
export async function sweep(target: Target, names: readonly string[], deployment: number): Promise<void> {
  const { stacks, patience } = target
  for (const name of names) {
    if ((await stacks.describe(name)) === undefined) continue
    for (const ref of await stacks.listChangeSets(name)) {
      if (!ref.name.startsWith(`${changeSetPrefix}${deployment}-`)) continue
      const made = await changeSetReady(stacks, ref, patience)
      if (made === undefined || made.execution.startsWith('EXECUTE_')) continue
      await stacks.deleteChangeSet(ref)
      await poll(`the deletion of change set ${ref.name}`, patience, async () =>
        (await stacks.describeChangeSet(ref)) === undefined ? true : undefined,
      )
    }
  }
}
