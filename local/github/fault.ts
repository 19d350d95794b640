import type { ServerResponse } from 'node:http'
import { type Answer, said, send } from './answer.ts'

/** What GitHub, or the way to it, can do to a request. */
export type Fault =
  /** 403: the hour's requests are spent. */
  | 'rate limit'
  /** 403: too much at once. */
  | 'secondary rate limit'
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

const refusals: Readonly<Record<Exclude<Fault, 'hang' | 'drop request' | 'drop reply'>, Answer>> = {
  'rate limit': said(403, 'API rate limit exceeded for installation ID 1.', {
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': '1000',
    'x-ratelimit-reset': '1893456000',
    'x-ratelimit-resource': 'core',
  }),
  'secondary rate limit': said(403, 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.', {
    'retry-after': '60',
  }),
  'no permission': forbidden(''),
  unavailable: { status: 503, headers: { 'content-type': 'text/html' }, body: PAGE },
  'bad gateway': { status: 502, headers: { 'content-type': 'text/html' }, body: PAGE },
}

/** Does the fault to a request. True if nothing more is to be done about the request. */
export function inflict(fault: Fault, response: ServerResponse): boolean {
  if (fault === 'drop reply') return false
  if (fault === 'drop request') response.destroy()
  else if (fault !== 'hang') send(response, refusals[fault])
  return true
}
