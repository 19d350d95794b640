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
  /** Towpath's own version. */
  readonly towpath: string
}
