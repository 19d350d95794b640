import type { Objects } from '../bucket/objects.ts'
import type { Origin } from '../origin.ts'
import type { IdentityProviders } from '../platform/identity-providers.ts'
import type { Clock } from '../ports/clock.ts'
import type { Commits } from '../ports/commits.ts'
import type { GitHubDeployments } from '../ports/github-deployments.ts'
import type { GitHubRepository } from '../ports/github-repository.ts'
import type { LongPrograms } from '../ports/long-programs.ts'
import type { Comments } from '../ports/pull-request-comments.ts'
import type { WorkflowRun } from '../ports/workflow-run.ts'
import type { Machine } from '../repository/machine.ts'
import type { Rollouts } from '../rollout/rollouts.ts'
import type { Stacks } from '../stack/stacks.ts'

/** The AWS identity of a caller. */
export interface Identity {
  readonly account: string
  readonly arn: string
}

/** AWS as one identity sees it. The first call throws if there are no credentials, or if they are not the ones that are allowed. */
export interface Cloud {
  objects(bucket: string, region?: string): Promise<Objects>
  stacks(region: string): Promise<Stacks>
  rollouts(region: string): Promise<Rollouts>
  identity(region: string): Promise<Identity>
}

/** Everything outside the program, as the verbs see it. A host builds the real one, lazily; a test builds one in memory. */
export interface World extends Cloud, Machine {
  readonly clock: Clock
  readonly longPrograms: LongPrograms
  /** That many random bytes in hexadecimal, for a name that nobody has used. */
  random(bytes: number): string
  /** Who runs this, and on which commit. `path` is a folder of the repository. */
  origin(path: string): Promise<Origin>
  /** The run of a workflow that this is; undefined anywhere else. */
  readonly workflow: WorkflowRun | undefined
  /** True if the outputs are read by a program: then a list is whole, unless it is asked to be shorter. */
  readonly json?: boolean
  /** The region from a flag or the environment. */
  readonly region: string | undefined
  /** AWS as a role sees it. No request is sent before it is used. @param role its ARN */
  as(role: string, region: string): Cloud
  /** GitHub's deployments; undefined if there is no token, or no repository is known. */
  gitHubDeployments(): Promise<GitHubDeployments | undefined>
  /** A repository of GitHub's, `owner/name`. Only a private one needs a token. */
  repository(name: string): Promise<GitHubRepository>
  /** The history of the repository on GitHub; undefined if there is no way to ask. */
  commits(): Promise<Commits | undefined>
  /** The history in the working directory at `path`. */
  localCommits(path: string): Promise<Commits>
  /** The comments of the pull request that this run belongs to; undefined if there is none. Throws 'no-credentials' without a token. */
  comments(): Promise<Comments | undefined>
  /** The template of an existing stack, as it was sent to CloudFormation. */
  template(region: string, stackId: string): Promise<string>
  identityProviders(region: string): Promise<IdentityProviders>
}
