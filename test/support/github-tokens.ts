import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { ISSUER, type Job, claimsOf as ofJob, oidc } from '../../local/github/oidc.ts'
import { issuer } from '../../src/platform/access/trust.ts'

/** The claims of a token of GitHub's, in text. */
export type Claims = Readonly<Record<string, string>>

/** What of a job differs from the one of `aJob`, and whom its token is for. */
export type Asking = Partial<Job> & { readonly audience?: string }

/** A commit that callers pin. */
export const pin = '3200cb2a7d0d1f0f2f7a0c7f3f3e9f2b7a9c1d5e'

/** A job of a service's deployment, as GitHub sees it. */
export function aJob(changes: Partial<Job> = {}): Job {
  return {
    ...{ repository: 'acme/greeter', repositoryId: 1002, ownerId: 77, ref: 'refs/heads/main', sha: 'a'.repeat(40), event: 'push' },
    ...{ actor: 'alice', run: '7', attempt: '1', workflow: 'acme/greeter/.github/workflows/service.yml@refs/heads/main' },
    jobWorkflow: `towpath-dev/towpath/.github/workflows/deploy.yml@${pin}`,
    ...changes,
  }
}

/** What GitHub would say of a job. */
export function claimsOf({ audience = 'sts.amazonaws.com', ...changes }: Asking = {}): Claims {
  return { ...ofJob(aJob(changes)), aud: audience, iss: ISSUER }
}

/** Signs such claims as GitHub's stand-in does, and verifies what it signed. */
export interface TokenServer {
  /** A signed token, as it goes over the wire. */
  sign(asking?: Asking): Promise<string>
  /** The claims of a token, its signature verified by the keys that are published. */
  verified(token: string): Promise<Claims>
}

export function tokenServer(): TokenServer {
  const issuing = oidc()
  return {
    sign: ({ audience = 'sts.amazonaws.com', ...changes } = {}) => issuing.token(aJob(changes), audience),
    async verified(token) {
      const keys = createLocalJWKSet({ keys: await issuing.keys() } as JSONWebKeySet)
      const { payload } = await jwtVerify(token, keys, { issuer: ISSUER })
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
