import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Answer, json, said, send } from './answer.ts'
import { find } from './description.ts'
import { type Fault, inflict, unauthorised } from './fault.ts'
import { ISSUER, type Job, oidc } from './oidc.ts'
import { aRepositoryOnGitHub, type Repository } from './repository.ts'
import { type Asked, answer } from './rest.ts'

/** A request, and what became of it. */
export interface Seen {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** As GitHub's description names it, such as `repos/create-deployment`; `oidc` for an id token; undefined if there is no such thing. */
  readonly operation: string | undefined
  readonly body: unknown
  /** 0 as long as it was not answered. */
  readonly status: number
}

export interface GitHub {
  /** GITHUB_API_URL. The keys that sign the id tokens are at /jwks. */
  readonly url: string
  /** Every request, in order of arrival; no token is in it. */
  readonly requests: readonly Seen[]
  /** Every id token that was given. */
  readonly idTokens: readonly string[]
  /** Everything that was not as GitHub's description has it, on either side, a line each: a test wants none. */
  readonly violations: readonly string[]
  /** Adds a repository, `owner/name`. */
  repository(fullName: string, ids: { readonly id: number; readonly ownerId: number }): Repository
  /**
   * Lets a job ask for id tokens: gives what goes into ACTIONS_ID_TOKEN_REQUEST_TOKEN. The address is `<url>/oidc/token?api-version=2.0`;
   * who only knows them later adds `environment` and `job_workflow_ref` to it. What the job says of itself is read at each request.
   */
  admit(job: Job): string
  /**
   * Does a fault to requests of one operation, or to all of the REST API (the id tokens come from elsewhere: name `oidc` for them), as
   * often as is said or until what it gives is called.
   */
  fail(fault: Fault, options?: { readonly operation?: string; readonly times?: number }): () => void
  stop(): Promise<void>
}

interface Trouble {
  readonly fault: Fault
  readonly operation: string | undefined
  left: number
}

const EPOCH = Date.parse('2026-01-01T00:00:00Z')

/**
 * Starts a GitHub on loopback, on a free port, that knows no repository yet: the part of its REST API that is in openapi.json, and the
 * id tokens of its jobs. Its time is its own, a second later at each look.
 */
export async function startGitHub(): Promise<GitHub> {
  const requests: Seen[] = []
  const idTokens: string[] = []
  const violations: string[] = []
  const repositories = new Map<string, Repository>()
  const jobs = new Map<string, Job>()
  const troubles: Trouble[] = []
  let counted = 1000
  let seconds = 0
  const service = {
    repositories,
    violation: (line: string): void => void violations.push(line),
    number: () => ++counted,
    now: () => new Date(EPOCH + ++seconds * 1_000).toISOString().replace('.000', ''),
  }

  const tokens = oidc()
  const server = createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      violations.push(`the stand-in failed: ${error instanceof Error ? error.stack : String(error)}`)
      response.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a listening server has no port')
  const url = `http://127.0.0.1:${address.port}`

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = request
    const asked = { method, address: new URL(path, url), authorization: headers.authorization, body: asJson(await text(request)) }
    const found = find(method, asked.address.pathname)
    const operation = asked.address.pathname === '/oidc/token' ? 'oidc' : found?.operation.operationId
    requests.push({
      ...{ method, url: path, operation, body: asked.body },
      get status() {
        return response.headersSent ? response.statusCode : 0
      },
    })
    const trouble = troubles.find(
      (one) => one.left > 0 && (one.operation === undefined ? operation !== 'oidc' : one.operation === operation),
    )
    if (trouble) trouble.left -= 1
    if (trouble && inflict(trouble.fault, response)) return
    const reply = (await ofOidc(asked)) ?? answer(service, asked, found)
    if (trouble) response.destroy()
    else send(response, reply)
  }

  /** What belongs to the id tokens. */
  async function ofOidc({ address: { pathname, searchParams }, authorization = '' }: Asked): Promise<Answer | undefined> {
    if (pathname === '/.well-known/openid-configuration') return json(200, { issuer: ISSUER, jwks_uri: `${url}/jwks` })
    if (pathname === '/jwks') return json(200, { keys: await tokens.keys() })
    if (pathname !== '/oidc/token') return undefined
    const job = jobs.get(authorization.replace(/^bearer /i, ''))
    if (!job) return unauthorised
    // Source: actions/toolkit, packages/core/src/oidc-utils.ts.
    if (searchParams.get('api-version') !== '2.0') return said(400, 'api-version')
    const { environment, job_workflow_ref: jobWorkflow, audience } = Object.fromEntries(searchParams)
    const asking = { ...job, ...(environment ? { environment } : {}), ...(jobWorkflow ? { jobWorkflow } : {}) }
    const value = await tokens.token(asking, audience ?? `https://github.com/${job.repository.split('/')[0]}`)
    idTokens.push(value)
    return json(200, { count: 1, value })
  }

  return {
    url,
    requests,
    idTokens,
    violations,
    repository(fullName, { id, ownerId }) {
      const repository = aRepositoryOnGitHub(fullName, id, ownerId)
      repositories.set(fullName, repository)
      return repository
    },
    admit(job) {
      const token = `request-${randomUUID()}`
      jobs.set(token, job)
      return token
    },
    fail(fault, { operation, times = Number.POSITIVE_INFINITY } = {}) {
      const trouble: Trouble = { fault, operation, left: times }
      troubles.push(trouble)
      return () => {
        trouble.left = 0
      }
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** A body as JSON; as it is if it is none, undefined if it is empty. */
function asJson(sent: string): unknown {
  if (sent === '') return undefined
  try {
    return JSON.parse(sent)
  } catch {
    return sent
  }
}
