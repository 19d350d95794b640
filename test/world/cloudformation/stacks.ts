import type { Stack, StackEvent, StackStatus } from '../../../src/stack/stacks.ts'
import { begin, uuid } from './course.ts'
import type { Account, StackRecord } from './model.ts'
import { deleting } from './operations.ts'
import { echoed } from './parameters.ts'
import { invalid, refusal } from './refusal.ts'
import { checkToken } from './requests.ts'

/**
 * Whether a stack in each status takes an UPDATE change set, and its execution with rollback. Source: CloudFormation user guide,
 * stack status codes, and recorded refusals. A shell (REVIEW_IN_PROGRESS) takes only CREATE.
 */
const changeable: Readonly<Record<StackStatus, 'yes' | 'no' | 'without rollback'>> = {
  CREATE_COMPLETE: 'yes',
  UPDATE_COMPLETE: 'yes',
  IMPORT_COMPLETE: 'yes',
  UPDATE_ROLLBACK_COMPLETE: 'yes',
  IMPORT_ROLLBACK_COMPLETE: 'yes',
  CREATE_FAILED: 'without rollback',
  UPDATE_FAILED: 'without rollback',
  REVIEW_IN_PROGRESS: 'no',
  CREATE_IN_PROGRESS: 'no',
  UPDATE_IN_PROGRESS: 'no',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'no',
  IMPORT_IN_PROGRESS: 'no',
  ROLLBACK_IN_PROGRESS: 'no',
  ROLLBACK_COMPLETE: 'no',
  ROLLBACK_FAILED: 'no',
  UPDATE_ROLLBACK_IN_PROGRESS: 'no',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'no',
  UPDATE_ROLLBACK_FAILED: 'no',
  IMPORT_ROLLBACK_IN_PROGRESS: 'no',
  IMPORT_ROLLBACK_FAILED: 'no',
  DELETE_IN_PROGRESS: 'no',
  DELETE_FAILED: 'no',
  DELETE_COMPLETE: 'no',
}

export function mayChange(status: StackStatus): 'yes' | 'no' | 'without rollback' {
  return changeable[status]
}

export function arnOf(account: Account, resource: string): string {
  return `arn:aws:cloudformation:${account.region}:${account.number}:${resource}/${uuid(account, resource)}`
}

/** By id, deleted or not; by name, only one that is not deleted. */
export function findStack(account: Account, nameOrId: string): StackRecord | undefined {
  return (
    account.stacks.get(nameOrId) ??
    [...account.stacks.values()].find(({ name, status }) => name === nameOrId && status !== 'DELETE_COMPLETE')
  )
}

/** A stack that is not deleted. */
export function liveStack(account: Account, nameOrId: string): StackRecord | undefined {
  const stack = findStack(account, nameOrId)
  return stack?.status === 'DELETE_COMPLETE' ? undefined : stack
}

/** DescribeStacks of one. Until the stale answers are used up, it is as it was before the last operation began. */
export function describe(account: Account, nameOrId: string): Stack | undefined {
  const stack = findStack(account, nameOrId)
  if (!stack?.stale || stack.stale.left === 0) return stack && described(stack)
  stack.stale.left -= 1
  return stack.stale.answer
}

/** Makes the next answers stale, where the account does that. */
export function goStale(account: Account, stack: StackRecord): void {
  if (account.staleReads > 0) stack.stale = { answer: described(stack), left: account.staleReads }
}

/** A stack as it is. */
export function described({ id, name, status, created, updated, reason, live, outputs, terminationProtection, role }: StackRecord): Stack {
  return {
    ...{ id, name, status, created, outputs, terminationProtection },
    ...(reason === undefined ? {} : { reason }),
    ...(updated === undefined ? {} : { updated }),
    ...(role === undefined ? {} : { role }),
    parameters: live ? echoed(live) : {},
    tags: live?.tags ?? {},
  }
}

/** DescribeStackEvents, newest first, back to and without `until`. A name finds no deleted stack, an id does. */
export function events(account: Account, nameOrId: string, until?: string): readonly StackEvent[] {
  const stack = findStack(account, nameOrId)
  if (!stack) throw invalid(`Stack [${nameOrId}] does not exist`)
  const known = until === undefined ? -1 : stack.events.findIndex((event) => event.id === until)
  return stack.events.slice(known + 1).reverse()
}

/** DeleteStack; nothing happens if it is deleted already. */
export function deleteStack(account: Account, nameOrId: string, token: string, role?: string): void {
  checkToken('clientRequestToken', token)
  const stack = liveStack(account, nameOrId)
  if (!stack || stack.status === 'DELETE_IN_PROGRESS') return
  if (stack.terminationProtection) throw invalid(`Stack [${stack.id}] cannot be deleted while TerminationProtection is enabled`)
  if (stack.status.endsWith('_IN_PROGRESS') && stack.status !== 'REVIEW_IN_PROGRESS') {
    throw invalid(`Stack [${stack.name}] cannot be deleted while in status ${stack.status}`)
  }
  if (stack.tokens.has(token)) throw refusal('TokenAlreadyExistsException', 'A client request token already exists.')
  stack.tokens.add(token)
  if (role !== undefined) stack.role = role
  goStale(account, stack)
  begin(account, stack, deleting({ account, stack, token }))
}

/** UpdateTerminationProtection, to on. */
export function protect(account: Account, nameOrId: string): void {
  const stack = liveStack(account, nameOrId)
  if (!stack) throw invalid(`Stack [${nameOrId}] does not exist`)
  stack.terminationProtection = true
}
