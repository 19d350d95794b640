import { TowpathError } from '../../errors.ts'
import type { GitHubRepository } from '../../ports/github-repository.ts'
import type { GitHubApi } from './api.ts'
import { refusal } from './refusal.ts'

/** Asks GitHub for a repository. Throws 'not-found' where it shows none: a private one needs a token that may see it. */
export async function gitHubRepository({ owner, repo, request }: GitHubApi, token: string | undefined): Promise<GitHubRepository> {
  try {
    const { data } = await request('GET /repos/{owner}/{repo}', { owner, repo })
    return {
      name: data.full_name,
      id: String(data.id),
      ownerId: String(data.owner.id),
      branch: data.default_branch,
      made: new Date(data.created_at),
    }
  } catch (error) {
    const refused = refusal(error, { to: `show the repository ${owner}/${repo}`, permission: 'contents: read' })
    if (refused.code !== 'not-found' || token !== undefined) throw refused
    throw new TowpathError('not-found', refused.message, {
      hint: 'a private repository needs a token: set GITHUB_TOKEN, as in GITHUB_TOKEN=$(gh auth token)',
    })
  }
}
