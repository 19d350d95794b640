import { type Ask, created, notFound, ok, type Reply, refused, user } from './reply.ts'
import type { Comment } from './repository.ts'

/** Comments on pull requests, which are issues to GitHub. Source: GitHub's REST API, "Issue comments". */
export const comments = {
  'issues/list-comments': list,
  'issues/create-comment': create,
  'issues/get-comment': (ask: Ask): Reply => withComment(ask, (comment) => ok(shown(ask, comment))),
  'issues/update-comment': update,
  'issues/delete-comment': (ask: Ask): Reply =>
    withComment(ask, ({ id }) => {
      ask.repository.comments.delete(id)
      return { status: 204 }
    }),
}

/** In characters. Source: the constant that Atlantis learnt from GitHub's refusals. */
const BODY_AT_MOST = 65_536
const tooLong = refused('IssueComment', 'body', `Body is too long (maximum is ${BODY_AT_MOST} characters)`)
const empty = refused('IssueComment', 'body', "Body can't be blank")

function list(ask: Ask): Reply {
  const issue = Number(ask.parameter('issue_number'))
  if (!ask.repository.pulls.has(issue)) return notFound()
  const found = [...ask.repository.comments.values()].filter((comment) => comment.issue === issue)
  return { status: 200, items: found.map((comment) => shown(ask, comment)) }
}

function create(ask: Ask): Reply {
  const { repository, parameter, now, number, login } = ask
  const issue = Number(parameter('issue_number'))
  if (!repository.pulls.has(issue)) return notFound()
  const body = String(ask.body.body)
  const time = now()
  const comment: Comment = { id: number(), issue, author: login, body, created: time, updated: time }
  const wrong = judge(body)
  if (wrong) return wrong
  repository.comments.set(comment.id, comment)
  return created(shown(ask, comment))
}

function update(ask: Ask): Reply {
  return withComment(ask, (before) => {
    const body = String(ask.body.body)
    const wrong = judge(body)
    if (wrong) return wrong
    const comment: Comment = { ...before, body, updated: ask.now() }
    ask.repository.comments.set(comment.id, comment)
    return ok(shown(ask, comment))
  })
}

function judge(body: string): Reply | undefined {
  if (body.trim() === '') return empty
  return [...body].length > BODY_AT_MOST ? tooLong : undefined
}

function withComment({ repository, parameter }: Ask, answer: (comment: Comment) => Reply): Reply {
  const comment = repository.comments.get(Number(parameter('comment_id')))
  return comment ? answer(comment) : notFound()
}

function shown({ repository: { owner, name } }: Ask, { id, issue, author, body, created, updated }: Comment): unknown {
  return {
    id,
    body,
    user: user(author),
    html_url: `https://github.com/${owner}/${name}/pull/${issue}#issuecomment-${id}`,
    issue_url: `https://api.github.com/repos/${owner}/${name}/issues/${issue}`,
    created_at: created,
    updated_at: updated,
    author_association: author.endsWith('[bot]') ? 'NONE' : 'MEMBER',
  }
}
