/**
 * The parts of @actions/github that are used: the client that it is made of, and what it takes to get through a proxy. Its own modules read
 * the event on import, write to stdout if that file is missing, and bring routes and an HTTP client that take six times as long to load as
 * the client alone; its `exports` hide the parts: hence the paths. https://github.com/actions/toolkit/issues/1697
 */
import { getProxyUrl } from '../../../node_modules/@actions/http-client/lib/proxy.js'

export { Octokit } from '@octokit/core'

type Fetch = typeof globalThis.fetch

/** What makes requests to an address: Node's own, or @actions/github's where HTTPS_PROXY, HTTP_PROXY and NO_PROXY name a proxy for it. */
export function fetchFor(url: string): Fetch {
  if (getProxyUrl(new URL(url)) === undefined) return globalThis.fetch
  let made: Promise<Fetch> | undefined
  return async (address, options) => {
    made ??= proxyFetch(url)
    return (await made)(address, options)
  }
}

async function proxyFetch(url: string): Promise<Fetch> {
  const { getProxyFetch } = await import('../../../node_modules/@actions/github/lib/internal/utils.js')
  return getProxyFetch(url) as Fetch
}
