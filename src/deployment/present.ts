import type { Digest } from '../digest.ts'
import type { DeploymentRecord } from './record.ts'

/** The present release after a record: that of the last attempt that changed anything, whatever came of it. */
export function present(last: DeploymentRecord | undefined): Digest | null {
  if (last === undefined) return null
  return last.changed ? last.release : last.previous
}

/**
 * What a rollback goes back to: of the releases that succeeded before the present one was first attempted here, the newest. So a second
 * rollback goes further back, and none returns to what a rollback left. Undefined if there is nothing to go back to.
 * @param records oldest first
 */
export function rollbackTarget(records: readonly DeploymentRecord[]): Digest | undefined {
  const now = present(records.at(-1))
  if (now === null) return undefined
  const firstAttempt = records.findIndex(({ release, changed }) => changed && release === now)
  return records.slice(0, Math.max(0, firstAttempt)).findLast(({ outcome, release }) => outcome === 'succeeded' && release !== now)?.release
}

/** Every release that was ever deployed, each once, newest first. */
export function everDeployed(records: readonly DeploymentRecord[]): readonly Digest[] {
  return [...new Set(records.toReversed().map(({ release }) => release))]
}
