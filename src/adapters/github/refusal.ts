import { TowpathError } from '../../errors.ts'
import { OutOfQuota } from '../../ports/github-deployments.ts'

/** What was asked, for whoever reads that it was refused. */
export interface RefusedRequest {
  /** As in `announce the deployment`. */
  readonly to: string
  /** The permission of the token that it takes, as a workflow writes it. */
  readonly permission: string
}

/** How long to ask nothing where GitHub does not say it, in milliseconds. Source: GitHub Docs, "Rate limits for the REST API". */
const A_MINUTE = 60_000

/** The longest text of GitHub's that is shown. */
const LONGEST = 200

/** What octokit threw, in our words. The token is in none of them, nor is octokit's error, which holds the request. */
export function refusal(thrown: unknown, { to, permission }: RefusedRequest): TowpathError {
  const reply = replyIn(thrown)
  if (reply === undefined) return unanswered(to, thrown)
  const { status, headers } = reply
  const said = messageIn(reply.data)
  const wait = quotaWait(status, headers, said)
  if (wait !== undefined) return new OutOfQuota(`GitHub's quota is used up: ask again in ${Math.ceil(wait / 60_000)} min`, wait)
  const text = `GitHub refused to ${to} (${status}${said === '' ? '' : `: ${said}`})`
  if (status === 401) return new TowpathError('denied', text, { hint: 'the token is no longer good: a job may have ended, or its time' })
  if (status === 403) {
    const permit = /not accessible/i.test(said) ? { hint: `give the job the permission '${permission}'` } : {}
    return new TowpathError('denied', text, permit)
  }
  if (status === 404 || (status === 422 && /no ref found/i.test(said))) return new TowpathError('not-found', text)
  if (status === 409 || status < 500) return new TowpathError('conflict', text, { blame: 'service' })
  return new TowpathError('failed', `GitHub could not ${to} (${status})`, { blame: 'service', transient: true })
}

type Headers = Readonly<Record<string, string | number | undefined>>

interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly data: unknown
}

/** GitHub's reply, as octokit's RequestError holds it; undefined if there was none. */
function replyIn(thrown: unknown): Reply | undefined {
  return thrown instanceof Error && 'response' in thrown ? (thrown.response as Reply | undefined) : undefined
}

function unanswered(to: string, thrown: unknown): TowpathError {
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return new TowpathError('failed', `GitHub gave no answer when it was to ${to}: ${why.slice(0, LONGEST)}`, {
    blame: 'service',
    transient: true,
  })
}

/** GitHub's own words, from JSON only: a page of HTML says nothing. A message such as 'Validation Failed' has what is wrong in its errors. */
function messageIn(data: unknown): string {
  if (typeof data !== 'object' || data === null) return ''
  const errors = 'errors' in data && Array.isArray(data.errors) ? data.errors : []
  const said = [data, ...errors].flatMap((part: unknown) =>
    typeof part === 'object' && part !== null && 'message' in part && typeof part.message === 'string' ? [part.message] : [],
  )
  return said.join(': ').slice(0, LONGEST).toWellFormed()
}

/** How long a quota is used up, in milliseconds; undefined if that is not what is wrong. */
function quotaWait(status: number, headers: Headers, said: string): number | undefined {
  if (status !== 403 && status !== 429) return undefined
  const seconds = Number(headers['retry-after'])
  if (headers['retry-after'] !== undefined && seconds >= 0) return seconds * 1_000
  if (String(headers['x-ratelimit-remaining']) === '0') return untilReset(headers)
  return status === 429 || /rate limit/i.test(said) ? A_MINUTE : undefined
}

/** Both times are GitHub's: our own clock may be another. */
function untilReset(headers: Headers): number {
  const wait = Number(headers['x-ratelimit-reset']) * 1_000 - Date.parse(String(headers.date))
  return Number.isFinite(wait) ? Math.max(wait, 1_000) : A_MINUTE
}
