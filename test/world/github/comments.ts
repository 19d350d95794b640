import { TowpathError } from '../../../src/errors.ts'
import type { Comment, Comments, KnownRun, PullRequest } from '../../../src/ports/pull-request-comments.ts'

/** A comment as the fake keeps it. */
export interface KeptComment extends Comment {
  readonly author: string
}

/** What is asked of the conversation. */
export type Call = 'own' | 'create' | 'replace' | 'remove'

/**
 * The conversation of one pull request, as GitHub keeps it: ids grow and are never given again, everybody sees every comment and may write
 * with the same words, and only an author's own are its own. What is longer than GitHub takes is refused.
 */
export interface FakeConversation {
  readonly comments: readonly KeptComment[]
  /** What was asked for, in order. */
  readonly calls: Call[]
  as(author: string): Comments
  /** Somebody writes a comment. */
  write(author: string, body: string): KeptComment
  /** Somebody deletes one. */
  delete(id: number): void
  /** The runs that GitHub knows, by id. */
  readonly runs: Map<number, KnownRun>
  /** Every later call of this kind fails, until it is called with undefined. */
  fail(call: Call, error: TowpathError | undefined): void
  /** Runs once, before the next call of this kind is answered: somebody else is faster. */
  before(call: Call, deed: () => void | Promise<void>): void
}

/** GitHub's limit, in UTF-16 code units; see COMMENT_BYTES for what is known of it. */
const LONGEST = 65_536

export function fakeConversation(
  pullRequest: PullRequest = { number: 7, commit: 'c0ffee'.padEnd(40, '0'), stranger: undefined },
): FakeConversation {
  let comments: readonly KeptComment[] = []
  let ids = 1_000
  const calls: Call[] = []
  const runs = new Map<number, KnownRun>()
  const failures = new Map<Call, TowpathError>()
  const interludes = new Map<Call, () => void | Promise<void>>()

  async function ask(call: Call): Promise<void> {
    calls.push(call)
    const interlude = interludes.get(call)
    interludes.delete(call)
    await interlude?.()
    const failure = failures.get(call)
    if (failure) throw failure
  }
  function accept(body: string): void {
    if (body.length > LONGEST)
      throw new TowpathError('failed', `GitHub refused the comment (422): body is too long (maximum is ${LONGEST} characters)`)
    if (body.trim() === '') throw new TowpathError('failed', "GitHub refused the comment (422): body can't be blank")
  }
  function write(author: string, body: string): KeptComment {
    accept(body)
    const id = ++ids
    const comment = { id, body, author, url: `https://github.example/acme/delivery/pull/${pullRequest.number}#issuecomment-${id}` }
    comments = [...comments, comment]
    return comment
  }

  return {
    get comments() {
      return comments
    },
    calls,
    runs,
    write,
    delete: (id) => {
      comments = comments.filter((comment) => comment.id !== id)
    },
    fail(call, error) {
      if (error) failures.set(call, error)
      else failures.delete(call)
    },
    before: (call, deed) => void interludes.set(call, deed),
    as: (author) => ({
      pullRequest,
      run: async (id) => runs.get(id),
      async own(beginning) {
        await ask('own')
        return comments.filter((comment) => comment.author === author && comment.body.startsWith(beginning))
      },
      async create(body) {
        await ask('create')
        return write(author, body)
      },
      async replace(id, body) {
        await ask('replace')
        accept(body)
        const there = comments.find((comment) => comment.id === id)
        if (!there) return 'gone'
        const replaced = { ...there, body }
        comments = comments.map((comment) => (comment.id === id ? replaced : comment))
        return replaced
      },
      async remove(id) {
        await ask('remove')
        comments = comments.filter((comment) => comment.id !== id)
      },
    }),
  }
}
