import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { ISSUER } from '../../local/github/oidc.ts'
import { tokenFor } from '../../local/github/permission.ts'
import type { Repository } from '../../local/github/repository.ts'
import { type GitHub, startGitHub } from '../../local/github/server.ts'
import { type GitHubApi, gitHubApi } from '../../src/adapters/github/api.ts'

const everything = { contents: 'read', deployments: 'write', 'pull-requests': 'write' }
const all = { owner: 'acme', repo: 'greeter' }

describe('the stand-in for GitHub', () => {
  let github: GitHub
  let repository: Repository
  let api: GitHubApi

  beforeEach(async () => {
    github = await startGitHub()
    repository = github.repository('acme/greeter', { id: 4711, ownerId: 12 })
    repository.commits.set('a'.repeat(40), { sha: 'a'.repeat(40), parents: [], message: 'first' })
    repository.commits.set('b'.repeat(40), { sha: 'b'.repeat(40), parents: ['a'.repeat(40)], message: 'second' })
    repository.commits.set('c'.repeat(40), { sha: 'c'.repeat(40), parents: ['a'.repeat(40)], message: 'beside' })
    repository.refs.set('main', 'b'.repeat(40))
    repository.pulls.set(42, {
      ...{ number: 42, title: 'a change', state: 'open', author: 'ada' },
      head: { ref: 'change', sha: 'c'.repeat(40), repository: 'acme/greeter' },
      base: { ref: 'main', sha: 'b'.repeat(40) },
    })
    api = gitHubApi({ url: github.url, repository: 'acme/greeter', token: tokenFor(everything), patience: 2_000 })
  })
  afterEach(() => github.stop())

  function deploy(values: { readonly ref?: string; readonly environment?: string } = {}) {
    return api.request('POST /repos/{owner}/{repo}/deployments', {
      ...all,
      ref: 'main',
      environment: 'staging',
      auto_merge: false,
      required_contexts: [],
      ...values,
    })
  }

  function comment(body: string) {
    return api.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...all, issue_number: 42, body })
  }

  test('keeps deployments and their statuses, and sets earlier ones inactive', async () => {
    const first = await deploy()
    const second = await deploy()
    const status = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
    for (const { data } of [first, second]) {
      if (!('id' in data)) throw new Error('it was merged instead')
      await api.request(status, {
        ...all,
        deployment_id: Number(data.id),
        state: 'success',
        description: 'live',
        log_url: 'https://example.com/1',
      })
    }
    const { data } = await api.request('GET /repos/{owner}/{repo}/deployments', { ...all, environment: 'staging' })
    expect(data.map(({ sha, environment }) => [sha, environment])).toEqual([
      ['b'.repeat(40), 'staging'],
      ['b'.repeat(40), 'staging'],
    ])
    expect([...repository.deployments.values()].map(({ statuses }) => statuses.map(({ state }) => state))).toEqual([
      ['success', 'inactive'],
      ['success'],
    ])
    expect(github.violations).toEqual([])
    expect(github.requests.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      ...Array(2).fill('repos/create-deployment 201'),
      ...Array(2).fill('repos/create-deployment-status 201'),
      'repos/list-deployments 200',
    ])
  })

  test('merges the default branch, or waits for checks, as GitHub does for who forgot to say that it must not', async () => {
    const create = 'POST /repos/{owner}/{repo}/deployments'
    const merged = await api.request(create, { ...all, ref: 'c'.repeat(40), required_contexts: [] })
    expect(merged.status).toBe(202)
    await expect(api.request(create, { ...all, ref: 'main', auto_merge: false })).rejects.toMatchObject({ status: 409 })
    await expect(deploy({ ref: 'nowhere' })).rejects.toMatchObject({ status: 422, message: expect.stringContaining('No ref found') })
  })

  test('keeps comments, which can be changed and removed', async () => {
    const { data } = await comment('first')
    await api.request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...all, comment_id: data.id, body: 'second' })
    expect([...repository.comments.values()].map(({ body, author }) => [body, author])).toEqual([['second', 'github-actions[bot]']])
    await api.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...all, comment_id: data.id })
    expect(repository.comments.size).toBe(0)
    await expect(comment('x'.repeat(65_537))).rejects.toMatchObject({ status: 422 })
    expect(github.violations).toEqual([])
  })

  test('gives lists in pages with links to the others', async () => {
    for (let index = 0; index < 5; index++) await comment(`comment ${index}`)
    const list = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
    const { data, headers } = await api.request(list, { ...all, issue_number: 42, per_page: 2, page: 2 })
    expect(data.map(({ body }) => body)).toEqual(['comment 2', 'comment 3'])
    expect([...(headers.link ?? '').matchAll(/[?&]page=(\d+)>; rel="(\w+)"/g)].map(([, page, rel]) => `${rel} ${page}`)).toEqual([
      'prev 1',
      'first 1',
      'next 3',
      'last 3',
    ])
  })

  test.each([
    ['a', 'b', 'ahead'],
    ['b', 'a', 'behind'],
    ['b', 'b', 'identical'],
    ['b', 'c', 'diverged'],
  ])('compares %s with %s: %s', async (base, head, status) => {
    const basehead = `${base.repeat(40)}...${head.repeat(40)}`
    const { data } = await api.request('GET /repos/{owner}/{repo}/compare/{basehead}', { ...all, basehead })
    expect([data.status, data.merge_base_commit.sha]).toEqual([status, (status === 'identical' ? 'b' : 'a').repeat(40)])
    expect(github.violations).toEqual([])
  })

  test('knows its repository and pull requests', async () => {
    const { data } = await api.request('GET /repos/{owner}/{repo}', all)
    const pull = await api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...all, pull_number: 42 })
    const pulls = await api.request('GET /repos/{owner}/{repo}/pulls', { ...all, head: 'acme:change' })
    expect([data.id, data.default_branch, pull.data.head.sha, pulls.data.length]).toEqual([4711, 'main', 'c'.repeat(40), 1])
    await expect(api.request('GET /repos/{owner}/{repo}', { owner: 'acme', repo: 'other' })).rejects.toMatchObject({ status: 404 })
    expect(github.violations).toEqual([])
  })

  describe('refuses, and takes note of', () => {
    test('a request that is not as GitHub describes it', async () => {
      const { data } = await deploy()
      if (!('id' in data)) throw new Error('it was merged instead')
      const path = `${github.url}/repos/acme/greeter/deployments/${data.id}/statuses`
      const headers = { authorization: `Bearer ${tokenFor(everything)}` }
      const reply = await fetch(path, { method: 'POST', headers, body: JSON.stringify({ state: 'fine', descripton: 'live' }) })
      expect([reply.status, await reply.json()]).toEqual([422, expect.objectContaining({ status: '422' })])
      expect(github.violations).toEqual([
        expect.stringContaining('body/descripton is unknown'),
        expect.stringContaining('body/state must be equal to one of the allowed values: error, failure'),
      ])
    })

    test('a token that may not do it', async () => {
      const weak = gitHubApi({ url: github.url, repository: 'acme/greeter', token: tokenFor({ deployments: 'read' }) })
      await weak.request('GET /repos/{owner}/{repo}/deployments', all)
      const asked = weak.request('POST /repos/{owner}/{repo}/deployments', { ...all, ref: 'main' })
      await expect(asked).rejects.toMatchObject({ status: 403, message: expect.stringContaining('not accessible by integration') })
      expect(github.violations).toEqual([expect.stringContaining('needs deployments=write')])
      const strange = gitHubApi({ url: github.url, repository: 'acme/greeter', token: 'ghp_other' })
      await expect(strange.request('GET /repos/{owner}/{repo}', all)).rejects.toMatchObject({ status: 401 })
    })

    test('whoever asks who a job is: it is no user, and knows that it may be told so', async () => {
      await expect(api.request('GET /user')).rejects.toMatchObject({ status: 403 })
      expect(github.violations).toEqual([])
    })

    test('an operation it has not', async () => {
      await expect(api.request('GET /repos/{owner}/{repo}/branches', all)).rejects.toMatchObject({ status: 404 })
      expect(github.violations).toHaveLength(1)
    })

    test('a reply of its own that is not as GitHub describes it', async () => {
      repository.pulls.set(42, { ...pullOf(repository), title: 7 as unknown as string })
      await api.request('GET /repos/{owner}/{repo}/pulls/{pull_number}', { ...all, pull_number: 42 })
      expect(github.violations).toEqual(['GET /repos/acme/greeter/pulls/42: reply/title must be string'])
    })
  })

  describe('has troubles on demand:', () => {
    test.each([
      ['rate limit', 403, 'API rate limit exceeded'],
      ['secondary rate limit', 403, 'secondary rate limit'],
      ['no permission', 403, 'not accessible'],
      ['unavailable', 503, 'Unicorn'],
      ['bad gateway', 502, 'Unicorn'],
    ] as const)('%s', async (fault, status, message) => {
      const end = github.fail(fault)
      await expect(deploy()).rejects.toMatchObject({ status, message: expect.stringContaining(message) })
      expect(repository.deployments.size).toBe(0)
      end()
      await deploy()
      expect([repository.deployments.size, github.violations]).toEqual([1, []])
    })

    test('nothing is answered', async () => {
      github.fail('hang', { operation: 'repos/create-deployment' })
      const hasty = gitHubApi({ url: github.url, repository: 'acme/greeter', token: tokenFor(everything), patience: 50 })
      await hasty.request('GET /repos/{owner}/{repo}', all)
      await expect(hasty.request('POST /repos/{owner}/{repo}/deployments', { ...all, ref: 'main' })).rejects.toThrow()
    })

    test('the connection breaks, before or after the deed', async () => {
      github.fail('drop request', { times: 1 })
      await expect(deploy()).rejects.toThrow()
      expect(repository.deployments.size).toBe(0)
      github.fail('drop reply', { times: 1 })
      await expect(deploy()).rejects.toThrow()
      expect(repository.deployments.size).toBe(1)
      expect(github.requests.map(({ status }) => status)).toEqual([0, 0])
    })
  })
})

function pullOf({ pulls }: Repository) {
  const pull = pulls.get(42)
  if (!pull) throw new Error('no pull request 42')
  return pull
}

describe('the id tokens of the stand-in', () => {
  let github: GitHub
  beforeAll(async () => {
    github = await startGitHub()
  })
  afterAll(() => github.stop())

  const job = {
    ...{ repository: 'acme/greeter', repositoryId: 4711, ownerId: 12, ref: 'refs/heads/main', sha: 'a'.repeat(40), event: 'push' },
    ...{ actor: 'ada', run: '9001', attempt: '1' },
    workflow: 'acme/greeter/.github/workflows/service.yml@refs/heads/main',
    jobWorkflow: 'towpath-dev/towpath/.github/workflows/deploy.yml@0000',
  }

  async function claims(asks: typeof job & { readonly withIds?: boolean }, query = '') {
    const address = `${github.url}/oidc/token?api-version=2.0${query}&audience=sts.amazonaws.com`
    const reply = await fetch(address, { headers: { authorization: `bearer ${github.admit(asks)}` } })
    const { value } = (await reply.json()) as { readonly value: string }
    const keys = (await (await fetch(`${github.url}/jwks`)).json()) as JSONWebKeySet
    const { payload } = await jwtVerify(value, createLocalJWKSet(keys), { issuer: ISSUER, audience: 'sts.amazonaws.com' })
    return payload
  }

  test('are signed, and tell who asks', async () => {
    expect(await claims(job)).toMatchObject({
      ...{ sub: 'repo:acme/greeter:ref:refs/heads/main', repository_id: '4711', repository_owner_id: '12', run_id: '9001', actor: 'ada' },
      job_workflow_ref: 'towpath-dev/towpath/.github/workflows/deploy.yml@0000',
    })
  })

  test.each([
    ['names', job, '&environment=production', 'repo:acme/greeter:environment:production'],
    ['names and ids', { ...job, withIds: true }, '&environment=production', 'repo:acme@12/greeter@4711:environment:production'],
    ['a pull request', { ...job, event: 'pull_request' }, '', 'repo:acme/greeter:pull_request'],
  ])('have a subject of %s', async (_kind, asks, query, sub) => {
    expect(await claims(asks, query)).toMatchObject({ sub })
  })

  test('are kept, for who looks for them in what was told', async () => {
    const before = github.idTokens.length
    await claims(job)
    expect(github.idTokens.length).toBe(before + 1)
  })

  test('are for admitted jobs only, and for who asks as the toolkit does', async () => {
    const bare = await fetch(`${github.url}/oidc/token?audience=x`, { headers: { authorization: `bearer ${github.admit(job)}` } })
    expect(bare.status).toBe(400)
    const reply = await fetch(`${github.url}/oidc/token?api-version=2.0&audience=x`, { headers: { authorization: 'bearer other' } })
    expect(reply.status).toBe(401)
  })
})
