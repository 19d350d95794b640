import { TowpathError } from '../../errors.ts'
import type { Comment, Comments, PullRequest } from '../../ports/pull-request-comments.ts'
import type { GitHubApi } from './api.ts'

/** How many comments are asked for at once: the most that GitHub gives. */
const PAGE = 100
/** Nobody reads a conversation of more pages than this; neither do we. */
const MOST_PAGES = 50

/** Whom GITHUB_TOKEN writes as. Source: GitHub Docs, "GITHUB_TOKEN". */
const ACTIONS = 'github-actions[bot]'

interface Written extends Comment {
  readonly author: string | undefined
}

/** The conversation of a pull request, by GitHub's REST API for issue comments. */
export function gitHubComments({ owner, repo, request }: GitHubApi, pullRequest: PullRequest): Comments {
  const here = { owner, repo }
  const { number } = pullRequest

  async function asking<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw refusal(error, `${what} on pull request ${number}`, pullRequest)
    }
  }

  async function all(): Promise<readonly Written[]> {
    const found: Written[] = []
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { data } = await request('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...here,
        issue_number: number,
        per_page: PAGE,
        page,
      })
      found.push(...data.map(commentOf))
      if (data.length < PAGE) break
    }
    return found
  }

  /**
   * Our own name. An app's token may not ask for it by REST, and GITHUB_TOKEN is one: the name is then that of Actions, unless what we
   * look for is by another machine account, in which case GraphQL knows. https://github.com/marocchino/sticky-pull-request-comment/pull/332
   */
  async function ourName(authors: readonly (string | undefined)[]): Promise<string | undefined> {
    const user = await request('GET /user').catch((error: unknown) => {
      if (statusOf(error) === 401) throw error
    })
    if (user) return user.data.login
    if (authors.every((author) => author === ACTIONS || !author?.endsWith('[bot]'))) return ACTIONS
    const viewer = await request('POST /graphql', { query: 'query { viewer { login } }' }).catch(() => undefined)
    return viewerIn(viewer?.data) ?? ACTIONS
  }

  return {
    pullRequest,
    own: (beginning) =>
      asking('the comments', async () => {
        const marked = (await all()).filter(({ body }) => body.startsWith(beginning))
        if (marked.length === 0) return []
        const name = await ourName(marked.map(({ author }) => author))
        return marked.filter(({ author }) => author === name).sort((one, other) => one.id - other.id)
      }),
    async run(id) {
      try {
        const { data } = await request('GET /repos/{owner}/{repo}/actions/runs/{run_id}', { ...here, run_id: id })
        return {
          workflow: data.workflow_id,
          number: data.run_number,
          pullRequests: (data.pull_requests ?? []).map((pull) => Number(pull.number)),
        }
      } catch {
        return undefined
      }
    },
    create: (body) =>
      asking('a new comment', async () => {
        const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
        return commentOf((await request(route, { ...here, issue_number: number, body })).data)
      }),
    replace: (id, body) =>
      asking(`comment ${id}`, async () => {
        const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
        const answer = await request(route, { ...here, comment_id: id, body }).catch(gone)
        return answer === 'gone' ? answer : commentOf(answer.data)
      }),
    remove: (id) =>
      asking(`comment ${id}`, async () => {
        await request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...here, comment_id: id }).catch(gone)
      }),
  }
}

function commentOf(data: {
  readonly id: number | bigint
  readonly body?: string | undefined
  readonly html_url: string
  readonly user: { readonly login: string } | null
}): Written {
  return { id: Number(data.id), body: data.body ?? '', url: data.html_url, author: data.user?.login }
}

function viewerIn(data: unknown): string | undefined {
  const { data: { viewer: { login = undefined } = {} } = {} } = (data ?? {}) as { data?: { viewer?: { login?: unknown } } }
  return typeof login === 'string' ? login : undefined
}

function gone(error: unknown): 'gone' {
  const status = statusOf(error)
  if (status === 404 || status === 410) return 'gone'
  throw error
}

function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number' ? error.status : undefined
}

/** The words of what began it: where nothing answers, octokit's own are `Unknown Error`. */
function reasonOf(error: unknown): string {
  let first = error
  while (first instanceof Error && first.cause instanceof Error) first = first.cause
  return first instanceof Error ? first.message : String(first)
}

/** GitHub's refusals in our words. */
function refusal(error: unknown, what: string, { stranger }: PullRequest): TowpathError {
  const status = statusOf(error)
  const said = reasonOf(error)
  const message = `GitHub refused ${what}${status === undefined ? '' : ` (${status})`}: ${said}`
  if (status === 403 && /rate limit|abuse/i.test(said))
    return new TowpathError('failed', message, { blame: 'service', cause: error, hint: 'run it again later' })
  if (status === 401 || status === 403) {
    const permission = "give the job the permission 'pull-requests: write' (or 'issues: write')"
    const hint =
      stranger === undefined
        ? permission
        : `a pull request from ${stranger === 'fork' ? 'a fork' : 'Dependabot'} gets a token that only reads`
    return new TowpathError('denied', message, { cause: error, hint })
  }
  if (status === 404)
    return new TowpathError('not-found', message, {
      cause: error,
      hint: "give the job the permission 'pull-requests: write', without which GitHub shows a private repository to nobody",
    })
  return new TowpathError('failed', `GitHub gave no answer on ${what}: ${said}`, {
    blame: 'service',
    cause: error,
    hint: 'run it again later',
  })
}
