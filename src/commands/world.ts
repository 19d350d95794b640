import type { Objects } from '../bucket/objects.ts'
import type { Origin } from '../origin.ts'
import type { IdentityProviders } from '../platform/identity-providers.ts'
import type { Clock } from '../ports/clock.ts'
import type { Commits } from '../ports/commits.ts'
import type { GitHubDeployments } from '../ports/github-deployments.ts'
import type { Comments } from '../ports/pull-request-comments.ts'
import type { Machine } from '../repository/machine.ts'
import type { Stacks } from '../stack/stacks.ts'

/** Who the cloud says we are. */
export interface Identity {
  readonly account: string
  readonly arn: string
}

/** The cloud as one identity sees it. Whoever is the first to ask may find that there are no credentials, or that they are not those allowed. */
export interface Cloud {
  objects(bucket: string, region?: string): Promise<Objects>
  stacks(region: string): Promise<Stacks>
  identity(region: string): Promise<Identity>
}

/** Everything outside the program, as the verbs see it. A host puts the real one together, lazily; a test one in memory. */
export interface World extends Cloud, Machine {
  readonly clock: Clock
  /** A name nobody has used: that many bytes of randomness in hexadecimal. */
  random(bytes: number): string
  /** Who works here and on which commit; `path` is a folder of the repository. */
  origin(path: string): Promise<Origin>
  /** True if the outputs are read by a program: then a list is whole, unless it is asked to be shorter. */
  readonly json?: boolean
  /** The region given by flag or environment. */
  readonly region: string | undefined
  /** The cloud as somebody sees it who acts as a role, by its ARN. Nothing is asked before it is used. */
  as(role: string, region: string): Cloud
  /** Where deployments are shown; undefined if there is no such place, or nobody may write there. */
  board(): Promise<GitHubDeployments | undefined>
  /** The history of the repository as GitHub has it; undefined where there is no way to ask. */
  commits(): Promise<Commits | undefined>
  /** The history that the working directory at `path` has. */
  localCommits(path: string): Promise<Commits>
  /** The conversation of the pull request that this run is of; undefined if it is of none. Throws 'no-credentials' without a token. */
  comments(): Promise<Comments | undefined>
  /** The template of a stack that exists, as it was sent. */
  template(region: string, stackId: string): Promise<string>
  identityProviders(region: string): Promise<IdentityProviders>
}
