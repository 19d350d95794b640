import type { Comment, Comments } from '../../ports/pull-request-comments.ts'
import { markerOf, type PlanNote, planParts, readMarker, runNumber } from './plan-parts.ts'

/** What became of a plan's comments. */
export interface PostedPlan {
  /** Of the first of them. */
  readonly url: string
  readonly result: 'created' | 'updated' | 'unchanged' | 'left to a newer run'
}

/**
 * Shows a plan on the pull request: in the comments that are there for this service and environment, else in new ones. What has not changed
 * is not written, what there are too many of is deleted, and a newer run's plan is left alone: of two runs at once the newer one wins, and
 * what they wrote twice is put right by the next.
 */
export async function postPlan(comments: Comments, note: PlanNote): Promise<PostedPlan> {
  const bodies = planParts(note)
  const there = await comments.own(markerOf(note))
  const newest = there.find(({ body }) => (readMarker(body)?.run ?? 0) > runNumber(note.run))
  if (newest) return { url: newest.url, result: 'left to a newer run' }
  const places = placed(there, bodies.length)
  const written: Comment[] = []
  for (const [index, body] of bodies.entries()) written.push(await put(comments, places.get(index + 1), body))
  const kept = new Set(written.map(({ id }) => id))
  const surplus = there.filter(({ id }) => !kept.has(id))
  for (const { id } of surplus) await comments.remove(id)
  const [first] = written
  const isSame = surplus.length === 0 && written.every((comment) => there.includes(comment))
  return { url: first?.url ?? '', result: isSame ? 'unchanged' : there.length === 0 ? 'created' : 'updated' }
}

/** The oldest comment for each part that there still is: it stands highest, where people have seen it before. */
function placed(there: readonly Comment[], parts: number): ReadonlyMap<number, Comment> {
  const places = new Map<number, Comment>()
  for (const comment of there) {
    const part = readMarker(comment.body)?.part ?? 0
    if (part >= 1 && part <= parts && !places.has(part)) places.set(part, comment)
  }
  return places
}

async function put(comments: Comments, there: Comment | undefined, body: string): Promise<Comment> {
  if (there === undefined) return comments.create(body)
  if (isSame(there.body, body)) return there
  const replaced = await comments.replace(there.id, body)
  return replaced === 'gone' ? comments.create(body) : replaced
}

/** True if two texts differ in nothing but the run that wrote them. GitHub may keep other line ends than it was given. */
function isSame(one: string, other: string): boolean {
  return withoutRun(one) === withoutRun(other)
}

function withoutRun(body: string): string {
  return body
    .replaceAll('\r\n', '\n')
    .trimEnd()
    .replace(/ run \d+ -->/, ' -->')
    .replace(/\/actions\/runs\/\d+\)/, ')')
}
