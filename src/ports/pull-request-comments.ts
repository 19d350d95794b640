// Port: the comments of a pull request on GitHub.

/** A comment on GitHub. */
export interface Comment {
  readonly id: number
  readonly body: string
  /** Its address for people. */
  readonly url: string
}

/** The pull request that a run belongs to. */
export interface PullRequest {
  readonly number: number
  /** The commit that was pushed; it is not the merge commit that GitHub makes to test it. */
  readonly commit: string | undefined
  /** Set if GitHub gives the run no credentials: the kind of stranger that the pull request is from. */
  readonly stranger: 'fork' | 'dependabot' | undefined
}

/** A run of a workflow, as GitHub knows it. */
export interface KnownRun {
  /** GitHub's number of the workflow. */
  readonly workflow: number
  /** The how-many-th run of this workflow it is: a later one has a higher number. */
  readonly number: number
  /** The numbers of the pull requests that it is of. */
  readonly pullRequests: readonly number[]
}

/**
 * The comments of the pull request that a run belongs to. A failure is a TowpathError: 'denied' with the missing permission, 'not-found',
 * or 'failed' if GitHub gives no answer.
 */
export interface Comments {
  readonly pullRequest: PullRequest
  /** All comments with this beginning that we wrote ourselves, oldest first. Anybody can write the same beginning. */
  own(beginning: string): Promise<readonly Comment[]>
  /** What GitHub says of a run, by its id; undefined if there is none, or GitHub does not say. Never throws. */
  run(id: number): Promise<KnownRun | undefined>
  create(body: string): Promise<Comment>
  /** 'gone' if somebody has deleted it. */
  replace(id: number, body: string): Promise<Comment | 'gone'>
  /** Deletes a comment. It is no error if it is gone already. */
  remove(id: number): Promise<void>
}
