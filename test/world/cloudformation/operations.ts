import type { StackStatus } from '../../../src/stack/stacks.ts'
import { after, enter, timeOf, together } from './course.ts'
import { layOut, outputsOf, scopeOf } from './layout.ts'
import type { ChangeSetRecord, Course, Pause, Resource } from './model.ts'
import { applying, type Operation, policyOf, removing, reverting, type Step } from './resources.ts'

/** Executes a CREATE change set. Source of the statuses and texts: recorded stack events of AWS. */
export function* creating(operation: Operation, changeSet: ChangeSetRecord): Course {
  const { account, stack, token } = operation
  const { target } = changeSet
  stack.live = target
  stack.updated = timeOf(account)
  enter(account, stack, token, 'CREATE_IN_PROGRESS', 'User Initiated')
  yield after(account, account.timing.phase)
  const layout = layOut(account, stack, target)
  const steps: Step[] = []
  const names = [...layout.needs.keys()]
  const failed = yield* together(
    account,
    names.map((name) => applying(operation, target, layout, name, steps)),
  )
  if (failed.length === 0) {
    stack.outputs = outputsOf(target, scopeOf(account, stack, target, layout, stack.resources))
    changeSet.execution = 'EXECUTE_COMPLETE'
    return enter(account, stack, token, 'CREATE_COMPLETE')
  }
  const reason = `The following resource(s) failed to create: [${failed.join(', ')}]. Rollback requested by user.`
  enter(account, stack, token, 'ROLLBACK_IN_PROGRESS', reason)
  yield after(account, account.timing.phase)
  const made = [...stack.resources.values()].reverse()
  const stuck = yield* removal(operation, made, layout.needs, (resource) =>
    resource.deletionPolicy === 'RetainExceptOnCreate' ? 'Delete' : policyOf(resource),
  )
  changeSet.execution = 'EXECUTE_FAILED'
  settle(operation, stuck, 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED')
}

/** Executes an UPDATE change set. */
export function* updating(operation: Operation, changeSet: ChangeSetRecord): Course {
  const { account, stack, token } = operation
  const { target } = changeSet
  const previous = stack.live
  stack.live = target
  stack.updated = timeOf(account)
  enter(account, stack, token, 'UPDATE_IN_PROGRESS', 'User Initiated')
  yield after(account, account.timing.phase)
  const layout = layOut(account, stack, target)
  const old = previous ? layOut(account, stack, previous).needs : layout.needs
  const steps: Step[] = []
  const names = [...layout.needs.keys()]
  const failed = yield* together(
    account,
    names.map((name) => applying(operation, target, layout, name, steps)),
  )
  if (failed.length > 0) {
    if (previous) stack.live = previous
    changeSet.execution = 'EXECUTE_FAILED'
    const kind = steps.some((step) => step.before && failed.includes(step.before.logicalId)) ? 'update' : 'create'
    enter(account, stack, token, 'UPDATE_ROLLBACK_IN_PROGRESS', `The following resource(s) failed to ${kind}: [${failed.join(', ')}]. `)
    return yield* rollingBack(operation, steps)
  }
  stack.outputs = outputsOf(target, scopeOf(account, stack, target, layout, stack.resources))
  changeSet.execution = 'EXECUTE_COMPLETE'
  enter(account, stack, token, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS')
  yield after(account, account.timing.phase)
  const replaced = steps.flatMap(({ before, made }) => (before && made ? [before] : []))
  yield* removal(operation, replaced, old, ({ logicalId }) => target.template.resources[logicalId]?.updateReplacePolicy ?? 'Delete')
  const gone = [...stack.resources.values()].filter((resource) => !layout.needs.has(resource.logicalId))
  yield* removal(operation, gone, old, policyOf)
  // What could not be deleted is no longer the stack's: AWS forgets it and still calls the update complete.
  for (const { logicalId } of gone) stack.resources.delete(logicalId)
  enter(account, stack, token, 'UPDATE_COMPLETE')
}

/** Takes an update back: first what was changed, then, as a clean-up, what was made. */
function* rollingBack(operation: Operation, steps: readonly Step[]): Course {
  const { account, stack, token } = operation
  yield after(account, account.timing.phase)
  const changed = steps.flatMap(({ before }) => (before ? [before] : [])).reverse()
  const stuck = yield* together(
    account,
    changed.map((before) => reverting(operation, before)),
  )
  if (stuck.length > 0) return settle(operation, stuck, 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED')
  enter(account, stack, token, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS')
  yield after(account, account.timing.phase)
  const made = steps.flatMap((step) => (step.made ? [step.made] : [])).reverse()
  yield* removal(operation, made, new Map(), () => 'Delete')
  for (const { before, made: fresh } of steps) if (!before && fresh) stack.resources.delete(fresh.logicalId)
  enter(account, stack, token, 'UPDATE_ROLLBACK_COMPLETE')
}

/** Deletes a stack, or what is left of it. */
export function* deleting(operation: Operation): Course {
  const { account, stack, token } = operation
  enter(account, stack, token, 'DELETE_IN_PROGRESS', 'User Initiated')
  yield after(account, account.timing.phase)
  const needs = stack.live ? layOut(account, stack, stack.live).needs : new Map<string, readonly string[]>()
  const stuck = yield* removal(operation, [...stack.resources.values()].reverse(), needs, policyOf)
  if (stuck.length === 0) stack.outputs = {}
  settle(operation, stuck, 'DELETE_COMPLETE', 'DELETE_FAILED')
}

/** Deletes resources, each after those that need it. One that cannot be deleted keeps only what it needs. */
function removal(
  operation: Operation,
  resources: readonly Resource[],
  needs: ReadonlyMap<string, readonly string[]>,
  policy: (resource: Resource) => string,
): Generator<Pause, readonly string[], void> {
  const names = resources.map((resource) => resource.logicalId)
  const neededBy = (name: string): readonly string[] => names.filter((other) => needs.get(other)?.includes(name))
  const tasks = resources.map((resource) => removing(operation, resource, neededBy(resource.logicalId), policy(resource)))
  return together(operation.account, tasks, 'carry on')
}

/** Ends in one of two ways, naming what could not be done. */
function settle({ account, stack, token }: Operation, stuck: readonly string[], good: StackStatus, bad: StackStatus): void {
  const verb = bad === 'UPDATE_ROLLBACK_FAILED' ? 'update' : 'delete'
  if (stuck.length === 0) enter(account, stack, token, good)
  else enter(account, stack, token, bad, `The following resource(s) failed to ${verb}: [${stuck.join(', ')}]. `)
}
