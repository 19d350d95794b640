/** What the stand-in knows of one repository on GitHub. Tests write to it and read it as they like. */
export interface Repository {
  readonly owner: string
  readonly name: string
  readonly id: number
  readonly ownerId: number
  /** Commits by their SHA. */
  readonly commits: Map<string, Commit>
  /** Branches and tags: what they point at. */
  readonly refs: Map<string, string>
  readonly pulls: Map<number, Pull>
  readonly deployments: Map<number, Deployment>
  /** By id, in order of creation. */
  readonly comments: Map<number, Comment>
}

export interface Commit {
  readonly sha: string
  readonly parents: readonly string[]
  readonly message: string
}

export interface Pull {
  readonly number: number
  readonly title: string
  readonly head: { readonly ref: string; readonly sha: string; readonly repository: string }
  readonly base: { readonly ref: string; readonly sha: string }
  readonly state: 'open' | 'closed'
  readonly author: string
}

export interface Comment {
  readonly id: number
  readonly issue: number
  readonly author: string
  readonly body: string
  readonly created: string
  readonly updated: string
}

export interface Deployment {
  readonly id: number
  readonly ref: string
  readonly sha: string
  readonly task: string
  readonly environment: string
  readonly description: string | null
  readonly payload: unknown
  readonly transient: boolean
  readonly production: boolean
  readonly created: string
  /** In order of creation, the oldest first. */
  readonly statuses: Status[]
}

export interface Status {
  readonly id: number
  readonly state: string
  readonly description: string
  readonly environment: string
  readonly logUrl: string
  readonly environmentUrl: string
  readonly created: string
}

/** @param fullName `owner/name`. */
export function aRepositoryOnGitHub(fullName: string, id: number, ownerId: number): Repository {
  const [owner = '', name = ''] = fullName.split('/')
  const none = <Key, Value>(): Map<Key, Value> => new Map()
  return { owner, name, id, ownerId, commits: none(), refs: none(), pulls: none(), deployments: none(), comments: none() }
}

/** The commit that a SHA, a branch, a tag or a full ref names. */
export function commitAt({ commits, refs }: Repository, name: string): Commit | undefined {
  return commits.get(name) ?? commits.get(refs.get(name.replace(/^refs\/(heads|tags)\//, '')) ?? '')
}

/** A commit and everything it was made from. */
export function historyOf({ commits }: Repository, sha: string): readonly Commit[] {
  const seen = new Map<string, Commit>()
  const left = [sha]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const commit = commits.get(next)
    if (!commit || seen.has(next)) continue
    seen.set(next, commit)
    left.push(...commit.parents)
  }
  return [...seen.values()]
}
