import type { ServerResponse } from 'node:http'
import { type Answer, json, said, send } from './answer.ts'

/** What GitHub, or the way to it, can do to a request. */
export type Fault =
  /** 403: the hour's requests are spent. */
  | 'rate limit'
  /** 403: too much at once. */
  | 'secondary rate limit'
  /** 429: too much at once, and no word of how long. */
  | 'too many'
  /** 409: what is asked for a new deployment meets checks that failed. */
  | 'conflict'
  /** 202: the default branch was merged in, and nothing deployed. */
  | 'merged'
  /** 403: the token may not do it. */
  | 'no permission'
  /** 503 with a page instead of JSON. */
  | 'unavailable'
  /** 502. */
  | 'bad gateway'
  /** Nothing is ever answered. */
  | 'hang'
  /** The connection breaks, and nothing is done. */
  | 'drop request'
  /** It is done, and the connection breaks before a reply. */
  | 'drop reply'

const PAGE = '<html><body><h1>Unicorn!</h1></body></html>'

/** 403, as GitHub answers a token that may not do it. @param needed such as `deployments=write`. */
export function forbidden(needed: string): Answer {
  return said(403, 'Resource not accessible by integration', { 'x-accepted-github-permissions': needed })
}

/** 401. */
export const unauthorised = said(401, 'Bad credentials')

/** How long a spent quota lasts, in seconds. */
const QUOTA_BACK_AFTER = 1_380

const refusals: Readonly<Record<Exclude<Fault, 'hang' | 'rate limit' | 'drop request' | 'drop reply'>, Answer>> = {
  'secondary rate limit': said(403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', {
    'retry-after': '60',
  }),
  'too many': said(429, 'Too many requests'),
  conflict: said(409, 'Conflict: Commit status checks failed for main.'),
  merged: json(202, { message: 'Auto-merged main into topic on deployment.' }),
  'no permission': forbidden(''),
  unavailable: { status: 503, headers: { 'content-type': 'text/html' }, body: PAGE },
  'bad gateway': { status: 502, headers: { 'content-type': 'text/html' }, body: PAGE },
}

/** 403 with the end of the hour, by the clock that the reply's own date is of. */
function spent(): Answer {
  return said(403, 'API rate limit exceeded for installation ID 1.', {
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': '1000',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1_000) + QUOTA_BACK_AFTER),
    'x-ratelimit-resource': 'core',
  })
}

/** Does the fault to a request. True if nothing more is to be done about the request. */
export function inflict(fault: Fault, response: ServerResponse): boolean {
  if (fault === 'drop reply') return false
  if (fault === 'drop request') response.destroy()
  else if (fault === 'rate limit') send(response, spent())
  else if (fault !== 'hang') send(response, refusals[fault])
  return true
}
