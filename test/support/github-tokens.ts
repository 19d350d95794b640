import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll } from '@jest/globals'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { issuer } from '../../src/platform/access/trust.ts'

/** The claims of a token of GitHub's that trust policies can ask for, and those that they are made of. */
export type Claims = Readonly<Record<string, string>>

/** A job, as GitHub sees it. */
export interface Job {
  readonly repository?: string
  readonly repositoryId?: string
  readonly ownerId?: string
  /** True for repositories that send names with ids, as new ones do since 15 July 2026. */
  readonly immutable?: boolean
  /** What the job names behind `environment:`. */
  readonly environment?: string
  readonly event?: 'push' | 'pull_request' | 'workflow_dispatch'
  readonly ref?: string
  readonly workflow?: string
  readonly audience?: string
}

/** A commit that callers pin. */
export const pin = '3200cb2a7d0d1f0f2f7a0c7f3f3e9f2b7a9c1d5e'

/** What GitHub would say of a job. Source: GitHub docs, OpenID Connect reference. */
export function claimsOf({
  repository = 'acme/greeter',
  repositoryId = '1002',
  ownerId = '77',
  immutable = false,
  environment,
  event = 'push',
  ref = 'refs/heads/main',
  workflow = `towpath-dev/towpath/.github/workflows/deploy.yml@${pin}`,
  audience = 'sts.amazonaws.com',
}: Job = {}): Claims {
  const [owner, name] = repository.split('/')
  const subject = immutable ? `repo:${owner}@${ownerId}/${name}@${repositoryId}` : `repo:${repository}`
  const context = environment !== undefined ? `environment:${environment}` : event === 'pull_request' ? 'pull_request' : `ref:${ref}`
  return {
    aud: audience,
    iss: `https://${issuer}`,
    sub: `${subject}:${context}`,
    repository,
    repository_id: repositoryId,
    repository_owner: owner ?? '',
    repository_owner_id: ownerId,
    ref: event === 'pull_request' ? 'refs/pull/7/merge' : ref,
    event_name: event,
    actor: 'alice',
    actor_id: '5',
    workflow: 'service',
    job_workflow_ref: workflow,
    ...(environment === undefined ? {} : { environment }),
  }
}

/** A server that signs tokens with such claims while the tests of the calling file run, and what its clients get. */
export interface TokenServer {
  /** A signed token, as it goes over the wire. */
  sign(claims: Claims): Promise<string>
  /** The claims of a token, its signature verified by the keys that the server publishes. */
  verified(token: string): Promise<Claims>
}

export function withTokens(): TokenServer {
  let endpoint = ''
  let server: ChildProcessByStdio<Writable, Readable, null> | undefined
  beforeAll(async () => {
    const script = fileURLToPath(new URL('oidc-server.ts', import.meta.url))
    server = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], { stdio: ['pipe', 'pipe', 'inherit'] })
    for await (const line of createInterface({ input: server.stdout })) {
      endpoint = `http://127.0.0.1:${line}`
      break
    }
  })
  afterAll(async () => {
    const over = server && once(server, 'exit')
    server?.stdin.end()
    await over
  })
  return {
    async sign(claims) {
      const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'id', claims: JSON.stringify(claims) })
      const reply = await fetch(`${endpoint}/token`, { method: 'POST', body })
      const { access_token: token } = (await reply.json()) as { access_token: string }
      return token
    },
    async verified(token) {
      const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${endpoint}/jwks`)), { issuer: `https://${issuer}` })
      return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]))
    },
  }
}

/**
 * The claims that AWS compares, as condition keys. Source: IAM user guide, "Available keys for AWS OIDC federation": `aud`, `sub`, `amr` for
 * every provider, and these for GitHub since January 2026.
 */
const compared = [
  ...['aud', 'sub', 'amr', 'actor', 'actor_id', 'job_workflow_ref', 'repository', 'repository_id', 'workflow', 'ref', 'environment'],
  'enterprise_id',
]

export function keysOf(claims: Claims): Readonly<Record<string, string>> {
  return Object.fromEntries(compared.flatMap((name) => (claims[name] === undefined ? [] : [[`${issuer}:${name}`, claims[name]]])))
}
