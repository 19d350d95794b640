import { afterEach, describe, expect } from '@jest/globals'
import type { Fault } from '../../../local/github/fault.ts'
import { tokenFor } from '../../../local/github/permission.ts'
import { type GitHub, startGitHub } from '../../../local/github/server.ts'
import type { Outage } from '../../world/github/outages.ts'
import { commit, gitHubDeploymentsContract } from './github-deployments.contract.ts'

/** What the stand-in calls each outage. */
const faults: Readonly<Record<Outage, Fault>> = {
  down: 'unavailable',
  'bad gateway': 'bad gateway',
  unreachable: 'drop request',
  hanging: 'hang',
  lost: 'drop reply',
  'out of quota': 'rate limit',
  'secondary limit': 'secondary rate limit',
  'too many': 'too many',
  forbidden: 'no permission',
  conflict: 'conflict',
  merged: 'merged',
}

describe('the deployments over a server that is held to what GitHub says of itself', () => {
  const started: GitHub[] = []
  afterEach(async () => {
    for (const github of started.splice(0)) {
      expect(github.violations).toEqual([])
      await github.stop()
    }
  })

  gitHubDeploymentsContract(async () => {
    const github = await startGitHub()
    started.push(github)
    const { commits, deployments } = github.repository('acme/delivery', { id: 42, ownerId: 1 })
    const token = tokenFor({ contents: 'read', deployments: 'write' })
    return {
      settings: { url: github.url },
      token,
      push: (sha, parent) => void commits.set(sha, { sha, parents: parent === undefined ? [] : [parent], message: 'a change' }),
      falls: (outage) => void github.fail(faults[outage]),
      other: (payload) =>
        fetch(`${github.url}/repos/acme/delivery/deployments`, {
          method: 'POST',
          headers: { authorization: `bearer ${token}` },
          body: JSON.stringify({
            ...{ ref: commit(1), task: 'deploy:delivery', environment: 'staging', payload },
            ...{ auto_merge: false, required_contexts: [] },
          }),
        }),
      deployments: () =>
        [...deployments.values()].map(({ id, statuses }) => ({
          id,
          statuses: statuses.map(({ description, logUrl, environmentUrl }) => ({ description, log: logUrl, url: environmentUrl })),
        })),
      queries: () => github.requests.map(({ url }) => Object.fromEntries(new URL(url, github.url).searchParams)),
    }
  })
})
