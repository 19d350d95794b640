import type { SessionKeys } from '../../src/adapters/aws/credentials.ts'
import type { SessionTags } from '../../src/adapters/aws/session-tags.ts'
import type { Sessions } from '../../src/adapters/aws/sts.ts'
import { type Claims, claimsOf } from '../../src/adapters/github/claims.ts'
import { Answer } from './cloudformation/refusal.ts'

/** Whom a role trusts. What is absent is not trusted. */
export interface Trust {
  /** Jobs of GitHub, by what GitHub signed of them. */
  readonly jobs?: (claims: Claims) => boolean
  /** Callers, by the role they act as; the machine's own keys are `machine`. A role trusts itself only if it says so. */
  readonly callers?: readonly string[]
  /** Whether those callers may tag their session. */
  readonly tagged?: boolean
}

/** A session as STS made it. */
export interface Made {
  readonly role: string
  readonly session: string
  readonly by: 'token' | string
  readonly tags: SessionTags
}

/** STS in memory, with the roles it knows. Its keys are numbered, and hold a canary that nothing may tell. */
export interface FakeSts extends Sessions {
  readonly trusts: Map<string, Trust>
  readonly made: readonly Made[]
  /** How often it was asked, whatever came of it. */
  readonly asked: readonly string[]
  /** What it answers next, before it looks at anything, in turn. */
  readonly refusals: Error[]
}

export const CANARY = 'canary-of-a-key'

/** An answer as the SDK throws it. */
export function answer(name: string, message: string, status = 400): Error {
  return new Answer(name, message, { httpStatusCode: status, attempts: 1 })
}

export function fakeSts(): FakeSts {
  const trusts = new Map<string, Trust>()
  const made: Made[] = []
  const asked: string[] = []
  const refusals: Error[] = []

  function make(session: Made): SessionKeys {
    made.push(session)
    return {
      accessKeyId: `ASIA${made.length}`,
      secretAccessKey: `${CANARY}-${made.length}`,
      sessionToken: `${CANARY}-token-${made.length}`,
    }
  }
  function next(call: string): void {
    asked.push(call)
    const refusal = refusals.shift()
    if (refusal) throw refusal
  }
  const callerOf = (keys: SessionKeys | undefined): string =>
    keys === undefined ? 'machine' : (made[Number(keys.accessKeyId.slice('ASIA'.length)) - 1]?.role ?? 'nobody')

  return {
    trusts,
    made,
    asked,
    refusals,
    async withWebIdentity({ role, session }, idToken) {
      next('AssumeRoleWithWebIdentity')
      if (!trusts.get(role)?.jobs?.(claimsOf(idToken)))
        throw answer('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403)
      return make({ role, session, by: 'token', tags: {} })
    },
    async withKeys({ role, session }, tags, keys) {
      next('AssumeRole')
      const caller = callerOf(keys)
      const { callers = [], tagged = false } = trusts.get(role) ?? {}
      const lacking = !callers.includes(caller) ? 'sts:AssumeRole' : Object.keys(tags).length > 0 && !tagged ? 'sts:TagSession' : undefined
      if (lacking) throw answer('AccessDenied', `User: ${caller} is not authorized to perform: ${lacking} on resource: ${role}`, 403)
      return make({ role, session, by: caller, tags })
    },
  }
}
