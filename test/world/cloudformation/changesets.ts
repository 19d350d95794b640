import type { ChangeSet, ChangeSetRef, ChangeSetRequest } from '../../../src/stack/stacks.ts'
import { planOf } from './changes.ts'
import { after, begin, enter, timeOf } from './course.ts'
import { layOut } from './layout.ts'
import type { Account, ChangeSetRecord, Course, StackRecord, Target } from './model.ts'
import { creating, updating } from './operations.ts'
import { parameterValues } from './parameters.ts'
import { checkReferences } from './references.ts'
import { invalid, refusal } from './refusal.ts'
import { checkCapabilities, checkRequest, checkToken } from './requests.ts'
import { arnOf, findStack, goStale, liveStack, mayChange } from './stacks.ts'
import { readTemplate } from './template.ts'

/** CreateChangeSet, once the template's text is there. Everything that can be refused is refused here, before a shell comes to be. */
export function createChangeSet(account: Account, request: ChangeSetRequest, text: string): ChangeSetRef {
  checkRequest(request)
  const existing = request.type === 'CREATE' ? shellOf(account, request) : updatable(account, request)
  const template = readTemplate(text)
  checkReferences(template)
  checkCapabilities(template, request.capabilities)
  const target: Target = { template, parameters: parameterValues(template, request, existing?.live), tags: request.tags }
  const written = JSON.stringify({ ...request, stack: existing?.name ?? request.stack, template: text })
  const repeated = existing?.changeSets.find((changeSet) => changeSet.name === request.name)
  if (existing && repeated) return again(existing, repeated, written, request)

  const stack = existing ?? shellFor(account, request.stack)
  const plan = planOf(account, stack, target, layOut(account, stack, target))
  if (!existing) open(account, stack)
  const id = arnOf(account, `changeSet/${request.name}`)
  const { type, token, role } = request
  const changeSet: ChangeSetRecord = {
    ...{ id, name: request.name, type, token, request: written, target, ...(role === undefined ? {} : { role }) },
    ...{ status: 'CREATE_PENDING', execution: 'UNAVAILABLE', changes: [] },
  }
  stack.changeSets.push(changeSet)
  begin(account, stack, planning(account, changeSet, plan))
  return { id, name: request.name, stackId: stack.id }
}

function* planning(account: Account, changeSet: ChangeSetRecord, { changes, executable }: ReturnType<typeof planOf>): Course {
  yield after(account, account.timing.pending)
  changeSet.status = 'CREATE_IN_PROGRESS'
  yield after(account, account.timing.planning)
  if (changeSet.execution === 'OBSOLETE' || changeSet.status !== 'CREATE_IN_PROGRESS') return
  if (!executable) {
    changeSet.status = 'FAILED'
    changeSet.reason = account.emptyReason
    return
  }
  changeSet.status = 'CREATE_COMPLETE'
  changeSet.execution = 'AVAILABLE'
  changeSet.changes = changes
}

function shellOf(account: Account, { stack: nameOrId, name }: ChangeSetRequest): StackRecord | undefined {
  const stack = liveStack(account, nameOrId)
  if (!stack && nameOrId.startsWith('arn:')) throw invalid(`Stack [${nameOrId}] does not exist`)
  if (!stack || stack.status === 'REVIEW_IN_PROGRESS') return stack
  throw invalid(`Stack [${stack.name}] already exists and cannot be created again with the changeSet [${name}].`)
}

function updatable(account: Account, { stack: nameOrId }: ChangeSetRequest): StackRecord {
  const stack = liveStack(account, nameOrId)
  if (!stack) throw invalid(`Stack [${nameOrId}] does not exist`)
  if (mayChange(stack.status) === 'no') throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`)
  return stack
}

/** A change set of this name is there: the same request again is the same change set; another one is refused. */
function again(stack: StackRecord, there: ChangeSetRecord, written: string, request: ChangeSetRequest): ChangeSetRef {
  if (there.token !== request.token) {
    throw refusal(
      'AlreadyExistsException',
      `ChangeSet ${request.name} cannot be created due to a mismatch with existing attribute ClientToken`,
    )
  }
  if (there.request !== written) {
    throw refusal(
      'AlreadyExistsException',
      `ChangeSet ${request.name} cannot be created due to a mismatch with existing attribute Template`,
    )
  }
  return { id: there.id, name: there.name, stackId: stack.id }
}

/** A stack without resources, for its first change set. It shows neither tags nor parameters. */
function shellFor(account: Account, name: string): StackRecord {
  return {
    ...{ id: arnOf(account, `stack/${name}`), name, created: timeOf(account), status: 'REVIEW_IN_PROGRESS', outputs: {} },
    ...{ terminationProtection: false, resources: new Map(), events: [], changeSets: [], tokens: new Set() },
  }
}

function open(account: Account, shell: StackRecord): void {
  account.stacks.set(shell.id, shell)
  enter(account, shell, '', 'REVIEW_IN_PROGRESS', 'User Initiated')
}

/** DescribeChangeSet; undefined if it is gone. That of a deleted stack can still be read. */
export function describeChangeSet(account: Account, ref: ChangeSetRef): ChangeSet | undefined {
  const [stack, record] = locate(account, ref) ?? []
  if (!stack || !record) return undefined
  const { id, name, status, execution, reason, changes } = record
  return { id, name, stackId: stack.id, status, execution, ...(reason === undefined ? {} : { reason }), changes }
}

/** ListChangeSets; none for a stack that is not there. */
export function listChangeSets(account: Account, nameOrId: string): readonly ChangeSetRef[] {
  const stack = findStack(account, nameOrId)
  return (stack?.changeSets ?? []).map(({ id, name }) => ({ id, name, stackId: stack?.id ?? '' }))
}

/** DeleteChangeSet. The shell of a CREATE change set stays. */
export function deleteChangeSet(account: Account, ref: ChangeSetRef): void {
  const [stack, record] = locate(account, ref) ?? []
  if (!stack || !record) return
  if (record.status === 'DELETE_IN_PROGRESS') return
  if (record.execution === 'EXECUTE_IN_PROGRESS' || /^CREATE_(PENDING|IN_PROGRESS)$/.test(record.status)) {
    throw refusal(
      'InvalidChangeSetStatusException',
      `ChangeSet [${record.id}] cannot be deleted in its current status of [${record.status}]`,
    )
  }
  begin(account, stack, forgetting(account, stack, record))
}

function* forgetting(account: Account, stack: StackRecord, record: ChangeSetRecord): Course {
  record.status = 'DELETE_IN_PROGRESS'
  record.execution = 'UNAVAILABLE'
  if (account.timing.forgetting > 0) yield after(account, account.timing.forgetting)
  const index = stack.changeSets.indexOf(record)
  if (index >= 0) stack.changeSets.splice(index, 1)
}

/** ExecuteChangeSet. */
export function executeChangeSet(account: Account, ref: ChangeSetRef, token: string): void {
  checkToken('clientRequestToken', token)
  const [stack, record] = locate(account, ref) ?? []
  if (!stack || !record) throw refusal('ChangeSetNotFoundException', `ChangeSet [${ref.id}] does not exist`)
  if (record.executedWith === token && account.repeats === 'accepted') return
  if (record.status !== 'CREATE_COMPLETE') {
    throw refusal(
      'InvalidChangeSetStatusException',
      `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status}]`,
    )
  }
  if (record.execution !== 'AVAILABLE') {
    throw refusal(
      'InvalidChangeSetStatusException',
      `ChangeSet [${record.id}] cannot be executed in its current execution status of [${record.execution}]`,
    )
  }
  if (stack.tokens.has(token)) throw refusal('TokenAlreadyExistsException', 'A client request token already exists.')
  refuseState(stack, record)
  stack.tokens.add(token)
  record.executedWith = token
  if (record.role !== undefined) stack.role = record.role
  record.execution = 'EXECUTE_IN_PROGRESS'
  supersede(account, stack, record)
  goStale(account, stack)
  const operation = { account, stack, token }
  begin(account, stack, record.type === 'CREATE' ? creating(operation, record) : updating(operation, record))
}

function refuseState(stack: StackRecord, { type }: ChangeSetRecord): void {
  if (type === 'CREATE' ? stack.status === 'REVIEW_IN_PROGRESS' : mayChange(stack.status) === 'yes') return
  if (mayChange(stack.status) === 'without rollback') {
    throw invalid(
      `This stack is currently in a non-terminal [${stack.status}] state. To update the stack from this state, please use the disable-rollback parameter with execute-change-set API. To rollback to the last known good state, use the rollback-stack API`,
    )
  }
  throw invalid(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`)
}

/** What becomes of the other change sets of a stack once one is executed. */
function supersede(account: Account, stack: StackRecord, executed: ChangeSetRecord): void {
  for (const other of [...stack.changeSets]) {
    if (other === executed || other.executedWith !== undefined) continue
    other.execution = 'OBSOLETE'
    if (account.siblings === 'deleted') stack.changeSets.splice(stack.changeSets.indexOf(other), 1)
  }
}

function locate(account: Account, { id }: ChangeSetRef): readonly [StackRecord, ChangeSetRecord] | undefined {
  for (const stack of account.stacks.values()) {
    const record = stack.changeSets.find((changeSet) => changeSet.id === id)
    if (record) return [stack, record]
  }
  return undefined
}
