import type { Commits, Relation } from '../../ports/commits.ts'
import type { GitHubApi } from './api.ts'

/** GitHub's word for how the head stands to the base. Source: GitHub's REST API, "Compare two commits". */
const relations: Readonly<Record<string, Relation>> = { identical: 'same', ahead: 'ahead', behind: 'behind', diverged: 'diverged' }

/** A commit id as GitHub has them: nothing else is ever sent. */
const commitId = /^[0-9a-f]{40}$/

/** The history that GitHub has of a repository. What it has not (history that was rewritten), or does not tell, is unknown. */
export function gitHubCommits({ owner, repo, request }: GitHubApi): Commits {
  return {
    async compare(base, head) {
      if (!commitId.test(base) || !commitId.test(head)) return 'unknown'
      if (base === head) return 'same'
      try {
        const { data } = await request('GET /repos/{owner}/{repo}/compare/{basehead}', {
          owner,
          repo,
          basehead: `${base}...${head}`,
          per_page: 1,
        })
        return relations[data.status] ?? 'unknown'
      } catch {
        return 'unknown'
      }
    },
  }
}
