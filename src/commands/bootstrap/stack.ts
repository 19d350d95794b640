import { asTowpathError, TowpathError } from '../../errors.ts'
import { canonicalJson } from '../../json.ts'
import type { BootstrapStack } from '../../platform/bootstrap-stack.ts'
import type { StackClient } from '../../stack/client.ts'
import { discardOpen, type OpenChangeSets } from '../../stack/discard.ts'
import { asUnknown, execute, outdatedTwice } from '../../stack/execute.ts'
import { type Proposal, propose } from '../../stack/propose.ts'
import { retryingStacks } from '../../stack/retrying.ts'
import type { ChangeSetRef, Stack } from '../../stack/stacks.ts'
import { nextStep, wayOut } from '../../stack/state.ts'
import { settled } from '../../stack/watch.ts'

/**
 * A bootstrap stack as it is, once no operation runs on it; undefined to create it. Throws for states that need a person, and 'conflict' if
 * the stack of that name holds something else. @param hint what to do then
 */
export async function findBootstrapStack(
  client: StackClient,
  { stack: name, tag: [tag, value] }: Pick<BootstrapStack, 'stack' | 'tag'>,
  hint: string,
): Promise<Stack | undefined> {
  const live = await usable(client, name)
  if (live !== undefined && live.tags[tag] !== value)
    throw new TowpathError('conflict', `stack ${name} exists and holds something else: '${live.tags[tag] ?? 'nothing of ours'}'`, { hint })
  return live
}

/**
 * Creates a bootstrap stack or brings it up to date, and protects it from deletion. Returns false if nothing was to be done.
 * @param found the stack as `findBootstrapStack` gave it
 */
export async function applyBootstrapStack(given: StackClient, found: Stack | undefined, stack: BootstrapStack): Promise<boolean> {
  const client: StackClient = { ...given, stacks: retryingStacks(given.stacks, given.deadline) }
  const open: OpenChangeSets = new Map()
  try {
    let live = found
    let asked = false
    for (let attempt = 1; ; attempt++) {
      const changeSet = await propose(client, proposalOf(stack, live), {
        open,
        asking: async () => {
          if (asked) await requireSameStack(client, stack, found)
          asked = true
        },
        confirm: async () => {},
        known() {},
        // Nothing shows these changes: the template is our own, and what it changes was told before.
        redact: async () => [],
      })
      if (changeSet === 'busy') {
        live = await usable(client, stack.stack)
        attempt--
        continue
      }
      const result = changeSet === 'empty' ? 'unchanged' : await executeBootstrap(client, stack.stack, changeSet, live, open)
      if (result !== 'outdated') {
        const id = changeSet === 'empty' ? live?.id : changeSet.stackId
        if (id !== undefined) await client.stacks.protect(id)
        return result === 'changed'
      }
      if (attempt > 1) throw outdatedTwice(`stack ${stack.stack}`, 'run bootstrap again')
      client.log.info(`somebody else changed stack ${stack.stack}, so the change set is made anew`)
      live = await usable(client, stack.stack)
    }
  } finally {
    // After an interruption nothing more is sent.
    if (!given.deadline.signal.aborted) await discardOpen(given, open)
  }
}

/**
 * Throws 'conflict' if the stack is another's by now, or remembers other flags than when the template was made of them: what somebody else
 * allowed meanwhile would be taken away unseen.
 */
async function requireSameStack(
  client: StackClient,
  { stack: name, tag: [tag] }: BootstrapStack,
  before: Stack | undefined,
): Promise<void> {
  const now = await usable(client, name)
  const remembered = (stack: Stack | undefined): string => canonicalJson({ tag: stack?.tags[tag] ?? null, outputs: stack?.outputs ?? {} })
  if (now === undefined || remembered(now) === remembered(before)) return
  throw new TowpathError('conflict', `somebody else gave stack ${name} other flags meanwhile`, {
    hint: 'run bootstrap again: it begins with what the stack is now',
  })
}

function proposalOf({ stack: name, tag, template, roles }: BootstrapStack, live: Stack | undefined): Proposal {
  return {
    label: `stack ${name}`,
    name,
    live,
    prefix: 'towpath-bootstrap-',
    content: {
      template: { body: JSON.stringify(template) },
      parameters: {},
      tags: Object.fromEntries([tag]),
      capabilities: Object.keys(roles).length > 0 ? ['CAPABILITY_NAMED_IAM'] : [],
    },
  }
}

/**
 * Executes a change set and follows it to its end. Throws 'failed' with the reason if the stack did not come to what it should be, and
 * 'unknown' for any error while the operation may be under way.
 */
async function executeBootstrap(
  client: StackClient,
  name: string,
  changeSet: ChangeSetRef,
  before: Stack | undefined,
  open: OpenChangeSets,
): Promise<'changed' | 'outdated'> {
  let underWay = false
  const executed = await execute(
    client,
    { label: `stack ${name}`, changeSet, before, token: changeSet.name },
    {
      open,
      intent: async () => {},
      sent() {
        underWay = true
      },
      notBegun() {
        underWay = false
      },
      event: ({ status, logicalId, reason }) => client.log.info(`${status} ${logicalId}${reason === undefined ? '' : `: ${reason}`}`),
      ended: async () => {},
    },
  ).catch((error: unknown) => {
    throw underWay ? asUnknown(asTowpathError(error, 'bootstrap')) : error
  })
  switch (executed.result) {
    case 'succeeded':
      return 'changed'
    case 'outdated':
      return 'outdated'
    case 'failed': {
      const { status, cause } = executed
      throw new TowpathError('failed', `stack ${name} is ${status}: ${cause?.reason ?? 'the service gave no reason'}`, { blame: 'service' })
    }
    default:
      return executed satisfies never
  }
}

/** The stack to update, once no operation runs on it; undefined to create it. Throws for states that need a person. */
async function usable({ stacks, deadline, log }: StackClient, name: string): Promise<Stack | undefined> {
  const found = await settled(retryingStacks(stacks, deadline), name, deadline, ({ status }) =>
    log.info(`waiting for stack ${name}, which is ${status}`),
  )
  const step = found ? nextStep[found.status] : 'create'
  if (step === 'create') return undefined
  if (step === 'update') return found
  throw new TowpathError('failed', `stack ${name} is ${found?.status}`, {
    hint: (found && wayOut[found.status]) ?? 'delete it in CloudFormation, then run bootstrap again',
  })
}
