import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { OAuth2Issuer } from 'oauth2-mock-server'

/** Who issues the tokens: GitHub itself, as everybody who trusts it has it. Its keys are at the stand-in all the same. */
export const ISSUER = 'https://token.actions.githubusercontent.com'

/** What GitHub knows of a job that asks for a token, as far as it is in the token. */
export interface Job {
  /** `owner/name`. */
  readonly repository: string
  readonly repositoryId: number
  readonly ownerId: number
  /** `refs/heads/main`. */
  readonly ref: string
  readonly sha: string
  readonly event: string
  readonly actor: string
  readonly run: string
  readonly attempt: string
  /** `owner/name/.github/workflows/x.yml@refs/heads/main`: the caller's. */
  readonly workflow: string
  /** The workflow that the job is in: the reusable one's. */
  readonly jobWorkflow: string
  readonly environment?: string
  /** Whether the subject holds ids too, as that of every repository made since July 2026 does. */
  readonly withIds?: boolean
}

/**
 * The claims of GitHub's tokens, but for those that every token has. Source: GitHub Docs, "OpenID Connect reference"; the subject with
 * ids: https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens
 */
export function claimsOf(job: Job): Readonly<Record<string, string>> {
  const [owner = '', name = ''] = job.repository.split('/')
  const place = job.withIds ? `${owner}@${job.ownerId}/${name}@${job.repositoryId}` : job.repository
  return {
    sub: `repo:${place}:${contextOf(job)}`,
    ref: job.ref,
    sha: job.sha,
    repository: job.repository,
    repository_owner: owner,
    repository_owner_id: String(job.ownerId),
    run_id: job.run,
    run_number: job.run,
    run_attempt: job.attempt,
    repository_visibility: 'private',
    repository_id: String(job.repositoryId),
    actor_id: '1',
    actor: job.actor,
    workflow: job.workflow.replace(/^.*\/|@.*$/g, ''),
    head_ref: '',
    base_ref: '',
    event_name: job.event,
    ref_protected: 'false',
    ref_type: 'branch',
    workflow_ref: job.workflow,
    workflow_sha: job.sha,
    job_workflow_ref: job.jobWorkflow,
    job_workflow_sha: job.sha,
    runner_environment: 'github-hosted',
    ...(job.environment === undefined ? {} : { environment: job.environment }),
  }
}

/** What the subject ends with: the environment if the job names one, else what happened. */
function contextOf({ environment, event, ref }: Job): string {
  if (environment !== undefined) return `environment:${environment.replaceAll(':', '%3A')}`
  return event === 'pull_request' ? 'pull_request' : `ref:${ref}`
}

export interface Oidc {
  keys(): Promise<readonly unknown[]>
  token(job: Job, audience: string): Promise<string>
}

/** The keys are made when they are first needed. GitHub's tokens end after five minutes. */
export function oidc(): Oidc {
  const issuing = new OAuth2Issuer()
  issuing.url = ISSUER
  let made: Promise<unknown> | undefined
  /** Not by the issuer's own generate(): that knows a plain object only if it is of its own realm, which it is not in a test of jest. */
  function make(): Promise<unknown> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    return issuing.keys.add({ ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256' })
  }
  return {
    async keys() {
      made ??= make()
      await made
      return issuing.keys.toJSON()
    },
    async token(job, audience) {
      made ??= make()
      await made
      const claims = { ...claimsOf(job), jti: randomUUID(), aud: audience }
      return issuing.buildToken({ expiresIn: 300, scopesOrTransform: (_header, payload) => void Object.assign(payload, claims) })
    },
  }
}
