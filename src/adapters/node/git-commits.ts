import { type Commits, isCommit } from '../../ports/commits.ts'
import type { Processes } from '../../ports/processes.ts'

const GIT_MILLISECONDS = 10_000

/**
 * The history that is in a working directory. Of a shallow one no more is known than it holds: what was cut off makes 'unknown', or at the
 * worst 'diverged', never 'behind'.
 */
export function gitCommits(processes: Processes, folder: string): Commits {
  return {
    async compare(base, head) {
      if (!isCommit(base) || !isCommit(head)) return 'unknown'
      if (base === head) return 'same'
      const limits = { folder, timeoutMilliseconds: GIT_MILLISECONDS }
      // Not --is-ancestor, whose only answer is its exit code.
      const found = (await processes.run('git', ['merge-base', base, head], limits).catch(() => undefined))?.trim() ?? ''
      if (!isCommit(found)) return 'unknown'
      return found === base ? 'ahead' : found === head ? 'behind' : 'diverged'
    },
  }
}
