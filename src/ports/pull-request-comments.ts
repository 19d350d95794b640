// Port: the comments of a pull request on GitHub.

/** A comment as GitHub keeps it. */
export interface Comment {
  readonly id: number
  readonly body: string
  /** Where people read it. */
  readonly url: string
}

/** The pull request that a run is of. */
export interface PullRequest {
  readonly number: number
  /** The commit that was pushed, which is not the one that GitHub merges to try it. */
  readonly commit: string | undefined
  /** Set where GitHub gives the run no credentials: whose pull request it is. */
  readonly stranger: 'fork' | 'dependabot' | undefined
}

/**
 * The conversation of the pull request that a run is of. What goes wrong is a TowpathError: 'denied' with the permission that is missing,
 * 'not-found', or 'failed' where GitHub gives no answer.
 */
export interface Comments {
  readonly pullRequest: PullRequest
  /** Comments that begin like this and that we wrote ourselves, oldest first, every page read. Anybody can write the same beginning. */
  own(beginning: string): Promise<readonly Comment[]>
  create(body: string): Promise<Comment>
  /** 'gone' if somebody has deleted it. */
  replace(id: number, body: string): Promise<Comment | 'gone'>
  /** Deleting what is gone is no error. */
  remove(id: number): Promise<void>
}
