import { TowpathError } from '../../errors.ts'
import { redactChanges } from '../../redaction/redact.ts'
import type { Manifest } from '../../release/manifest.ts'
import type { ChangeSet, ChangeSetRef, SentParameter, Stack } from '../../stack/stacks.ts'
import { type Verdict, verdictOf } from '../../stack/verdict.ts'
import { changeSetReady, poll } from '../../stack/watch.ts'
import { parameters as parametersOf } from '../../template/facts.ts'
import { changeSetPrefix, stackOf } from './examine.ts'
import { secretFlowOf } from './secrets.ts'
import { nameOf, ownTags, type Target, withDeadline } from './target.ts'
import { type LoadedTemplate, loadTemplate, templateSource } from './templates.ts'

/** What a change set is made of. */
export interface Proposal {
  readonly manifest: Manifest
  readonly stack: string
  /** The stack as it is; undefined to create it. */
  readonly live: Stack | undefined
  readonly parameters: Readonly<Record<string, SentParameter>>
}

/** What whoever has change sets made knows of them. */
export interface ChangeSets {
  /** Part of their names, by which a dead run's are found: `plan`, or the deployment's number. */
  readonly epoch: string
  /** Those that are there and were neither executed nor deleted, by id. */
  readonly open: Map<string, ChangeSetRef>
  /** Heard before one is asked for, with the names of the stack and of the change set. */
  asking(stack: string, stackName: string, changeSet: string): Promise<void>
  /** Heard once it is known what it turned out to be. */
  known(stack: string, verdict: Verdict): void
}

/** The signal of work that nobody may call off. */
const never = new AbortController().signal
/** How long a change set that is still being made is waited for before it is deleted, in milliseconds. */
const TIDYING = 30_000
/** The same where somebody waits for us to be gone. */
const HURRIED = 1_500

/**
 * Makes a change set and waits until it is made; one that somebody else made useless meanwhile is made anew, once. 'empty' if nothing would
 * change. Its changes come without what is secret in them. Throws 'failed' with the service's reason.
 */
export async function propose(target: Target, proposal: Proposal, sets: ChangeSets): Promise<ChangeSet | 'empty'> {
  const { manifest, stack, live, parameters } = proposal
  const recipe = stackOf(manifest, stack)
  const template = await loadTemplate(target, stack, recipe)
  const sent = sendable(stack, template, live, parameters)
  const source = await templateSource(target, stack, template, recipe)
  for (let attempt = 1; ; attempt++) {
    const name = `${changeSetPrefix}${sets.epoch}-${target.random(8)}`
    const stackName = nameOf(manifest, target.environment.environment, stack)
    await sets.asking(stack, stackName, name)
    const ref = await target.stacks.createChangeSet({
      stack: live?.id ?? stackName,
      name,
      type: live ? 'UPDATE' : 'CREATE',
      template: source,
      parameters: sent,
      tags: ownTags(manifest, target.environment.environment, stack),
      capabilities: recipe.capabilities,
      ...(target.passes === undefined ? {} : { role: target.passes }),
      token: name,
    })
    sets.open.set(ref.id, ref)
    const ready = await changeSetReady(target.stacks, ref, target.patience)
    const verdict = ready ? verdictOf(ready) : 'obsolete'
    sets.known(stack, verdict)
    if (ready && verdict === 'executable') {
      const flow = await secretFlowOf(target, manifest, stack)
      return { ...ready, changes: redactChanges(ready.changes, { flow, sent: parameters, live }) }
    }
    if (ready) await erase(target, ref)
    sets.open.delete(ref.id)
    if (verdict === 'empty') return 'empty'
    if (verdict === 'obsolete' && attempt === 1) continue
    const reason = ready ? (ready.reason ?? `it is ${ready.status}, ${ready.execution}`) : 'somebody else deleted it while it was made'
    throw new TowpathError('failed', `the change set of stack '${stack}' could not be made: ${reason}`, { blame: 'service' })
  }
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
async function erase(target: Target, ref: ChangeSetRef): Promise<void> {
  await target.stacks.deleteChangeSet(ref)
  const stack = await target.stacks.describe(ref.stackId)
  if (stack?.status !== 'REVIEW_IN_PROGRESS') return
  if ((await target.stacks.listChangeSets(ref.stackId)).some(({ id }) => id !== ref.id)) return
  await target.stacks.deleteStack(ref.stackId, `delete-${target.random(8)}`, target.passes)
}

/**
 * Deletes the change sets that are still open, waiting a little for those that are being made: CloudFormation deletes none of these. It does
 * so even after everything was called off, then in a hurry. Best effort: what is left is told.
 */
export async function discardOpen(given: Target, { open }: ChangeSets): Promise<void> {
  if (open.size === 0) return
  const patience = given.clock.monotonic() + (given.patience.signal.aborted ? HURRIED : TIDYING)
  const target = withDeadline(given, { signal: never, until: patience })
  await Promise.all(
    [...open.values()].map(async (ref) => {
      try {
        const made = await changeSetReady(target.stacks, ref, target.patience)
        if (made !== undefined && !made.execution.startsWith('EXECUTE_')) await erase(target, ref)
        open.delete(ref.id)
      } catch (error) {
        target.log.warn(`change set ${ref.name} could not be deleted: ${error instanceof Error ? error.message : String(error)}`)
      }
    }),
  )
}

/**
 * Deletes the change sets that deployments before this one left on these stacks, and waits until they are gone. One that was executed is
 * history, not a leftover, and one that is still being made is waited for: CloudFormation deletes neither.
 */
export async function sweep(target: Target, names: readonly string[], deployment: number): Promise<void> {
  const { stacks, patience } = target
  for (const name of names) {
    if ((await stacks.describe(name)) === undefined) continue
    for (const ref of await stacks.listChangeSets(name)) {
      if (!isLeftover(ref.name, deployment)) continue
      const made = await changeSetReady(stacks, ref, patience)
      if (made === undefined || made.execution.startsWith('EXECUTE_')) continue
      await stacks.deleteChangeSet(ref)
      await poll(`the deletion of change set ${ref.name}`, patience, async () =>
        (await stacks.describeChangeSet(ref)) === undefined ? true : undefined,
      )
    }
  }
}

/** True of the name of a change set that a deployment before this one made. Those of plans are their own. */
function isLeftover(name: string, deployment: number): boolean {
  const epoch = new RegExp(`^${changeSetPrefix}(\\d+)-`).exec(name)?.[1]
  return epoch !== undefined && Number(epoch) < deployment
}
