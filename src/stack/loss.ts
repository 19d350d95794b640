import type { PropertyChange, ResourceChange } from './stacks.ts'

/** Whether what is known of a type rules out that a change replaces the resource. */
export type Ruled = 'out' | 'not out'

/** What a change does to a resource, as far as the data in it goes. Each but 'nothing' is what the gate says. */
const losses = {
  nothing: undefined,
  removed: 'removes it and its data',
  'removed, snapshot': 'removes it, keeping a snapshot',
  replaced: 'replaces it, deleting the one that holds the data',
  'replaced, unsaid': 'replaces it, and nothing says that the old one is kept',
  'replaced, kept': 'replaces it: the old one is kept with its data, and the service works with an empty new one',
  'replaced, snapshot': 'replaces it: a snapshot keeps its data, and the service works with an empty new one',
  'may be replaced': 'may replace it',
  'may be replaced, kept': 'may replace it: the old one would be kept with its data, and the service would work with an empty new one',
  'may be replaced, snapshot': 'may replace it: a snapshot would keep its data, and the service would work with an empty new one',
  'not known': 'what becomes of it is known only when it is done',
} as const

export type Loss = keyof typeof losses

export function reasonOf(loss: Loss): string | undefined {
  return losses[loss]
}

/** What becomes of the old resource, by the words that CloudFormation uses in a change set. Another word is none that we know. */
type Policy = 'deleted' | 'kept' | 'snapshot' | 'unsaid' | 'unknown'

const policies: Readonly<Record<string, Policy>> = {
  Delete: 'deleted',
  ReplaceAndDelete: 'deleted',
  Retain: 'kept',
  ReplaceAndRetain: 'kept',
  Snapshot: 'snapshot',
  ReplaceAndSnapshot: 'snapshot',
}

const removal: Readonly<Record<Policy, Loss>> = {
  deleted: 'removed',
  kept: 'nothing',
  snapshot: 'removed, snapshot',
  unsaid: 'removed',
  unknown: 'not known',
}

const replacement: Readonly<Record<Policy, Loss>> = {
  deleted: 'replaced',
  kept: 'replaced, kept',
  snapshot: 'replaced, snapshot',
  unsaid: 'replaced, unsaid',
  unknown: 'not known',
}

const possibleReplacement: Readonly<Record<Policy, Loss>> = {
  deleted: 'may be replaced',
  kept: 'may be replaced, kept',
  snapshot: 'may be replaced, snapshot',
  unsaid: 'may be replaced',
  unknown: 'not known',
}

/**
 * What a change does to a stateful resource: total over everything that a change set may say, known words and others. Source:
 * CloudFormation API reference, ResourceChange: Action, Replacement, PolicyAction.
 */
export function lossOf({ action, policyAction, replacement: replaces }: ResourceChange, ruled: Ruled): Loss {
  const policy = policyAction === undefined || policyAction === '' ? 'unsaid' : known(policyAction)
  switch (action) {
    case 'Add':
    case 'Import':
    case 'SyncWithActual':
      return 'nothing'
    case 'Remove':
      return removal[policy]
    case 'Modify':
      if (replaces === 'True') return replacement[policy]
      // A policy of replacement beside the word that there is none contradicts it.
      if (replaces === 'False') return policy === 'unsaid' ? 'nothing' : possibleReplacement[policy]
      return ruled === 'out' ? 'nothing' : possibleReplacement[policy]
    case 'Dynamic':
      return 'not known'
    default:
      return otherwise(action)
  }
}

function known(word: string): Policy {
  return (Object.hasOwn(policies, word) ? policies[word] : undefined) ?? 'unknown'
}

/** An action that this version does not know. */
function otherwise(_: never): Loss {
  return 'not known'
}

/** True if only what is known of the type can tell whether a change replaces the resource. */
export function asksKnowledge({ action, replacement: replaces }: ResourceChange): boolean {
  return action === 'Modify' && replaces !== 'True' && replaces !== 'False'
}

/** The path of a changed property below `Properties`; undefined for another attribute, such as tags, none of which replaces a resource. */
export function propertyPath({ attribute, name, path }: PropertyChange): readonly string[] | undefined {
  if (attribute !== 'Properties') return undefined
  const steps = (path ?? '').split('/').filter((step) => step !== '' && step !== 'Properties')
  return steps.length > 0 ? steps : name === undefined ? [] : [name]
}
