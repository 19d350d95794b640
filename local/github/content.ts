import { type Ask, notFound, ok, type Reply, refused, user } from './reply.ts'
import { type Commit, commitAt, historyOf, type Pull, type Repository } from './repository.ts'

/** The repository itself, its commits and its pull requests. Source: GitHub's REST API, "Repositories", "Commits", "Pulls". */
export const content = {
  'repos/get': ({ repository }: Ask): Reply => ok(shown(repository)),
  'repos/get-commit': ({ repository, parameter }: Ask): Reply => {
    const ref = parameter('ref') ?? ''
    const commit = commitAt(repository, ref)
    return commit ? ok(shownCommit(commit)) : refused('Commit', 'sha', `No commit found for SHA: ${ref}`)
  },
  'repos/list-commits': ({ repository, parameter }: Ask): Reply => {
    const from = commitAt(repository, parameter('sha') ?? 'main')
    return from ? { status: 200, items: historyOf(repository, from.sha).map(shownCommit) } : notFound()
  },
  'repos/compare-commits-with-basehead': compare,
  'pulls/list': ({ repository, parameter }: Ask): Reply => {
    const state = parameter('state') ?? 'open'
    const head = parameter('head')
    const found = [...repository.pulls.values()].filter(
      (pull) => (state === 'all' || pull.state === state) && (head === undefined || head === `${ownerOf(pull)}:${pull.head.ref}`),
    )
    return { status: 200, items: found.toReversed().map((pull) => shownPull(repository, pull)) }
  },
  'pulls/get': ({ repository, parameter }: Ask): Reply => {
    const pull = repository.pulls.get(Number(parameter('pull_number')))
    return pull ? ok(shownPull(repository, pull)) : notFound()
  },
  'repos/list-pull-requests-associated-with-commit': ({ repository, parameter }: Ask): Reply => {
    const sha = parameter('commit_sha')
    const found = [...repository.pulls.values()].filter(({ head }) => head.sha === sha)
    return { status: 200, items: found.map((pull) => shownPull(repository, pull)) }
  },
}

/** How head stands to base: `ahead` if base is one of its ancestors, `behind` if it is one of base's. */
function compare({ repository, parameter }: Ask): Reply {
  const [from = '', to = ''] = (parameter('basehead') ?? '').split('...')
  const [base, head] = [commitAt(repository, from), commitAt(repository, to)]
  if (!base || !head) return notFound()
  const [before, after] = [historyOf(repository, base.sha), historyOf(repository, head.sha)]
  const ahead = after.filter((commit) => !before.includes(commit))
  const behind = before.filter((commit) => !after.includes(commit))
  const common = after.find((commit) => before.includes(commit))
  // GitHub answers 404 where there is no common ancestor.
  if (!common) return notFound()
  return ok({
    status: statusOf(ahead.length, behind.length),
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    base_commit: shownCommit(base),
    merge_base_commit: shownCommit(common),
    commits: ahead.toReversed().map(shownCommit),
    files: [],
  })
}

function statusOf(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind'
  return behind === 0 ? 'ahead' : 'diverged'
}

function shown({ owner, name, id, ownerId }: Repository): unknown {
  return {
    id,
    name,
    full_name: `${owner}/${name}`,
    owner: { login: owner, id: ownerId, type: 'Organization' },
    private: true,
    default_branch: 'main',
    html_url: `https://github.com/${owner}/${name}`,
  }
}

function shownCommit({ sha, parents, message }: Commit): unknown {
  return { sha, parents: parents.map((parent) => ({ sha: parent })), commit: { message } }
}

function shownPull(repository: Repository, { number, title, head, base, state, author }: Pull): unknown {
  const full = `${repository.owner}/${repository.name}`
  const from = { ref: head.ref, sha: head.sha, label: `${head.repository.split('/')[0]}:${head.ref}` }
  const fork = head.repository === full ? shown(repository) : { name: head.repository.split('/')[1], full_name: head.repository }
  return {
    number,
    title,
    state,
    user: user(author),
    html_url: `https://github.com/${full}/pull/${number}`,
    head: { ...from, repo: fork },
    base: { ...base, label: `${repository.owner}:${base.ref}`, repo: shown(repository) },
  }
}

function ownerOf({ head }: Pull): string {
  return head.repository.split('/')[0] ?? ''
}
