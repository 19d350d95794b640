import { execFile } from 'node:child_process'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '../..')
let folder = ''

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'towpath-environment-')))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A file of tests: the first hangs beside a process of its own, the second looks at what there is. */
const tests = `
const { spawn } = require('node:child_process')
const { setTimeout: sleep } = require('node:timers/promises')
const start = () => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
const runs = ({ exitCode, signalCode }) => exitCode === null && signalCode === null
let shared, left
beforeAll(() => { shared = start() })
afterAll(() => { shared.kill(); left.kill() })
test('hangs', () => { left = start(); return new Promise(() => {}) }, 500)
test('comes after it', async () => {
  for (let turn = 0; turn < 100 && runs(left); turn++) await sleep(20)
  expect([runs(shared), runs(left)]).toEqual([true, false])
})
`

interface Ended {
  readonly name: string
  readonly status: string
}

/** Runs those tests with an environment, and gives what became of each. */
async function outcomes(testEnvironment: string): Promise<readonly Ended[]> {
  await writeFile(join(folder, 'hung.test.js'), tests)
  const config = { rootDir: folder, testEnvironment, transform: {}, cacheDirectory: join(folder, 'cache') }
  const args = [join(root, 'node_modules/jest/bin/jest.js'), '--json', '--runInBand', '--config', JSON.stringify(config)]
  const printed = await new Promise<string>((done) => execFile(process.execPath, args, { cwd: folder }, (_, stdout) => done(stdout)))
  const report = JSON.parse(printed) as {
    readonly testResults: readonly { readonly assertionResults: readonly { readonly title: string; readonly status: string }[] }[]
  }
  return report.testResults.flatMap(({ assertionResults }) => assertionResults.map(({ title, status }) => ({ name: title, status })))
}

test('a process that a hung test left is ended before the next test, and one that all tests share is not', async () => {
  expect(await outcomes(join(root, 'test/support/environment.ts'))).toEqual([
    { name: 'hangs', status: 'failed' },
    { name: 'comes after it', status: 'passed' },
  ])
})

test('canary: in another environment it goes on', async () => {
  expect(await outcomes('node')).toEqual([
    { name: 'hangs', status: 'failed' },
    { name: 'comes after it', status: 'failed' },
  ])
})
