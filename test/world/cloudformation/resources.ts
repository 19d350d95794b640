import { after, type Task, tell } from './course.ts'
import { type Layout, placeOf, scopeOf } from './layout.ts'
import type { Account, Members, Moment, Pause, Resource, StackRecord, Target } from './model.ts'
import { Answer } from './refusal.ts'
import { evaluateMembers } from './resolve.ts'
import { givenName, physicalIdOf, recreationOf, standardDeletionPolicy, taggable, unacceptable } from './types.ts'
import { same } from './values.ts'

/** An operation under way on a stack. */
export interface Operation {
  readonly account: Account
  readonly stack: StackRecord
  readonly token: string
}

/** What was done to a resource, to be taken back if the operation fails. */
export interface Step {
  readonly before: Resource | undefined
  /** Absent if nothing new came to be. */
  readonly made: Resource | undefined
}

/** Why a resource fails, if it does: by its property `Fail` when it is made or changed, or because the test said so. */
export function ailing({ account, stack }: Operation, logicalId: string, moment: Moment, properties: Members = {}): string | undefined {
  if (typeof properties.Fail === 'string' && (moment === 'create' || moment === 'update')) return properties.Fail
  for (const ailment of account.ailments) {
    const here = ailment.logicalId === logicalId && (ailment.stack === undefined || ailment.stack === stack.name)
    if (here && ailment.when.includes(moment)) return ailment.reason
  }
  return undefined
}

/** How long a resource takes: its property `Seconds`, or what is usual; without an end while it is held. */
export function duration({ account, stack }: Operation, logicalId: string, properties: Members): Pause {
  const seconds = properties.Seconds
  const due = after(account, seconds === undefined ? account.timing.resource : Number(seconds) * 1_000)
  const key = `${stack.name}/${logicalId}`
  let released = 0
  return () => {
    if (account.held.has(key)) released = Number.POSITIVE_INFINITY
    else if (released === Number.POSITIVE_INFINITY) released = account.time
    return Math.max(due(), released)
  }
}

const keyOf = ({ type, physicalId }: Resource): string => `${type} ${physicalId}`

/** Makes or changes a resource as its target says: not at all if nothing of it differs. What it does, it notes in `steps`. */
export function applying(operation: Operation, target: Target, layout: Layout, logicalId: string, steps: Step[]): Task {
  const { account, stack, token } = operation
  const before = stack.resources.get(logicalId)
  const verb = before ? 'UPDATE' : 'CREATE'
  const unmade = before ?? { logicalId, type: target.template.resources[logicalId]?.type ?? '' }
  let next: Resource | undefined
  let made = false
  let failure: string | undefined

  function start(): Pause {
    const draft = drafted(operation, target, layout, logicalId, before)
    if (before && typeof draft !== 'string' && !differs(before, draft)) return after(account, 0)
    const replaced = before && typeof draft !== 'string' && draft.physicalId !== before.physicalId
    tell(account, stack, token, unmade, `${verb}_IN_PROGRESS`, replaced ? replacing : undefined)
    failure = typeof draft === 'string' ? draft : refused(operation, before, draft)
    if (typeof draft === 'string' || failure !== undefined) return after(account, account.timing.resource)
    next = draft
    made = draft.physicalId !== before?.physicalId
    if (made) {
      account.existing.set(keyOf(draft), stack.id)
      tell(account, stack, token, draft, `${verb}_IN_PROGRESS`, 'Resource creation Initiated')
    }
    return duration(operation, logicalId, draft.properties)
  }

  function finish(): string | undefined {
    if (next)
      failure ??= unacceptable(next.type, next.properties) ?? ailing(operation, logicalId, before ? 'update' : 'create', next.properties)
    if (failure !== undefined) stop(failure)
    else if (next) {
      stack.resources.set(logicalId, next)
      tell(account, stack, token, next, `${verb}_COMPLETE`)
      steps.push({ before, made: made ? next : undefined })
    }
    return failure
  }

  function stop(reason: string): void {
    if (next && made) account.existing.delete(keyOf(next))
    tell(account, stack, token, made && next ? next : unmade, `${verb}_FAILED`, reason)
    steps.push({ before, made: undefined })
  }

  function cancel(): void {
    if (next || failure !== undefined) stop(`Resource ${before ? 'update' : 'creation'} cancelled`)
  }

  return { logicalId, needs: layout.needs.get(logicalId) ?? [], start, finish, cancel }
}

const replacing = 'Requested update requires the creation of a new physical resource; hence creating one.'

/** The resource as the target wants it: with the physical id it has, unless a change asks for a new one. A text says why it has no value. */
function drafted(operation: Operation, target: Target, layout: Layout, logicalId: string, before: Resource | undefined): Resource | string {
  const { account, stack } = operation
  const definition = target.template.resources[logicalId]
  if (!definition) throw new Error(`${logicalId} is not in the template`)
  const { type, metadata, deletionPolicy, updateReplacePolicy } = definition
  let properties: Members
  try {
    properties = evaluateMembers(definition.properties, scopeOf(account, stack, target, layout, stack.resources))
  } catch (error) {
    if (error instanceof Answer) return error.message
    throw error
  }
  const replaced = before !== undefined && changedNames(before.properties, properties).some((name) => recreationOf(type, name) === 'Always')
  account.count += 1
  const fresh = () => physicalIdOf(type, logicalId, properties, stack.name, account.count, placeOf(account))
  return {
    logicalId,
    type,
    physicalId: before && !replaced ? before.physicalId : fresh(),
    properties,
    metadata,
    tags: target.tags,
    ...(deletionPolicy === undefined ? {} : { deletionPolicy }),
    ...(updateReplacePolicy === undefined ? {} : { updateReplacePolicy }),
  }
}

function changedNames(before: Members, after: Members): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !same(before[name], after[name]))
}

function differs(before: Resource, after: Resource): boolean {
  return (
    !same(before.properties, after.properties) ||
    !same(before.metadata, after.metadata) ||
    before.deletionPolicy !== after.deletionPolicy ||
    before.updateReplacePolicy !== after.updateReplacePolicy ||
    (taggable(before.type) && !same(before.tags, after.tags))
  )
}

/** Why a resource cannot be made or changed at all: its name is taken, or it would have to be replaced by one of the same name. */
function refused({ account, stack }: Operation, before: Resource | undefined, draft: Resource): string | undefined {
  const named = givenName(draft.type, draft.properties)
  if (before?.physicalId === draft.physicalId) {
    const replaced = changedNames(before.properties, draft.properties).some((name) => recreationOf(draft.type, name) === 'Always')
    if (!replaced) return undefined
    return `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${named} and update the stack again.`
  }
  if (!account.existing.has(keyOf(draft))) return undefined
  const owner = account.existing.get(keyOf(draft))
  return owner === undefined || owner === stack.id ? `${named} already exists` : `${named} already exists in stack ${owner}`
}

/** Puts a resource back to what it was. */
export function reverting(operation: Operation, before: Resource): Task {
  const { account, stack, token } = operation
  return {
    logicalId: before.logicalId,
    needs: [],
    start: () => {
      tell(account, stack, token, before, 'UPDATE_IN_PROGRESS')
      return after(account, account.timing.resource)
    },
    finish: () => {
      const failure = ailing(operation, before.logicalId, 'rollback')
      if (failure === undefined) stack.resources.set(before.logicalId, before)
      tell(account, stack, token, before, failure === undefined ? 'UPDATE_COMPLETE' : 'UPDATE_FAILED', failure)
      return failure
    },
    cancel: () => tell(account, stack, token, before, 'UPDATE_FAILED', 'Resource update cancelled'),
  }
}

/** Takes a resource away, or leaves it where it is if its policy says so. */
export function removing(operation: Operation, resource: Resource, needs: readonly string[] = [], policy = policyOf(resource)): Task {
  const { account, stack, token } = operation
  const { logicalId } = resource
  const kept = policy === 'Retain'
  function finish(): string | undefined {
    const failure = kept ? undefined : ailing(operation, logicalId, 'delete')
    tell(account, stack, token, resource, kept ? 'DELETE_SKIPPED' : failure === undefined ? 'DELETE_COMPLETE' : 'DELETE_FAILED', failure)
    if (failure !== undefined) return failure
    if (kept) account.existing.set(keyOf(resource), undefined)
    else account.existing.delete(keyOf(resource))
    if (stack.resources.get(logicalId) === resource) stack.resources.delete(logicalId)
    return undefined
  }
  return {
    logicalId,
    needs,
    start: () => {
      if (kept) return after(account, 0)
      tell(account, stack, token, resource, 'DELETE_IN_PROGRESS')
      return duration(operation, logicalId, resource.properties)
    },
    finish,
    cancel: () => {},
  }
}

/** What becomes of a resource that goes. A snapshot is taken and the resource deleted all the same. */
export function policyOf({ deletionPolicy, type, properties }: Resource): string {
  const policy = deletionPolicy ?? standardDeletionPolicy(type, properties)
  return policy === 'RetainExceptOnCreate' ? 'Retain' : policy
}
