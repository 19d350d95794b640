import type { IdentityProviders } from '../../src/platform/identity-providers.ts'

/** The identity providers of an account in memory, with what a test puts there. */
export interface FakeIdentityProviders extends IdentityProviders {
  /** Audiences by ARN. */
  readonly there: Map<string, readonly string[]>
}

export function fakeIdentityProviders(account = '000000000000'): FakeIdentityProviders {
  const there = new Map<string, readonly string[]>()
  return {
    there,
    async find(arn) {
      const audiences = there.get(arn)
      return audiences && { arn, audiences }
    },
    async create(url, audience) {
      const arn = `arn:aws:iam::${account}:oidc-provider/${url.replace(/^https:\/\//, '')}`
      if (there.has(arn)) return 'exists'
      there.set(arn, [audience])
      return 'created'
    },
  }
}
