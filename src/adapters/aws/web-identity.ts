import { TowpathError } from '../../errors.ts'
import { accountOfRole, nameOfRole } from '../../role.ts'
import { type Claims, claimsOf } from '../github/claims.ts'
import { backoff, type IdTokenSource, idToken } from '../github/id-token.ts'
import type { SessionKeys } from './credentials.ts'
import { translate } from './errors.ts'
import { factsOf } from './facts.ts'
import type { Means } from './means.ts'
import { sessionTags } from './session-tags.ts'
import type { Assumed } from './sts.ts'
import { AUDIENCE, providerHint, trustHint } from './trust-hint.ts'

const ATTEMPTS = 5

/**
 * A way to become a role by what GitHub signed of this job, with a new ID token each time. The session then becomes the same role once more,
 * with tags that say in CloudTrail which run it is: AssumeRoleWithWebIdentity itself takes none. That step needs a trust that names the role
 * itself for sts:AssumeRole and sts:TagSession (a role does not trust itself unless it says so: AWS Security Blog, "Announcing an update to
 * IAM role trust policy behavior", 2022; IAM User Guide, "Pass session tags in AWS STS"). Where AWS does not let it, the first session serves,
 * and people are told, once.
 */
export function byWebIdentity(assumed: Assumed, source: IdTokenSource, means: Means): () => Promise<SessionKeys> {
  const { sessions, log, mask } = means
  let told = false
  let denied = false

  async function tagged(first: SessionKeys, claims: Claims): Promise<SessionKeys> {
    const tags = sessionTags(claims)
    if (denied || Object.keys(tags).length === 0) return first
    try {
      return await sessions.withKeys(assumed, tags, first)
    } catch (error) {
      const { status, text } = factsOf(error)
      denied = status === 403
      if (!told)
        log.warn(
          `the sessions of role ${nameOfRole(assumed.role)} carry no tags for audit, only the name ${assumed.session}: ${text}; to have them, let the role's trust allow sts:AssumeRole and sts:TagSession to the role itself`,
        )
      told = true
      return first
    }
  }

  return async () => {
    const token = await idToken(source, AUDIENCE, means)
    mask(token)
    const claims = claimsOf(token)
    return tagged(await insisted(assumed, token, claims, means), claims)
  }
}

/** The first session. AWS fetches GitHub's keys for each token, and often fails to where many jobs begin at once (aws-actions/configure-aws-credentials#299). */
async function insisted(assumed: Assumed, token: string, claims: Claims, means: Means): Promise<SessionKeys> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await means.sessions.withWebIdentity(assumed, token)
    } catch (error) {
      const { name, text } = factsOf(error)
      const unreached = /^IDPCommunicationError/.test(name) || (/^InvalidIdentityToken/.test(name) && !isFinal(text))
      if (!unreached) throw refusal(assumed, claims, error)
      if (attempt === ATTEMPTS)
        throw new TowpathError('failed', `AWS could not verify this job's ID token in ${ATTEMPTS} attempts: ${text}`, {
          blame: 'service',
          transient: true,
          cause: error,
          hint: 'AWS asks GitHub for its keys, and one of them has a problem; run the job again',
        })
      await means.clock.sleep(backoff(attempt, means))
    }
  }
}

/** True of what AWS says of a token that it can read, and does not take. */
function isFinal(text: string): boolean {
  return /no OpenIDConnect provider|audience/i.test(text)
}

function refusal({ role }: Assumed, claims: Claims, error: unknown): TowpathError {
  const { name, status, text } = factsOf(error)
  if (/^InvalidIdentityToken/.test(name)) {
    return new TowpathError('denied', `account ${accountOfRole(role) ?? ''} does not take GitHub's ID tokens: ${text}`, {
      cause: error,
      hint: providerHint(claims),
    })
  }
  if (status === 403)
    return new TowpathError('denied', `this job may not act as role '${role}': ${text}`, { cause: error, hint: trustHint(claims) })
  return translate(error, { action: 'sts:AssumeRoleWithWebIdentity', on: `role '${role}'`, endpoint: 'STS', region: '' })
}
