import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { gitHubApi } from '../../../src/adapters/github/api.ts'
import { gitHubComments } from '../../../src/adapters/github/comments.ts'
import type { Comments, PullRequest } from '../../../src/ports/pull-request-comments.ts'
import { commentsContract } from '../../report/github/comments.contract.ts'
import { type FakeConversation, fakeConversation } from '../../world/github/comments.ts'
import { type CommentsApi, commentsApi } from '../../world/github/comments-api.ts'

const BOT = 'github-actions[bot]'
afterEach(() => {
  jest.restoreAllMocks()
})

interface Opened {
  readonly server: CommentsApi
  readonly world: FakeConversation
  readonly comments: Comments
}

function open(pull: Partial<PullRequest> = {}): Opened {
  const world = fakeConversation()
  const server = commentsApi(world)
  jest.spyOn(globalThis, 'fetch').mockImplementation(server.fetch)
  const api = gitHubApi({ url: 'https://api.github.example', repository: 'acme/delivery', token: 'a-token', patience: 2_000 })
  return { server, world, comments: gitHubComments(api, { number: 7, commit: undefined, stranger: undefined, ...pull }) }
}

describe("GitHub's conversation", () => {
  commentsContract(async () => ({ ...open(), author: BOT }))
})

describe('who we are', () => {
  test('is not asked for where there is nothing to tell apart', async () => {
    const { comments, server, world } = open()
    world.write('alice', 'hm')
    expect(await comments.own('<!-- x -->')).toEqual([])
    expect(server.requests).toEqual(['GET /repos/acme/delivery/issues/7/comments?per_page=100&page=1'])
  })

  test("is a user where the token is a user's", async () => {
    const { comments, server, world } = open()
    server.who = { login: 'release-bot', isApp: false }
    world.write(BOT, '<!-- x --> another')
    const ours = world.write('release-bot', '<!-- x --> ours')
    expect((await comments.own('<!-- x -->')).map(({ id }) => id)).toEqual([ours.id])
  })

  test("is an app of somebody's own, which only GraphQL tells", async () => {
    const { comments, server, world } = open()
    server.who = { login: 'acme-deployer[bot]', isApp: true }
    world.write(BOT, '<!-- x --> another')
    const ours = world.write('acme-deployer[bot]', '<!-- x --> ours')
    expect((await comments.own('<!-- x -->')).map(({ id }) => id)).toEqual([ours.id])
  })
})

describe('a refusal is told with the way out', () => {
  const post = /^POST/

  test.each([
    [403, 'Resource not accessible by integration', undefined, 'denied', /'pull-requests: write' \(or 'issues: write'\)/],
    [403, 'Resource not accessible by integration', 'fork', 'denied', /from a fork gets a token that only reads/],
    [403, 'You have exceeded a secondary rate limit', undefined, 'failed', /again later/],
    [404, 'Not Found', undefined, 'not-found', /'pull-requests: write'/],
    [401, 'Bad credentials', undefined, 'denied', /permission/],
    [502, 'Bad Gateway', undefined, 'failed', /again later/],
  ] as const)('%s %s of %s', async (status, message, stranger, code, hint) => {
    const { comments, server } = open({ stranger })
    server.refuse = { when: post, status, message }
    await expect(comments.create('x')).rejects.toMatchObject({
      code,
      message: expect.stringContaining('a new comment on pull request 7'),
      hint: expect.stringMatching(hint),
    })
  })

  test('of a comment that is no longer ours to delete', async () => {
    const { comments, server, world } = open()
    const { id } = world.write(BOT, 'x')
    server.refuse = { when: /^DELETE/, status: 403, message: 'Forbidden' }
    await expect(comments.remove(id)).rejects.toMatchObject({ code: 'denied' })
  })

  test('never with the token', async () => {
    const { comments } = open()
    jest.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }))
    const error = await comments.create('x').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'failed', message: expect.stringMatching(/GitHub gave no answer on .*: connect ECONNREFUSED/) })
    expect(JSON.stringify([String(error), (error as Error).message])).not.toContain('a-token')
  })
})
