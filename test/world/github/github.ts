import { raceAbort } from '../../../src/abortable.ts'
import type { VirtualClock } from '../clock.ts'
import { type Outage, ofCreation, outageReply } from './outages.ts'
import { type FakeDeployment, repository } from './repository.ts'
import { reply, type Sent, type Told } from './sent.ts'

/**
 * GitHub's REST API in memory, for one repository, as far as Towpath uses it: see github.md for what it does as GitHub does. It is reached
 * by `fetch`, so that the real adapters, and octokit in them, are what a test runs.
 */
export interface FakeGitHub {
  readonly url: string
  readonly name: string
  readonly token: string
  /** Every request, in order of arrival, whatever came of it. A test may empty it. */
  readonly requests: Sent[]
  /** The deployments there are, oldest first. */
  readonly deployments: readonly FakeDeployment[]
  /** Makes a commit known. `parent` makes it the next after another. */
  push(commit: string, parent?: string): void
  /** Forgets a commit, as a forced push does. */
  forget(commit: string): void
  /** Puts the n-th request from now on (from 1) in an outage; without a number all of them, until `well`. */
  falls(outage: Outage, at?: (n: number, sent: Sent) => boolean): void
  well(): void
  handle(sent: Sent): Promise<Told>
  readonly fetch: typeof globalThis.fetch
}

export const owner = 'acme'
export const repo = 'delivery'

export function fakeGitHub(clock: Pick<VirtualClock, 'now'>, { token = 'gho_secret' } = {}): FakeGitHub {
  const there = repository(clock)
  const requests: Sent[] = []
  let current: { readonly outage: Outage; readonly at: (n: number, sent: Sent) => boolean } | undefined
  let counted = 0

  async function handle(sent: Sent): Promise<Told> {
    requests.push(sent)
    counted += 1
    if (sent.headers.authorization !== `token ${token}`) return reply(401, { message: 'Bad credentials' })
    const meets =
      current?.at(counted, sent) && (!ofCreation.has(current.outage) || (sent.method === 'POST' && sent.path.endsWith('/deployments')))
    const fallen = meets ? current?.outage : undefined
    return fallen === undefined ? there.answer(sent) : outageReply(fallen, () => there.answer(sent), clock.now())
  }

  const fetch = async (address: unknown, { method = 'GET', headers = {}, body, signal }: RequestInit = {}): Promise<Response> => {
    const { pathname, searchParams } = new URL(String(address))
    const answer = handle({
      method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: headers as Readonly<Record<string, string>>,
      body: typeof body === 'string' ? JSON.parse(body) : undefined,
    })
    const { status, headers: given, text } = await (signal ? raceAbort(signal, () => answer) : answer)
    // No more of a Response than octokit reads: a real one's body takes turns of the event loop, and virtual time would pass.
    return { status, url: String(address), headers: new Headers(given), text: async () => text } as Response
  }
  return {
    url: 'https://api.github.test',
    name: `${owner}/${repo}`,
    token,
    requests,
    deployments: there.deployments,
    push: there.push,
    forget: there.forget,
    falls(next, at = () => true) {
      counted = 0
      current = { outage: next, at }
    },
    well() {
      current = undefined
    },
    handle,
    fetch: fetch as typeof globalThis.fetch,
  }
}
