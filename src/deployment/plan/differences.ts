import type { Digest } from '../../digest.ts'
import { canonicalJson, type Json } from '../../json.ts'
import type { ResourceChange, Stack } from '../../stack/stacks.ts'
import { timeOf } from '../../stack/state.ts'
import { stacksAwaited } from '../target/decide.ts'
import type { OpenInput } from '../target/stack-in-release.ts'
import { changeDifferences } from './change-differences.ts'
import { normaliseChanges, type PlanDocument, type PlannedStack } from './document.ts'

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
 * a stack that already is what the reviewed plan would make of it: an earlier attempt to apply that plan did this part. Second, what comes of
 * an input that the reviewed plan left open: all other inputs are compared, and gates are judged on the actual changes.
 *
 * @param fresh its digests leave out what the reviewed plan left open
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
  const open = reviewed.open.length > 0
  const settled = isSettled(reviewed, fresh, now)
  const same = settled && reviewed.digest === fresh.digest
  const mayMove = open || reviewed.action !== 'none'
  if (same && fresh.action === 'none' && mayMove && fresh.open.length === 0 && (reviewed.id ?? fresh.id) === fresh.id) return []
  // An open input may make an update of no change, and the other way round.
  const sameAction = reviewed.action === fresh.action || (settled && open && reviewed.id !== null)
  const texts = [
    ...moved(reviewed, fresh),
    ...(settled ? [] : [waiting(reviewed, fresh)]),
    ...(reviewed.digest === fresh.digest ? [] : [CONTENT]),
    ...(sameAction ? [] : [`would be ${actions[fresh.action]}, and was to be ${actions[reviewed.action]}`]),
    ...(open ? [] : changeDifferences(reviewed.changes, fresh.changes)),
  ]
  return texts.map((text) => ({ stack: reviewed.stack, text: `stack '${reviewed.stack}' ${text}` }))
}

/** A stack as it is when its turn comes, and its change set, if there is one yet. */
export interface Turn {
  readonly live: Stack | undefined
  /** Of all that would be applied, without what the reviewed plan left open. */
  readonly digest: Digest
  readonly changes: readonly ResourceChange[] | undefined
}

/**
 * How a stack differs, when its turn comes, from what a plan says of it. Of what the plan leaves open neither the value nor what comes of it
 * is compared, and changes that are not known yet are not compared.
 */
export function boundDifferences(bound: PlannedStack, { live, digest, changes }: Turn): readonly string[] {
  const fresh = { id: live?.id ?? null, time: live ? timeOf(live) : null, role: live?.role ?? null }
  return [
    ...moved(bound, fresh),
    ...(bound.digest === digest ? [] : [CONTENT]),
    ...(bound.open.length > 0 || changes === undefined ? [] : changeDifferences(bound.changes, normaliseChanges(changes))),
  ]
}

/** The differences that show that somebody else changed the stack. */
function moved(reviewed: Pick<PlannedStack, 'id' | 'time' | 'role'>, fresh: Pick<PlannedStack, 'id' | 'time' | 'role'>): readonly string[] {
  if (reviewed.id === null && fresh.id !== null) return ['is there now, and was not']
  if (reviewed.id !== null && fresh.id === null) return ['is gone, and was there']
  if (reviewed.id !== fresh.id) return ['was deleted and created anew']
  if (reviewed.time !== fresh.time) return [`moved since: it was last changed at ${fresh.time}, and had been at ${reviewed.time}`]
  if (reviewed.role !== fresh.role) return [`is made with role ${fresh.role ?? 'none'}, and was with ${reviewed.role ?? 'none'}`]
  return []
}

const CONTENT = 'would get another template, or other parameters or tags'

function waiting(reviewed: PlannedStack, fresh: PlannedStack): string {
  const [before, now] = [stacksAwaited(reviewed.open).join(', '), stacksAwaited(fresh.open).join(', ')]
  if (before === '') return `waits for ${now}, and did not`
  return now === '' ? `waits for ${before} no more` : `waits for ${now}, and waited for ${before}`
}

/** True if a stack waits for nothing new, and every stack that it no longer waits for is done. */
function isSettled(reviewed: PlannedStack, fresh: PlannedStack, now: Now): boolean {
  const [before, still] = [new Set(reviewed.open.map(key)), new Set(fresh.open.map(key))]
  const dropped = stacksAwaited(reviewed.open.filter((input) => !still.has(key(input))))
  return fresh.open.every((input) => before.has(key(input))) && dropped.every((stack) => isDone(now.get(stack)))
}

function key({ parameter, from }: OpenInput): string {
  return `${parameter}=${from}`
}

function isDone(stack: PlannedStack | undefined): boolean {
  return stack?.action === 'none' && stack.open.length === 0
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : canonicalJson(value)
}
