import { createHash } from 'node:crypto'
import type { StackStatus } from '../../../src/stack/stacks.ts'
import type { Account, Course, Pause, Resource, StackRecord } from './model.ts'

/** One resource's part in an operation. */
export interface Task {
  readonly logicalId: string
  readonly needs: readonly string[]
  /** Begins, and tells when it will be done; the time is asked again whenever time passes. */
  start(): Pause
  /** Ends, and tells why it failed if it did. */
  finish(): string | undefined
  /** Is told that another one failed while it was under way. */
  cancel(): void
}

/** Begins something about a stack that goes on as time passes; as far as it can go now, it goes at once. */
export function begin(account: Account, { id: owner }: StackRecord, course: Course): void {
  const first = course.next()
  if (first.done) return
  account.courses.push({ course, owner, pause: first.value })
  catchUp(account, account.time)
}

/** Works out everything that happens until `now`, in the order of time. Nothing happens between two looks. */
export function catchUp(account: Account, now: number): void {
  for (;;) {
    let next: Account['courses'][number] | undefined
    for (const each of account.courses) if (!next || each.pause() < next.pause()) next = each
    const due = next?.pause() ?? Number.POSITIVE_INFINITY
    if (!next || due > now) break
    account.time = Math.max(account.time, due)
    const step = next.course.next()
    if (step.done) account.courses.splice(account.courses.indexOf(next), 1)
    else next.pause = step.value
  }
  account.time = Math.max(account.time, now)
}

export function after(account: Account, milliseconds: number): Pause {
  const due = account.time + milliseconds
  return () => due
}

/**
 * Does tasks side by side, each as soon as those it needs are done. When one fails, those under way are cancelled and nothing more begins;
 * or the others go on, all but those that need it.
 * @returns the logical ids of those that failed by themselves
 */
export function* together(
  account: Account,
  tasks: readonly Task[],
  atFailure: 'stop' | 'carry on' = 'stop',
): Generator<Pause, readonly string[], void> {
  const names = new Set(tasks.map((task) => task.logicalId))
  const done = new Set<string>()
  const failed: string[] = []
  let waiting = tasks
  let running: readonly { readonly task: Task; readonly due: Pause }[] = []
  for (;;) {
    const ready = waiting.filter((task) => task.needs.every((need) => done.has(need) || !names.has(need)))
    waiting = waiting.filter((task) => !ready.includes(task))
    running = [...running, ...ready.map((task) => ({ task, due: task.start() }))]
    if (running.length === 0) return failed
    const under = running
    yield () => Math.min(...under.map((each) => each.due()))
    const over = running.filter((each) => each.due() <= account.time)
    running = running.filter((each) => !over.includes(each))
    for (const { task } of over) {
      if (task.finish() === undefined) done.add(task.logicalId)
      else failed.push(task.logicalId)
    }
    if (failed.length === 0 || atFailure === 'carry on') continue
    for (const { task } of running) task.cancel()
    return failed
  }
}

/** The calendar's time as CloudFormation prints it. */
export function timeOf(account: Account): string {
  return new Date(account.epoch + account.time).toISOString()
}

/** An id that no other thing has, and the same in every run. */
export function uuid(account: Account, what: string): string {
  account.count += 1
  const hex = createHash('sha256').update(`${account.number}/${account.region}/${what}/${account.count}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}

/** Says something of a resource in the stack's events. */
export function tell(
  account: Account,
  stack: StackRecord,
  token: string,
  resource: Pick<Resource, 'logicalId' | 'type'> & { readonly physicalId?: string },
  status: string,
  reason?: string,
): void {
  const { logicalId, type, physicalId } = resource
  stack.events.push({
    id: uuid(account, `event ${stack.name}`),
    time: timeOf(account),
    logicalId,
    ...(physicalId === undefined ? {} : { physicalId }),
    type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(token === '' ? {} : { token }),
  })
}

/** Moves a stack to a status, with its event. */
export function enter(account: Account, stack: StackRecord, token: string, status: StackStatus, reason?: string): void {
  stack.status = status
  if (reason === undefined) delete stack.reason
  else stack.reason = reason
  tell(account, stack, token, { logicalId: stack.name, physicalId: stack.id, type: 'AWS::CloudFormation::Stack' }, status, reason)
}
