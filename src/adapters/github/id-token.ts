import { TowpathError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { factsOf } from '../aws/facts.ts'

/** Where a job of GitHub Actions asks who it is, and the bearer token that it asks with. */
export interface IdTokenSource {
  readonly url: string
  readonly bearer: string
}

/** Time, chance and the network, so that a test can hold them. */
export interface Pace {
  readonly clock: Pick<Clock, 'sleep'>
  /** From 0 to below 1. */
  random(): number
  /** By default Node's own. */
  readonly send?: typeof fetch | undefined
}

const ATTEMPTS = 5
/** How long one request may take, in milliseconds. */
const PATIENCE = 10_000

/** Where to ask; undefined outside of GitHub Actions, and in a job without `permissions: id-token: write`. Source: GitHub Docs, "OIDC reference". */
export function idTokenSource(environment: Readonly<Record<string, string | undefined>>): IdTokenSource | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = environment
  return url && bearer ? { url, bearer } : undefined
}

/**
 * A new ID token of this job, signed by GitHub, good for some minutes. Asked for again where there is no answer, or only "later". Throws
 * 'no-credentials' where GitHub refuses, and a transient 'failed' where it does not answer. Neither token is in any message.
 */
export async function idToken({ url, bearer }: IdTokenSource, audience: string, pace: Pace): Promise<string> {
  // The address has a query already.
  const address = new URL(url)
  address.searchParams.set('audience', audience)
  let last = ''
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) await pace.clock.sleep(backoff(attempt - 1, pace))
    const answer = await ask(address, bearer, pace.send ?? fetch)
    if (typeof answer !== 'string') return answer.token
    last = answer
  }
  throw new TowpathError('failed', `GitHub gave no ID token in ${ATTEMPTS} attempts: ${last}`, {
    blame: 'service',
    transient: true,
    hint: 'GitHub has a problem of its own (https://www.githubstatus.com); run the job again',
  })
}

/** A wait that doubles with each attempt (from 1), up to 8 s, of which chance takes up to a half: jobs that began together part. */
export function backoff(attempt: number, { random }: Pick<Pace, 'random'>): number {
  const most = Math.min(8_000, 500 * 2 ** (attempt - 1))
  return Math.round(most * (0.5 + random() / 2))
}

/** The token, or why there is no answer that would be final. */
async function ask(address: URL, bearer: string, send: typeof fetch): Promise<{ readonly token: string } | string> {
  let reply: Response
  let body: unknown
  try {
    reply = await send(address, {
      headers: { authorization: `bearer ${bearer}`, accept: 'application/json; api-version=2.0' },
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    })
    body = await reply.json().catch(() => undefined)
  } catch (error) {
    const { errno, name } = factsOf(error)
    return errno ?? name
  }
  if (reply.status >= 500 || reply.status === 429 || reply.status === 408) return `HTTP ${reply.status}`
  if (!reply.ok)
    throw new TowpathError('no-credentials', `GitHub refused to give this job an ID token: HTTP ${reply.status}`, {
      hint: 'the job needs `permissions: id-token: write`, and so does the job that calls a reusable workflow',
    })
  const token = typeof body === 'object' && body !== null && 'value' in body ? body.value : undefined
  return typeof token === 'string' && token !== '' ? { token } : 'the answer holds no token'
}
