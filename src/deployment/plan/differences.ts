import { canonicalJson, type Json } from '../../json.ts'
import { changeDifferences } from './change-differences.ts'
import { type PlanDocument, type PlannedStack, plannedStack } from './document.ts'
import type { StackPlan } from './plan-stack.ts'

/** One difference between a plan and the plan that was reviewed. */
export interface Difference {
  /** The stack that differs; null for a difference of the whole plan. */
  readonly stack: string | null
  readonly text: string
}

/** What a plan is made for. A plan that is made for something else is another plan. */
const subjects = ['release', 'environment', 'account', 'region', 'roles'] as const

/** What happens to a stack, in words. */
const actions: Readonly<Record<PlannedStack['action'], string>> = {
  create: 'created',
  update: 'updated',
  none: 'left as it is',
  remove: 'removed',
  keep: 'kept',
  adopt: 'adopted',
}

/**
 * The differences between a fresh plan and the plan that was reviewed; none if it may be applied as reviewed. Two things do not count. First,
 * a stack that already is what the reviewed plan would make of it: an earlier attempt to apply that plan did this part. Second, a stack whose
 * changes the reviewed plan left open, because it waited for other stacks, once those are done: its gates are judged on its actual changes.
 */
export function planDifferences(reviewed: PlanDocument, fresh: PlanDocument): readonly Difference[] {
  const now = new Map(fresh.stacks.map((stack) => [stack.stack, stack]))
  const before = new Set(reviewed.stacks.map(({ stack }) => stack))
  return [
    ...subjectDifferences(reviewed, fresh),
    ...reviewed.stacks.flatMap((stack) => {
      const found = now.get(stack.stack)
      return found ? stackDifferences(stack, found, now) : [{ stack: stack.stack, text: `stack '${stack.stack}' is in it no more` }]
    }),
    ...fresh.stacks.flatMap(({ stack }) => (before.has(stack) ? [] : [{ stack, text: `stack '${stack}' was not in it` }])),
  ]
}

/** The differences in what two plans are made for. */
export function subjectDifferences(
  reviewed: Pick<PlanDocument, (typeof subjects)[number]>,
  fresh: Partial<Pick<PlanDocument, (typeof subjects)[number]>>,
): readonly Difference[] {
  return subjects.flatMap((subject) => {
    const [was, is] = [reviewed[subject], fresh[subject]]
    return is === undefined || canonicalJson(was) === canonicalJson(is)
      ? []
      : [{ stack: null, text: `it is for ${subject} ${shown(was)}, and this is ${shown(is)}` }]
  })
}

type Now = ReadonlyMap<string, PlannedStack>

function stackDifferences(reviewed: PlannedStack, fresh: PlannedStack, now: Now): readonly Difference[] {
  const settled = isSettled(reviewed, fresh, now)
  const same = settled || reviewed.digest === fresh.digest
  if (same && fresh.action === 'none' && reviewed.action !== 'none' && (reviewed.id ?? fresh.id) === fresh.id) return []
  const texts = [
    ...moved(reviewed, fresh),
    ...(same ? [] : [content(reviewed, fresh)]),
    ...(reviewed.action === fresh.action ? [] : [`would be ${actions[fresh.action]}, and was to be ${actions[reviewed.action]}`]),
    ...(settled ? [] : changeDifferences(reviewed.changes, fresh.changes)),
  ]
  return texts.map((text) => ({ stack: reviewed.stack, text: `stack '${reviewed.stack}' ${text}` }))
}

/**
 * How a stack differs, when its turn comes, from what a plan says of it. What the plan leaves open is not compared, and changes that are not
 * known yet are not compared.
 */
export function boundDifferences(
  bound: PlannedStack,
  { stack, live, digest, changes }: Pick<StackPlan, 'stack' | 'live' | 'digest'> & Partial<Pick<StackPlan, 'changes'>>,
): readonly string[] {
  const fresh = plannedStack({ stack, action: bound.action, live, digest, changes: changes ?? [] })
  const open = waits(bound) !== undefined
  return [
    ...moved(bound, fresh),
    ...(open || bound.digest === digest ? [] : [content(bound, fresh)]),
    ...(open || changes === undefined ? [] : changeDifferences(bound.changes, fresh.changes)),
  ]
}

/** The differences that show that somebody else changed the stack. */
function moved(reviewed: Pick<PlannedStack, 'id' | 'time'>, fresh: Pick<PlannedStack, 'id' | 'time'>): readonly string[] {
  if (reviewed.id === null && fresh.id !== null) return ['is there now, and was not']
  if (reviewed.id !== null && fresh.id === null) return ['is gone, and was there']
  if (reviewed.id !== fresh.id) return ['was deleted and created anew']
  if (reviewed.time !== fresh.time) return [`moved since: it was last changed at ${fresh.time}, and had been at ${reviewed.time}`]
  return []
}

function content(reviewed: PlannedStack, fresh: PlannedStack): string {
  const [before, now] = [waits(reviewed), waits(fresh)]
  if (before === undefined && now === undefined) return 'would get another template, or other parameters or tags'
  if (before === undefined) return `waits for ${now?.join(', ')}, and did not`
  return now === undefined ? `waits for ${before.join(', ')} no more` : `waits for ${now.join(', ')}, and waited for ${before.join(', ')}`
}

/** True of a stack that the reviewed plan left open, if it waits for nothing new, and every stack it no longer waits for is done. */
function isSettled(reviewed: PlannedStack, fresh: PlannedStack, now: Now): boolean {
  const before = waits(reviewed)
  const still = waits(fresh) ?? []
  if (before === undefined || reviewed.digest === fresh.digest) return false
  const dropped = before.filter((stack) => !still.includes(stack))
  return still.every((stack) => before.includes(stack)) && dropped.every((stack) => now.get(stack)?.action === 'none')
}

/** The stacks that must be done before the content of this one is known; undefined if it is known. */
function waits({ digest }: Pick<PlannedStack, 'digest'>): readonly string[] | undefined {
  return digest.startsWith('after:') ? digest.slice('after:'.length).split(',') : undefined
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : canonicalJson(value)
}
