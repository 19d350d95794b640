import { describe } from '@jest/globals'
import { virtualClock } from '../../world/clock.ts'
import { fakeGitHub } from '../../world/github/github.ts'
import { commit, gitHubDeploymentsContract } from './github-deployments.contract.ts'

describe('the deployments over the GitHub in memory', () => {
  gitHubDeploymentsContract(async () => {
    const github = fakeGitHub(virtualClock())
    return {
      settings: { url: github.url, fetch: github.fetch },
      token: github.token,
      push: github.push,
      falls: github.falls,
      other(payload) {
        const body = { ref: commit(1), task: 'deploy:delivery', environment: 'staging', payload }
        const headers = { authorization: `token ${github.token}` }
        return github.handle({ method: 'POST', path: '/repos/acme/delivery/deployments', query: {}, headers, body })
      },
      deployments: () =>
        github.deployments.map(({ id, statuses }) => ({
          id,
          statuses: statuses.map(({ description, log_url, environment_url }) => ({ description, log: log_url, url: environment_url })),
        })),
      queries: () => github.requests.map(({ query }) => query),
    }
  })
})
