import type { Link } from '../render/summary.ts'
import type { Variables } from './action-inputs.ts'

/** Links to the run and the commit, as far as the runner says what they are. Source: GitHub Docs, "Default environment variables". */
export function runLinks(variables: Variables): readonly Link[] {
  const {
    GITHUB_SERVER_URL = 'https://github.com',
    GITHUB_REPOSITORY = '',
    GITHUB_RUN_ID = '',
    GITHUB_RUN_ATTEMPT = '',
    GITHUB_SHA = '',
  } = variables
  // A name that GitHub cannot have made gets no link.
  if (!/^https?:\/\/[\w.:-]+$/.test(GITHUB_SERVER_URL) || !/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY)) return []
  const repository = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`
  const attempt = /^\d+$/.test(GITHUB_RUN_ATTEMPT) ? `/attempts/${GITHUB_RUN_ATTEMPT}` : ''
  return [
    ...(/^\d+$/.test(GITHUB_RUN_ID) ? [{ text: 'log of the run', url: `${repository}/actions/runs/${GITHUB_RUN_ID}${attempt}` }] : []),
    ...(/^[0-9a-f]{40}$/.test(GITHUB_SHA) ? [{ text: `commit ${GITHUB_SHA.slice(0, 7)}`, url: `${repository}/commit/${GITHUB_SHA}` }] : []),
  ]
}
