// Port: a repository on GitHub.

/** A repository as GitHub knows it. */
export interface GitHubRepository {
  /** `owner/name` as it is now, in GitHub's own spelling. */
  readonly name: string
  readonly id: string
  readonly ownerId: string
  readonly branch: string
  /** When it was made. */
  readonly made: Date
}
