import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { summaries } from '../../src/commands/summaries.ts'
import { withAws } from '../support/aws.ts'
import { bundleFolder } from '../support/prepared.ts'

const root = resolve(import.meta.dirname, '../..')
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-dist-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(args: readonly string[], options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> }): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? '', HOME: folder, ...options.env }
  return new Promise((done) => {
    execFile(process.execPath, [...args], { cwd: options.cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    })
  })
}

/** Name and content of every file in a folder. */
async function contents(of: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(of)).sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await readFile(join(of, name))).toString('latin1')] as const)),
  )
}

describe('dist/', () => {
  test('is what the sources build to', async () => {
    // A branch commits no dist/: where this alone fails, who merges runs `npm run build`.
    const [fresh, committed] = [await contents(bundleFolder()), await contents(join(root, 'dist'))]
    expect(Object.keys(fresh)).toEqual(Object.keys(committed))
    expect(Object.keys(fresh).filter((name) => fresh[name] !== committed[name])).toEqual([])
  })

  test('is the same wherever it is built', async () => {
    const elsewhere = join(folder, 'a/deeper/folder')
    await mkdir(elsewhere, { recursive: true })
    const target = join(elsewhere, 'built')
    const env = { TMPDIR: elsewhere }
    const { code, stderr } = await run(['--disable-warning=ExperimentalWarning', join(root, 'scripts/build.ts'), target], {
      cwd: folder,
      env,
    })
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const [one, other] = [await contents(bundleFolder()), await contents(target)]
    expect(Object.keys(other)).toEqual(Object.keys(one))
    expect(Object.keys(other).filter((name) => other[name] !== one[name])).toEqual([])
    expect(await readdir(elsewhere)).toEqual(['built'])
  })

  test('ends with one line and exit 2 under an older Node, every file of it', async () => {
    const old =
      "Object.defineProperty(process.versions, 'node', { value: '20.19.0' }); Object.defineProperty(process, 'version', { value: 'v20.19.0' })"
    const files = (await readdir(bundleFolder())).filter((name) => name.endsWith('.js'))
    expect(files).toContain('cli.js')
    for (const file of files) {
      const { code, stdout, stderr } = await run(
        ['--import', `data:text/javascript,${encodeURIComponent(old)}`, join(bundleFolder(), file)],
        { cwd: folder },
      )
      expect({ file, code, stdout, stderr }).toEqual({
        file,
        code: 2,
        stdout: '',
        stderr: 'towpath: Node 24 or later is needed, this is v20.19.0\n',
      })
    }
  })
})

describe('every verb runs in a folder without node_modules', () => {
  const aws = withAws()
  let work = ''
  // GitHub, as far as one verb asks it.
  const gitHub = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/json; charset=utf-8')
    answer.end(
      JSON.stringify({ id: 1, full_name: 'acme/greeter', owner: { id: 77 }, default_branch: 'main', created_at: '2026-08-01T00:00:00Z' }),
    )
  })

  /** Runs a verb of the copied bundle and reads what it prints. */
  async function towpath(
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly json: Record<string, unknown>; readonly stderr: string }> {
    const { code, stdout, stderr } = await run([join(work, 'dist/cli.js'), ...args, '--json'], {
      cwd: work,
      env: { ...aws.environment('000000000000'), GITHUB_API_URL: `http://127.0.0.1:${(gitHub.address() as AddressInfo).port}` },
    })
    return { code, json: JSON.parse(stdout) as Record<string, unknown>, stderr }
  }

  const bucket = ['--bucket', 'acme-dist']
  const greeter = ['--path', 'examples/greeter']
  const staging = ['--environment', 'staging']
  // Stands for the release that `deploy` made.
  const RELEASE = '<release>'
  let release = ''
  const calls: Readonly<Record<Exclude<keyof typeof summaries, 'run-ansible' | 'deploy-code'>, readonly string[]>> = {
    bootstrap: [...bucket],
    validate: [...greeter, '--platform', 'platform'],
    'sync-platform': ['--path', 'platform', ...bucket],
    'package-artefact': [...greeter, ...bucket],
    'merge-templates': [...greeter, '--platform', 'platform'],
    'create-release': [...greeter, ...bucket],
    plan: ['--path', 'platform', ...staging, ...bucket],
    deploy: ['--path', 'platform', ...staging, ...bucket],
    'deploy-stacks': ['--service', 'platform', '--release', RELEASE, ...staging, ...bucket],
    rollback: ['--service', 'platform', ...staging, ...bucket],
    'log-deployment': ['--service', 'elsewhere', '--version', '7', '--outcome', 'succeeded', ...staging, ...bucket],
    'github-id': ['--repository', 'acme/greeter'],
    unlock: ['--service', 'platform', ...staging, ...bucket, '--etag', 'none'],
    log: ['--service', 'platform', ...staging, ...bucket, '--verify'],
  }

  afterAll(() => new Promise((done) => gitHub.close(done)))
  beforeAll(async () => {
    await new Promise<void>((done) => gitHub.listen(0, '127.0.0.1', done))
    work = join(folder, 'work')
    await cp(bundleFolder(), join(work, 'dist'), { recursive: true })
    for (const part of ['platform', 'examples']) await cp(join(root, part), join(work, part), { recursive: true })
  })

  // One after the other: each verb needs what those before it left in the bucket.
  test.each(Object.keys(calls))('%s', async (verb) => {
    const given = (calls[verb as keyof typeof calls] ?? []).map((argument) => (argument === RELEASE ? release : argument))
    const { code, json, stderr } = await towpath(verb, ...given)
    if (verb === 'deploy') release = String(json.release)
    expect({ code, error: json.error, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, error: undefined, stderr: '' })
    expect(json.schema).toBe(`towpath/${verb}@1`)
  })

  test('run-ansible, which needs an Ansible that is not there', async () => {
    const python = ['--python', '/nowhere/python3']
    const { code, json } = await towpath(
      'run-ansible',
      '--playbook',
      'platform/ansible/platform.yml',
      '--inventory',
      'localhost,',
      ...python,
    )
    expect({ code, error: json.error }).toMatchObject({ code: 2, error: { code: 'unsupported' } })
  })
})
