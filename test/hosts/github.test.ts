import { describe, expect, test } from '@jest/globals'
import { gitHubParts } from '../../src/hosts/github.ts'
import type { Log } from '../../src/log.ts'

const there = { GITHUB_API_URL: 'https://api.github.test', GITHUB_REPOSITORY: 'acme/delivery' }
const inActions = { ...there, GITHUB_ACTIONS: 'true' }

async function parts(
  token: string | undefined,
  variables: Readonly<Record<string, string>>,
): Promise<{ gitHubDeployments: boolean; commits: boolean; lines: string[] }> {
  const lines: string[] = []
  const log: Log = { info: (text) => void lines.push(text), warn: (text) => void lines.push(`warning: ${text}`), progress() {} }
  const world = gitHubParts(token, variables, log)
  return { gitHubDeployments: (await world.gitHubDeployments()) !== undefined, commits: (await world.commits()) !== undefined, lines }
}

describe("GitHub's parts of the world", () => {
  test('are there with a token and a repository', async () => {
    expect(await parts('ghs_1', inActions)).toEqual({ gitHubDeployments: true, commits: true, lines: [] })
  })

  test.each<[string, string | undefined, Readonly<Record<string, string>>, string[]]>([
    ['without a token', undefined, there, []],
    ['without a token in a workflow', undefined, inActions, ['GitHub is not told of deployments: that needs a token']],
    ['with an empty token', '', inActions, ['GitHub is not told of deployments: that needs a token']],
    ['without a repository', 'ghs_1', {}, []],
    [
      'without a repository in a workflow',
      'ghs_1',
      { GITHUB_ACTIONS: 'true' },
      ['GitHub is not told of deployments: that needs GITHUB_REPOSITORY and GITHUB_API_URL'],
    ],
  ])('are none %s', async (_, token, variables, lines) => {
    expect(await parts(token, variables)).toEqual({ gitHubDeployments: false, commits: false, lines })
  })
})
