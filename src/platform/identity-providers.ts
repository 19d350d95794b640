// Port: the OIDC providers of an AWS account.

/** Whoever signs tokens that roles may be taken with, as an account knows it. */
export interface IdentityProvider {
  readonly arn: string
  /** Whom its tokens may be meant for. */
  readonly audiences: readonly string[]
}

/** The OIDC providers of one account; there is at most one for a URL. */
export interface IdentityProviders {
  /** Undefined if the account has none of this ARN. */
  find(arn: string): Promise<IdentityProvider | undefined>
  /** 'exists' if somebody was faster. @param url With `https://`. */
  create(url: string, audience: string): Promise<'created' | 'exists'>
}
