import type { Digest } from '../digest.ts'
import type { Attempt } from './record.ts'

/**
 * True of an attempt after which its release is the present one: it changed something, whatever came of it, or it succeeded, and so saw
 * all of its release live, though there was nothing to change (a rollback after CloudFormation had rolled back by itself, say).
 */
function leftItself({ changed, outcome }: Attempt): boolean {
  return changed || outcome === 'succeeded'
}

/** The present release after an attempt. Null if nothing was ever put live. */
export function present(last: Attempt | undefined): Digest | null {
  if (last === undefined) return null
  return leftItself(last) ? last.release : last.previous
}

/**
 * What a rollback goes back to: of the releases that succeeded before the present one was first attempted here, the newest. So a second
 * rollback goes further back, and none returns to what a rollback left. An attempt that left nothing of itself does not count as one.
 * Undefined if there is nothing to go back to.
 * @param attempts oldest first
 */
export function rollbackTarget(attempts: readonly Attempt[]): Digest | undefined {
  const now = present(attempts.at(-1))
  if (now === null) return undefined
  const first = attempts.findIndex((attempt) => leftItself(attempt) && attempt.release === now)
  return attempts.slice(0, Math.max(0, first)).findLast(({ outcome, release }) => outcome === 'succeeded' && release !== now)?.release
}

/** Every release that was ever deployed, each once, newest first. */
export function everDeployed(attempts: readonly Attempt[]): readonly Digest[] {
  return [...new Set(attempts.toReversed().map(({ release }) => release))]
}
