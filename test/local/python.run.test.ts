import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ensurePython } from '../../scripts/python.mjs'

let root: string
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'towpath-test-')))
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

test('a private environment is made for real, and is not made again', async () => {
  const said: string[] = []
  const say = (line: string) => said.push(line)
  const python = await ensurePython(root, { say })
  expect(python).toBe(join(root, '.towpath/python/bin/python'))
  expect(said).toHaveLength(1)
  const first = await made()
  expect(await ensurePython(root, { say })).toBe(python)
  expect(said).toHaveLength(1)
  expect(await made()).toBe(first)
  const printed = await promisify(execFile)(python, ['-I', '-c', 'import pip, sys; print(sys.prefix, sys.prefix != sys.base_prefix)'])
  expect(printed.stdout).toBe(`${join(root, '.towpath/python')} True\n`)
})

/** Stands in for Python: knows its version, makes an environment that holds itself, and installs whatever has no space in it. */
const standIn = `#!/bin/sh
case "$*" in
  "-I -c "*) printf '3.14.99\\n\\n' ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && : > "$3/pyvenv.cfg" ;;
  "-m pip install "*) for last; do :; done; ! grep -q ' ' "$last" ;;
  *) exit 64 ;;
esac
`

describe('with a stand-in for Python', () => {
  beforeEach(async () => {
    await mkdir(join(root, 'bin'))
    // The name that is looked for first.
    await writeFile(join(root, 'bin/python3.14'), standIn, { mode: 0o755 })
  })

  interface Answer {
    readonly python?: string
    readonly error?: { readonly message: string; readonly exitCode: number }
    readonly said: readonly string[]
  }

  /** Makes an environment in a process of its own, as the name of what is being made holds the maker's process id. */
  async function maker(): Promise<Answer> {
    const script = `
      import { ensurePython } from ${JSON.stringify(new URL('../../scripts/python.mjs', import.meta.url).href)}
      const said = []
      const answer = await ensurePython(${JSON.stringify(root)}, { say: (line) => said.push(line) }).then(
        (python) => ({ python }),
        ({ message, exitCode }) => ({ error: { message, exitCode } }),
      )
      console.log(JSON.stringify({ ...answer, said }))`
    const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` }
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { env })
    return JSON.parse(stdout) as Answer
  }

  const python = (): string => join(root, '.towpath/python/bin/python')
  const making = (): readonly string[] => [`setting up the local AWS: a private Python 3.14.99 in ${join(root, '.towpath/python')}`]

  test('an environment is made once, and again when it is half made or the lock has changed', async () => {
    // What a maker that was killed left behind: no process has the highest id that Linux and macOS can give.
    await mkdir(join(root, '.towpath/python-4194305'), { recursive: true })
    expect(await maker()).toEqual({ python: python(), said: making() })
    const first = await made()
    expect(await maker()).toEqual({ python: python(), said: [] })
    expect(await made()).toBe(first)

    await rm(join(root, '.towpath/python/stamp'))
    expect(await maker()).toEqual({ python: python(), said: making() })
    const second = await made()
    expect(second).not.toBe(first)

    await require('another-lock\n')
    expect(await maker()).toEqual({ python: python(), said: making() })
    expect(await made()).not.toBe(second)
    expect(await readdir(join(root, '.towpath'))).toEqual(['python'])
  })

  test('an environment is made again when its interpreter has changed or gone', async () => {
    await maker()
    await writeFile(python(), standIn.replace('3.14.99', '3.14.98'), { mode: 0o755 })
    expect((await maker()).said).toEqual(making())
    await rm(python())
    expect((await maker()).said).toEqual(making())
    expect((await maker()).said).toEqual([])
  })

  test('two makers at once end with one whole environment', async () => {
    const answers = await Promise.all([maker(), maker()])
    expect(answers.map((answer) => answer.python)).toEqual([python(), python()])
    expect(await readdir(join(root, '.towpath'))).toEqual(['python'])
    expect(await maker()).toEqual({ python: python(), said: [] })
  })

  test('what cannot be installed is one line with exit code 1, and nothing half made is left', async () => {
    await require('this is no requirement\n')
    const { error } = await maker()
    expect(error).toEqual({ exitCode: 1, message: expect.stringMatching(/^[^\n]*pip install[^\n]*$/) })
    expect(await readdir(join(root, '.towpath'))).toEqual([])
  })
})

test('the lock names versions and hashes, and no host', async () => {
  const lock = await readFile(new URL('../../local/requirements.txt', import.meta.url), 'utf8')
  expect(lock).toContain('ministack==1.5.33')
  expect(lock).not.toMatch(/:\/\/|--index-url|--find-links/)
  for (const [name] of lock.matchAll(/^\S+==\S+ \\\n(?! {4}--hash=sha256:)/gm)) expect(name).toBe('followed by a hash')
})
