import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { ensurePython } from '../../scripts/python.mjs'

let root: string
let said: string[]
const say = (line: string) => said.push(line)

beforeEach(async () => {
  said = []
  root = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  await mkdir(join(root, 'local'))
  await require('')
})

afterEach(() => rm(root, { recursive: true }))

/** Locks these requirements; none are enough to see when an environment is made. */
function require(lines: string): Promise<void> {
  return writeFile(join(root, 'local/requirements.txt'), lines)
}

async function made(): Promise<number> {
  return (await stat(join(root, '.towpath/python/pyvenv.cfg'))).mtimeMs
}

test('an environment is made once, and again when it is half made or the lock has changed', async () => {
  // What a maker that was killed left behind: no process has the highest id that Linux and macOS can give.
  await mkdir(join(root, '.towpath/python-4194305'), { recursive: true })
  const python = await ensurePython(root, { say })
  expect(python).toBe(join(root, '.towpath/python/bin/python'))
  expect(said).toHaveLength(1)
  const first = await made()
  expect(await ensurePython(root, { say })).toBe(python)
  expect(said).toHaveLength(1)
  expect(await made()).toBe(first)

  await rm(join(root, '.towpath/python/stamp'))
  await ensurePython(root, { say })
  const second = await made()
  expect(second).not.toBe(first)

  await require('# another lock\n')
  await ensurePython(root, { say })
  expect(await made()).not.toBe(second)
  expect(said).toHaveLength(3)
  expect(await readdir(join(root, '.towpath'))).toEqual(['python'])
})

test('two makers at once end with one whole environment', async () => {
  // Two processes, as the name of what is being made holds the maker's process id.
  const script = `
    import { ensurePython } from ${JSON.stringify(new URL('../../scripts/python.mjs', import.meta.url).href)}
    console.log(await ensurePython(${JSON.stringify(root)}, { say() {} }))`
  const maker = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  const answers = await Promise.all([maker(), maker()])
  expect(answers.map(({ stdout }) => stdout)).toEqual(Array(2).fill(`${join(root, '.towpath/python/bin/python')}\n`))
  expect(await readdir(join(root, '.towpath'))).toEqual(['python'])
  await ensurePython(root, { say })
  expect(said).toEqual([])
})

test('what cannot be installed is one line with exit code 1, and nothing half made is left', async () => {
  await require('this is no requirement\n')
  const failing = ensurePython(root, { say })
  await expect(failing).rejects.toMatchObject({ exitCode: 1, message: expect.stringMatching(/^[^\n]*pip install[^\n]*$/) })
  expect(await readdir(join(root, '.towpath'))).toEqual([])
})

test('the lock names versions and hashes, and no host', async () => {
  const lock = await readFile(new URL('../../local/requirements.txt', import.meta.url), 'utf8')
  expect(lock).toContain('ministack==1.5.33')
  expect(lock).not.toMatch(/:\/\/|--index-url|--find-links/)
  for (const [name] of lock.matchAll(/^\S+==\S+ \\\n(?! {4}--hash=sha256:)/gm)) expect(name).toBe('followed by a hash')
})
