import { TowpathError } from '../../errors.ts'
import { nameOfRole } from '../../role.ts'
import { type Credentials, renewed, type SessionKeys } from './credentials.ts'
import { translate } from './errors.ts'
import { factsOf } from './facts.ts'
import type { Means } from './means.ts'
import type { Assumed, Sessions } from './sts.ts'
import { NO_ID_TOKEN } from './trust-hint.ts'
import { byWebIdentity } from './web-identity.ts'

type Way = () => Promise<SessionKeys>

/**
 * Keys of a role, for as long as they are asked for: by what GitHub signed of this job, where it can ask for that; else with the keys at hand.
 * Where GitHub's word does not do and there are keys, those are tried too: a role may trust another role instead. Throws 'denied' with what the
 * role's trust must hold.
 */
export function actAs(role: string, given: Means): Credentials {
  const means: Means = { ...given, sessions: masking(given) }
  const { source, base, session } = means
  const assumed: Assumed = { role, session }
  const ways: readonly Way[] = [
    ...(source === undefined ? [] : [byWebIdentity(assumed, source, means)]),
    ...(base === undefined ? [] : [byKeys(assumed, base, means)]),
  ]
  let proven: Way | undefined

  return renewed(
    role,
    async () => {
      if (proven) return proven()
      let first: TowpathError | undefined
      for (const way of ways) {
        try {
          const keys = await way()
          proven = way
          means.log.info(`acting as ${nameOfRole(role)} (session ${session})`)
          return keys
        } catch (error) {
          // Whatever keeps the second way from being gone, it is the first one that was meant.
          if (!(error instanceof TowpathError) || (first === undefined && error.code !== 'denied')) throw error
          first ??= error
        }
      }
      throw first ?? new TowpathError('no-credentials', `there is nothing to act as role '${role}' with`, { hint: NO_ID_TOKEN })
    },
    means,
  )
}

/** The same, with every key masked before anybody has it: also those that only lead to others. */
function masking({ sessions, mask }: Means): Sessions {
  const masked = async (asked: Promise<SessionKeys>): Promise<SessionKeys> => {
    const keys = await asked
    for (const secret of [keys.accessKeyId, keys.secretAccessKey, keys.sessionToken]) mask(secret)
    return keys
  }
  return {
    withWebIdentity: (assumed, idToken) => masked(sessions.withWebIdentity(assumed, idToken)),
    withKeys: (assumed, tags, keys) => masked(sessions.withKeys(assumed, tags, keys)),
  }
}

function byKeys(assumed: Assumed, base: Credentials | 'machine', { sessions, source, inActions }: Means): Way {
  return async () => {
    const keys = base === 'machine' ? undefined : await base()
    try {
      return await sessions.withKeys(assumed, {}, keys)
    } catch (error) {
      throw refusal(assumed, error, inActions && source === undefined)
    }
  }
}

function refusal({ role }: Assumed, error: unknown, withoutIdToken: boolean): TowpathError {
  const { status, text } = factsOf(error)
  const told =
    status === 403 && !/expired|invalid/i.test(factsOf(error).name)
      ? new TowpathError('denied', `these credentials may not act as role '${role}': ${text}`, {
          cause: error,
          hint: 'the trust of the role must allow sts:AssumeRole to them, and they must be allowed sts:AssumeRole on the role',
        })
      : translate(error, { action: 'sts:AssumeRole', on: `role '${role}'`, endpoint: 'STS', region: '' })
  if (!withoutIdToken || (told.code !== 'denied' && told.code !== 'no-credentials')) return told
  return new TowpathError(told.code, told.message, { cause: error, hint: NO_ID_TOKEN })
}
