import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { pullRequestOf } from '../../../src/adapters/github/pull-request.ts'

const folder = mkdtempSync(join(tmpdir(), 'towpath-event-'))
afterAll(() => rmSync(folder, { recursive: true }))

const sha = 'c0ffee'.padEnd(40, '0')
const pull = (more: object = {}) => ({
  number: 7,
  user: { login: 'alice' },
  head: { sha, repo: { full_name: 'acme/delivery' } },
  base: { repo: { full_name: 'acme/delivery' } },
  ...more,
})
const of = (event: unknown, variables: object = {}) => {
  const file = join(folder, 'event.json')
  writeFileSync(file, typeof event === 'string' ? event : JSON.stringify(event))
  return pullRequestOf({ GITHUB_EVENT_PATH: file, ...variables })
}

test('is read from the event, with the commit that was pushed', async () => {
  expect(await of({ pull_request: pull() })).toEqual({ number: 7, commit: sha, stranger: undefined })
})

test('of a fork, of a fork that is gone, and of Dependabot is known as such', async () => {
  expect(await of({ pull_request: pull({ head: { sha, repo: { full_name: 'mallory/delivery' } } }) })).toMatchObject({ stranger: 'fork' })
  expect(await of({ pull_request: pull({ head: { sha, repo: null } }) })).toMatchObject({ stranger: 'fork' })
  expect(await of({ pull_request: pull({ user: { login: 'dependabot[bot]' } }) })).toMatchObject({ stranger: 'dependabot' })
})

test('of a comment on it, and by the name of its ref', async () => {
  expect(await of({ issue: { number: 8, pull_request: {} } })).toMatchObject({ number: 8 })
  expect(await of({}, { GITHUB_REF: 'refs/pull/9/merge' })).toEqual({ number: 9, commit: undefined, stranger: undefined })
})

test.each([
  ['an issue', { issue: { number: 8 } }, {}],
  ['a push', { ref: 'refs/heads/main' }, { GITHUB_REF: 'refs/heads/main' }],
  ['a number that is none', { pull_request: { number: '7/../8' } }, {}],
  ['a number below 1', { pull_request: { number: -1 } }, {}],
  ['a ref that only looks like one', {}, { GITHUB_REF: 'refs/heads/refs/pull/9/merge' }],
  ['no JSON', '<html>', {}],
  ['no map', '[]', {}],
])('is none for %s', async (_, event, variables) => {
  expect(await of(event, variables)).toBeUndefined()
})

test('is none where there is no event', async () => {
  expect(await pullRequestOf({ GITHUB_EVENT_PATH: join(folder, 'missing.json') })).toBeUndefined()
  expect(await pullRequestOf({})).toBeUndefined()
})
