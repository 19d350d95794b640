/** Who asked for a deployment, and why: recorded with it, and never part of a release. */
export interface Origin {
  /** The person or machine account that started it. */
  readonly actor: string | null
  /** The repository's name, `owner/name`, and GitHub's id of it, where they are known. */
  readonly repository: string | null
  readonly repositoryId: string | null
  readonly commit: string | null
  /** The address of the workflow run. */
  readonly run: string | null
  /** Absent unless they acted by an operator's role instead of the repository's. */
  readonly as?: 'operator'
  /** Towpath's own version. */
  readonly towpath: string
}
