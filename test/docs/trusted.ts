import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import type { Seen } from '../../local/github/server.ts'
import { issuer } from '../../src/platform/access/trust.ts'
import type { ClientSettings } from '../support/aws.ts'
import { claimsOf, keysOf } from '../support/github-tokens.ts'
import type { Clone } from '../workflows/repository.ts'
import { judge } from '../world/iam.ts'
import type { Event } from './page.ts'

/** One token that a job asked for: who it is for. */
export interface Asked {
  readonly event: Event
  readonly github: Pick<Clone['github'], 'owner' | 'name' | 'id' | 'ownerId'>
  readonly environment: string
  readonly workflow: string
}

/** The tokens among what GitHub was asked by one run. */
export function tokensIn(requests: readonly Seen[], event: Event, { github }: Clone): readonly Asked[] {
  return requests
    .filter(({ operation }) => operation === 'oidc')
    .map(({ url }) => new URL(url, 'http://github').searchParams)
    .map((query) => ({ event, github, environment: query.get('environment') ?? '', workflow: query.get('job_workflow_ref') ?? '' }))
}

/**
 * True if the role that the workflows take for such a job trusts it, as the role is live in the account. The emulator gives everybody a
 * session, and AWS would not: here the trust is judged, for subjects with ids and without.
 */
export async function isTrusted(asked: Asked, account: string, settings: ClientSettings): Promise<boolean> {
  const { event, github, environment, workflow } = asked
  const repository = { repository: `${github.owner}/${github.name}`, repositoryId: github.id, ownerId: github.ownerId }
  const iam = new IAMClient(settings)
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleOf(asked) }))
  const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))
  return [true, false].every((withIds) => {
    const claims = claimsOf({ ...repository, event, jobWorkflow: workflow, withIds, ...(environment === '' ? {} : { environment }) })
    const provider = { kind: 'Federated', name: `arn:aws:iam::${account}:oidc-provider/${issuer}` } as const
    return judge([trust], { action: 'sts:AssumeRoleWithWebIdentity', resource: '*', keys: keysOf(claims) }, provider) === 'allowed'
  })
}

/** Staging's role stands for each that plans: they trust the same. */
function roleOf({ environment, workflow }: Asked): string {
  if (environment !== '') return `towpath-${environment}-deploy`
  return workflow.includes('/platform.yml@') ? 'towpath-publish' : 'towpath-staging-plan'
}
