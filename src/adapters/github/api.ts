import { Octokit } from '@octokit/core'

/** Where a repository is on GitHub, and how to be let in. */
export interface GitHubSettings {
  /** GITHUB_API_URL: `https://api.github.com`, or a server's own. */
  readonly url: string
  /** `owner/name`. */
  readonly repository: string
  /** Undefined: only what is public. */
  readonly token: string | undefined
  /** How long one request may take, in milliseconds. */
  readonly patience?: number
  /** What makes requests instead of Node's own. */
  readonly fetch?: typeof globalThis.fetch
}

/** GitHub's REST API for one repository. `request` knows the routes of GitHub's own description, with their types. */
export interface GitHubApi {
  readonly owner: string
  readonly repo: string
  readonly request: Octokit['request']
}

const PATIENCE = 10_000

const quiet = (): void => {}

/** Nothing is asked before the first request. A request that fails, or takes longer than the patience, throws octokit's error. */
export function gitHubApi({ url, repository, token, patience = PATIENCE, fetch = globalThis.fetch }: GitHubSettings): GitHubApi {
  const [owner = '', repo = ''] = repository.split('/')
  const { request } = new Octokit({
    ...(token === undefined ? {} : { auth: token }),
    baseUrl: url.replace(/\/+$/, ''),
    userAgent: 'towpath',
    // Without them octokit writes to the console, which the runner reads for commands.
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    request: {
      fetch: (address: string, options: RequestInit = {}) => {
        const late = AbortSignal.timeout(patience)
        return fetch(address, { ...options, signal: options.signal ? AbortSignal.any([options.signal, late]) : late })
      },
    },
  })
  return { owner, repo, request }
}
