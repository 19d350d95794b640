import type { Digest } from '../../digest.ts'
import type { Attempt, DeploymentRecord, StackRecord } from './record.ts'

/**
 * True of an attempt after which its release is the present one: it changed something, whatever came of it, or it succeeded, and so saw
 * all of its release live, though there was nothing to change (a rollback after CloudFormation had rolled back by itself, say).
 */
export function leftItself({ changed, outcome }: Pick<Attempt, 'changed' | 'outcome'>): boolean {
  return changed || outcome === 'succeeded'
}

/** The present release after an attempt. Null if nothing was ever put live, or what is live is no release of ours. */
export function present(last: Attempt | undefined): Digest | null {
  if (last === undefined) return null
  return leftItself(last) ? last.release : last.previous
}

/** The commit of the code that a deployment put live: that of its release's first deployment here, as far as it is known. */
export function codeOf({ kind, releaseCommit, origin }: Pick<DeploymentRecord, 'kind' | 'releaseCommit' | 'origin'>): string | null {
  return releaseCommit ?? (kind === 'rollback' ? null : origin.commit)
}

/**
 * The commit of a release's first deployment here, as a record has it: of a release that is deployed again at once, the one that the record
 * before has.
 */
export function releaseCommitOf(
  {
    release,
    kind,
    origin,
  }: Pick<DeploymentRecord, 'kind' | 'origin'> & { readonly release: { readonly id: Digest; readonly commit?: string | null } },
  last: DeploymentRecord | undefined,
): Pick<DeploymentRecord, 'releaseCommit'> {
  const before = last?.release === release.id ? codeOf(last) : null
  const commit = release.commit ?? before ?? (kind === 'rollback' ? null : origin.commit)
  return commit === null ? {} : { releaseCommit: commit }
}

/** An attempt as it is met on the way back. */
export interface SeenAttempt extends Attempt {
  /** The commit that its release was first deployed of here, where it is known. */
  readonly commit: string | null
  /** No later than this was its record written, by the bucket's clock, in milliseconds since 1970. */
  readonly written: number
}

/** How far two times of the bucket's clock may be out of order, in milliseconds. */
const SLACK = 5_000

/**
 * What a rollback goes back to: of the releases that succeeded before the present one was first attempted here, the newest. So a second
 * rollback goes further back, and none returns to what a rollback left. An attempt that left nothing of itself does not count as one. What
 * something else put live under a version of its own is gone back from like a release, and never gone back to: nobody could apply it.
 * Undefined if there is nothing to go back to.
 *
 * The way back ends as soon as it is certain that the present release was not attempted any earlier: it was not before it was stored.
 * @param attempts newest first; no more of them are read than it takes
 * @param storedAt when a release was stored, by the bucket's clock; undefined if nobody knows
 */
export async function rollbackTarget(
  attempts: AsyncIterable<SeenAttempt>,
  storedAt: (release: Digest) => Promise<number | undefined>,
): Promise<SeenAttempt | undefined> {
  let now: SeenAttempt | undefined
  let born: Promise<number | undefined> | undefined
  let target: SeenAttempt | undefined
  for await (const attempt of attempts) {
    if (leftItself(attempt) && now === undefined) now = attempt
    if (now === undefined) continue
    if (isSame(attempt, now)) {
      if (leftItself(attempt)) target = undefined
    } else if (target === undefined && attempt.outcome === 'succeeded' && attempt.release !== null) target = attempt
    if (target === undefined || now.release === null) continue
    born ??= storedAt(now.release)
    if (attempt.written + SLACK < ((await born) ?? 0)) break
  }
  return target
}

function isSame(one: Attempt, other: Attempt): boolean {
  return one.release === other.release && one.version === other.version
}

/** What a record says of a stack, under whatever name: a release may call a stack otherwise than the one before did. */
export function recordOfStack(
  record: DeploymentRecord | undefined,
  { stack, name }: { readonly stack: string; readonly name: string },
): StackRecord | undefined {
  const stacks: DeploymentRecord['stacks'] = record?.stacks ?? {}
  return stacks[stack] ?? Object.values(stacks).find((one) => one.name === name)
}
