import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { nodeFiles } from '../../../src/adapters/node/files.ts'
import { nodeProcesses } from '../../../src/adapters/node/process.ts'
import type { TemporaryFolder } from '../../../src/ports/files.ts'

const PATH = process.env.PATH ?? ''

describe('programs of this machine', () => {
  let folder: TemporaryFolder
  beforeAll(async () => {
    folder = await nodeFiles().temporary()
  })
  afterAll(() => folder.remove())

  const run = (script: string, { variables = {}, timeoutMilliseconds = 60_000, args = [] as readonly string[] } = {}) =>
    nodeProcesses({ PATH, ...variables }).run(process.execPath, ['-e', script, ...args], { folder: folder.path, timeoutMilliseconds })

  test('are found on the path, and those that are not there are not', async () => {
    expect(await nodeProcesses({ PATH }).has('git')).toBe(true)
    expect(await nodeProcesses({ PATH }).has('no-such-program')).toBe(false)
    expect(await nodeProcesses({}).has('git')).toBe(false)
  })

  test('that are folders or files nobody may execute are none', async () => {
    await nodeFiles().write(`${folder.path}/plain`, 'echo')
    await nodeFiles().write(`${folder.path}/sub/x`, '')
    expect(await nodeProcesses({ PATH: folder.path }).has('plain')).toBe(false)
    expect(await nodeProcesses({ PATH: folder.path }).has('sub')).toBe(false)
  })

  test('say what they say, whatever their exit code', async () => {
    expect(await run('console.log("said"); process.exitCode = 6')).toBe('said\n')
  })

  test('work in the folder they are given', async () => {
    expect(await run('console.log(require("node:path").basename(process.cwd()))')).toBe(`${folder.path.split('/').at(-1)}\n`)
  })

  test('are given their arguments as they are, by no shell', async () => {
    expect(await run('console.log(process.argv[1])', { args: ['$(echo owned); `id` > x'] })).toBe('$(echo owned); `id` > x\n')
  })

  test('are not given our credentials', async () => {
    const variables = {
      AWS_SECRET_ACCESS_KEY: 'x',
      GITHUB_TOKEN: 'x',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'x',
      INPUT_X: 'x',
      DB_PASSWORD: 'x',
      LANG: 'C',
    }
    const given = JSON.parse((await run('console.log(JSON.stringify(process.env))', { variables })) ?? '{}') as Record<string, string>
    expect(Object.keys(given).filter((name) => given[name] === 'x')).toEqual([])
    expect(given.LANG).toBe('C')
  })

  test('that cannot be started, or take too long, have said nothing', async () => {
    expect(await nodeProcesses({ PATH }).run('no-such-program', [], { folder: folder.path, timeoutMilliseconds: 1_000 })).toBeUndefined()
    expect(await run('console.log("half"); setInterval(() => {}, 1000)', { timeoutMilliseconds: 500 })).toBeUndefined()
  })
})
