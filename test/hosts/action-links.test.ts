import { expect, test } from '@jest/globals'
import { runLinks } from '../../src/hosts/action-links.ts'

const variables = {
  GITHUB_SERVER_URL: 'https://github.example:8443',
  GITHUB_REPOSITORY: 'acme/delivery',
  GITHUB_RUN_ID: '9001',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
}

test('the run and the commit are linked', () => {
  expect(runLinks(variables)).toEqual([
    { text: 'log of the run', url: 'https://github.example:8443/acme/delivery/actions/runs/9001/attempts/2' },
    { text: 'commit 0123456', url: 'https://github.example:8443/acme/delivery/commit/0123456789abcdef0123456789abcdef01234567' },
  ])
})

test.each([
  ['GITHUB_SERVER_URL', 'javascript:alert(1)'],
  ['GITHUB_SERVER_URL', 'https://x) [y](https://z'],
  ['GITHUB_REPOSITORY', 'acme/delivery)'],
  ['GITHUB_REPOSITORY', ''],
])('nothing is linked where %s is %j', (name, value) => {
  expect(runLinks({ ...variables, [name]: value })).toEqual([])
})

test('what is not known is not linked', () => {
  expect(runLinks({ GITHUB_REPOSITORY: 'acme/delivery' })).toEqual([])
})
