import { expect, test } from '@jest/globals'
import { sessionName, sessionTags } from '../../../src/adapters/aws/session-tags.ts'

const run = { GITHUB_REPOSITORY: 'acme/delivery', GITHUB_RUN_ID: '1234567890', GITHUB_RUN_ATTEMPT: '2' }

test.each<[string, Record<string, string>, string | undefined, string]>([
  ['the run', run, 'runner', 'acme-delivery@1234567890.2'],
  [
    'the run, whose repository is cut to leave room for it',
    { ...run, GITHUB_REPOSITORY: `acme/${'x'.repeat(100)}` },
    '',
    `acme-${'x'.repeat(46)}@1234567890.2`,
  ],
  ['the user', {}, 'ada', 'towpath@ada'],
  ['the user, in characters that STS takes', {}, 'ada lövelace/x', 'towpath@ada-l-velace-x'],
  ['somebody', {}, undefined, 'towpath@somebody'],
])('a session is named for %s', (_, environment, user, expected) => {
  const name = sessionName(environment, user)
  expect(name).toBe(expected)
  expect(name).toMatch(/^[\w+=,.@-]{2,64}$/)
})

test('a tag has the characters that STS takes, and no more of them', () => {
  const tags = sessionTags({ actor: 'dependabot[bot]', ref: `refs/heads/${'ü'.repeat(400)}`, sha: '', repository: '💥\n;"' })
  expect(tags['towpath:actor']).toBe('dependabot_bot_')
  expect([...(tags['towpath:ref'] ?? '')]).toHaveLength(256)
  expect(tags['towpath:repository']).toBe('____')
  expect(Object.keys(tags)).not.toContain('towpath:commit')
  for (const value of Object.values(tags)) expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u)
})

test('what is not claimed has no tag, and what every object has is no claim', () => {
  expect(sessionTags({})).toEqual({})
})
