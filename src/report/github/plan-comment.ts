import type { Comment, Comments } from '../../ports/pull-request-comments.ts'
import { markerOf, type PlanNote, planParts, readMarker, runNumber } from './plan-parts.ts'

/** The comments that show a plan. */
export interface PostedPlan {
  /** The address of the first comment. */
  readonly url: string
  readonly result: 'created' | 'updated' | 'unchanged' | 'left to a newer run'
}

/**
 * Shows a plan on the pull request: in the comments that exist for this service and environment, else in new ones. A comment that has not
 * changed is not written again, and surplus comments are deleted. The plan of a newer run stays: if two runs post at the same time, the
 * newer one wins, and the next run removes what both wrote.
 */
export async function postPlan(comments: Comments, note: PlanNote): Promise<PostedPlan> {
  const bodies = planParts(note)
  const there = await comments.own(markerOf(note))
  const newest = await newerOf(comments, there, runNumber(note.run))
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

/** How many claims to be newer are looked up. */
const MOST_CLAIMS = 10

/**
 * The comment of a newer run, if there is one. Any workflow that comments here can write any number, so it counts only if GitHub knows a run
 * of that number that is of the same workflow and pull request, and came later. Else the comment is written over like any other.
 * @param own GitHub's id of this run; 0 if it is not known
 */
async function newerOf(comments: Comments, there: readonly Comment[], own: number): Promise<Comment | undefined> {
  const claimed = there.flatMap((comment) => {
    const run = readMarker(comment.body)?.run ?? 0
    return run > own ? [{ comment, run }] : []
  })
  if (claimed.length === 0 || own === 0) return undefined
  const ours = await comments.run(own)
  if (ours === undefined) return undefined
  for (const { comment, run } of claimed.slice(0, MOST_CLAIMS)) {
    const other = await comments.run(run)
    const isOurs = other?.workflow === ours.workflow && other.pullRequests.includes(comments.pullRequest.number)
    if (isOurs && other.number > ours.number) return comment
  }
  return undefined
}

/** The oldest comment for each part of this plan: it is the highest on the page, where people saw it before. */
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

/** True if two texts differ only in the run that wrote them. GitHub may store other line ends than it was sent. */
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
