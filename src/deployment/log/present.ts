import type { Digest } from '../../digest.ts'
import type { Attempt } from './record.ts'

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

/**
 * What a rollback goes back to: of the releases that succeeded before the present one was first attempted here, the newest. So a second
 * rollback goes further back, and none returns to what a rollback left. An attempt that left nothing of itself does not count as one. What
 * something else put live under a version of its own is gone back from like a release, and never gone back to: nobody could apply it.
 * Undefined if there is nothing to go back to.
 * @param attempts oldest first
 */
export function rollbackTarget(attempts: readonly Attempt[]): Digest | undefined {
  const now = attempts.findLast(leftItself)
  if (now === undefined) return undefined
  const first = attempts.findIndex((attempt) => leftItself(attempt) && isSame(attempt, now))
  const before = attempts.slice(0, first)
  return (
    before.findLast((attempt) => attempt.outcome === 'succeeded' && attempt.release !== null && !isSame(attempt, now))?.release ?? undefined
  )
}

/** Every release that was ever deployed, each once, newest first. */
export function everDeployed(attempts: readonly Attempt[]): readonly Digest[] {
  return [...new Set(attempts.toReversed().flatMap(({ release }) => release ?? []))]
}

function isSame(one: Attempt, other: Attempt): boolean {
  return one.release === other.release && one.version === other.version
}
