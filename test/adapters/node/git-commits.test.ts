import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { gitCommits } from '../../../src/adapters/node/git-commits.ts'
import { nodeProcesses } from '../../../src/adapters/node/process.ts'
import { type Commits, firstKnown, isCommit, type Relation } from '../../../src/ports/commits.ts'
import { fakeCommits } from '../../world/commits.ts'

/** A history of a few commits, in git or in memory. */
interface Line {
  readonly commits: Commits
  commit(name: string, ...parents: readonly string[]): string
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'towpath-commits-'))
  git('init', '--quiet')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { encoding: 'utf8' }).trim()

const empty = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const ofGit = (): Line => ({
  commits: gitCommits(nodeProcesses(), folder),
  commit: (name, ...parents) => git('commit-tree', empty, '-m', name, ...parents.flatMap((parent) => ['-p', parent])),
})
const ofFake = (): Line => {
  const commits = fakeCommits()
  return { commits, commit: commits.commit }
}

describe.each([
  ['a working directory', ofGit],
  ['the fake history', ofFake],
])('%s', (_, make) => {
  test('tells how two commits stand to one another', async () => {
    const { commits, commit } = make()
    const root = commit('root')
    const [left, right] = [commit('left', root), commit('right', root)]
    const merged = commit('merged', left, right)
    const nobodys = 'f'.repeat(40)
    const table: readonly (readonly [string, string, Relation])[] = [
      [root, root, 'same'],
      [root, left, 'ahead'],
      [left, root, 'behind'],
      [root, merged, 'ahead'],
      [merged, right, 'behind'],
      [left, right, 'diverged'],
      [root, nobodys, 'unknown'],
      [nobodys, root, 'unknown'],
      [commit('another root'), root, make === ofGit ? 'unknown' : 'diverged'],
    ]
    for (const [base, head, relation] of table) expect(await commits.compare(base, head)).toBe(relation)
  })
})

describe('a working directory', () => {
  test.each(['', 'HEAD', '--help', `${'a'.repeat(39)} `, 'A'.repeat(40), `${'a'.repeat(40)}\n`])(
    'is never asked for %j',
    async (hostile) => {
      const asked: unknown[] = []
      const commits = gitCommits({ has: async () => true, run: async (...call) => void asked.push(call) as undefined }, '/')
      expect([await commits.compare(hostile, 'a'.repeat(40)), await commits.compare('a'.repeat(40), hostile)]).toEqual([
        'unknown',
        'unknown',
      ])
      expect(asked).toEqual([])
      expect(isCommit(hostile)).toBe(false)
    },
  )

  test('that is none, or where there is no git, tells nothing', async () => {
    const [one, two] = ['a'.repeat(40), 'b'.repeat(40)]
    expect(await gitCommits(nodeProcesses(), tmpdir()).compare(one, two)).toBe('unknown')
    expect(await gitCommits(nodeProcesses({ PATH: '' }), folder).compare(one, two)).toBe('unknown')
  })
})

test('of several histories the first that knows is heard, and no other is asked', async () => {
  const asked: string[] = []
  const saying = (name: string, relation: Relation): Commits => ({
    compare: async () => {
      asked.push(name)
      return relation
    },
  })
  expect(await firstKnown([saying('a', 'unknown'), saying('b', 'behind'), saying('c', 'ahead')]).compare('x', 'y')).toBe('behind')
  expect(asked).toEqual(['a', 'b'])
  expect(await firstKnown([]).compare('x', 'y')).toBe('unknown')
})
