import type { World } from '../commands/world.ts'
import { TowpathError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Variables } from './action-inputs.ts'

/**
 * GitHub's parts of the world. Its client is loaded, and a request sent, only when one of them is used. They are undefined without a token
 * or without a known repository (GITHUB_REPOSITORY, GITHUB_API_URL); in a workflow the log says so.
 */
export function gitHubParts(
  token: string | undefined,
  variables: Variables,
  log: Log,
): Pick<World, 'gitHubDeployments' | 'commits' | 'comments' | 'repository'> {
  const { GITHUB_API_URL: url, GITHUB_REPOSITORY: repository, GITHUB_ACTIONS } = variables
  const api = async () => {
    if (!token || !url || !repository) return undefined
    const { gitHubApi } = await import('../adapters/github/api.ts')
    return gitHubApi({ url, repository, token })
  }
  return {
    async gitHubDeployments() {
      const found = await api()
      if (found) return (await import('../adapters/github/deployments.ts')).gitHubDeployments(found)
      const missing = token ? 'GITHUB_REPOSITORY and GITHUB_API_URL' : 'a token'
      if (GITHUB_ACTIONS === 'true') log.info(`GitHub is not told of deployments: that needs ${missing}`)
      return undefined
    },
    async comments() {
      const { pullRequestOf } = await import('../adapters/github/pull-request.ts')
      const pullRequest = await pullRequestOf(variables)
      if (pullRequest === undefined) return undefined
      const found = await api()
      if (found === undefined)
        throw new TowpathError('no-credentials', 'there is no GitHub token', {
          hint: "give the input 'github-token', or GITHUB_TOKEN in the environment",
        })
      return (await import('../adapters/github/comments.ts')).gitHubComments(found, pullRequest)
    },
    async repository(name) {
      const [{ gitHubApi }, { gitHubRepository }] = await Promise.all([
        import('../adapters/github/api.ts'),
        import('../adapters/github/repository.ts'),
      ])
      return gitHubRepository(
        gitHubApi({ url: url || 'https://api.github.com', repository: name, token: token || undefined }),
        token || undefined,
      )
    },
    async commits() {
      const found = await api()
      return found && (await import('../adapters/github/commits.ts')).gitHubCommits(found)
    },
  }
}
