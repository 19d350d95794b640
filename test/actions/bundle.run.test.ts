import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { withAws } from '../support/aws.ts'
import { bundleFolder } from '../support/prepared.ts'
import { commandsIn, outputsIn } from './judge.ts'
import { variablesOf } from './world.ts'

const root = resolve(import.meta.dirname, '../..')
const aws = withAws()
let folder = ''
let work = ''

/** What runs is alone in a folder, without node_modules. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-bundle-'))
  await cp(bundleFolder(), join(folder, 'bundle/dist'), { recursive: true })
  work = join(folder, 'work')
  for (const part of ['platform', 'examples']) await cp(join(root, part), join(work, part), { recursive: true })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Stepped {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly outputs: ReadonlyMap<string, string>
  readonly summary: string
}

/** Runs an action as the runner does: by its stub, with inputs and files named by variables. */
async function step(
  action: string,
  inputs: Readonly<Record<string, string>>,
  signalWhen?: { readonly until: Promise<unknown>; readonly signal: NodeJS.Signals },
  variables: Readonly<Record<string, string>> = aws.environment('000000000000'),
): Promise<Stepped> {
  const files = join(folder, 'files')
  await mkdir(files, { recursive: true })
  const [output, summary] = [join(files, 'output'), join(files, 'summary')]
  for (const file of [output, summary]) await writeFile(file, '')
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    GITHUB_WORKSPACE: work,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_REPOSITORY: 'acme/delivery',
    GITHUB_REPOSITORY_ID: '42',
    GITHUB_RUN_ID: '9001',
    GITHUB_ACTOR: 'alice',
    ...variables,
    ...variablesOf(inputs),
  }
  const child = spawn(process.execPath, [join(folder, 'bundle/dist', `${action}.js`)], {
    cwd: work,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()))
  void signalWhen?.until.then(() => child.kill(signalWhen.signal))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr, outputs: outputsIn(await readFile(output, 'utf8')), summary: await readFile(summary, 'utf8') }
}

const bucket = { bucket: 'acme-actions' }
const platform = { path: 'platform', environment: 'staging', ...bucket }

describe('the bundle, run as actions', () => {
  test('publishes a platform, plans it, deploys it, and finds nothing to do', async () => {
    const boot = await promisify(execFile)(process.execPath, [join(folder, 'bundle/dist/cli.js'), 'bootstrap', '--bucket', bucket.bucket], {
      env: { PATH: process.env.PATH ?? '', ...aws.environment('000000000000') },
    })
    expect(boot.stdout).toContain('is ready')

    const synced = await step('sync-platform', { path: 'platform', ...bucket })
    expect({ code: synced.code, stderr: synced.stderr }).toEqual({ code: 0, stderr: '' })
    expect(synced.outputs.get('channel-moved')).toBe('true')

    const planned = await step('plan', platform)
    expect(planned.code).toBe(0)
    expect(planned.outputs.get('has-changes')).toBe('true')
    expect(planned.summary).toContain(planned.outputs.get('markdown')?.trimEnd())

    const deployed = await step('deploy', platform)
    expect({ code: deployed.code, stderr: deployed.stderr }).toEqual({ code: 0, stderr: '' })
    expect(deployed.outputs.get('outcome')).toBe('succeeded')
    expect(deployed.outputs.get('previous')).toBe('')
    expect(JSON.parse(deployed.outputs.get('stacks') ?? '')).toMatchObject([{ stack: 'network', outcome: 'succeeded' }])
    expect(deployed.summary).toMatch(/^### ✅ Deployment 1 to `staging` succeeded\n/)
    expect(deployed.summary).toContain('[log of the run](https://github.com/acme/delivery/actions/runs/9001)')
    expect(commandsIn(deployed.stdout).map(({ name }) => name)).toEqual(['group', 'endgroup'])

    const again = await step('deploy', platform)
    expect(again.outputs.get('changed')).toBe('false')
    expect(again.summary).toMatch(/^### ✅ Nothing to do in `staging`\n/)
  })

  test('refuses inputs that nobody knows, all at once, and sets the outcome', async () => {
    const { code, stdout, outputs, summary } = await step('deploy', { pth: 'platform', wait: 'soon' })
    expect(code).toBe(2)
    expect([...outputs]).toEqual([['outcome', 'failed']])
    const error = commandsIn(stdout).find(({ name }) => name === 'error')
    expect(error).toMatchObject({ name: 'error', properties: { title: 'towpath deploy' } })
    expect(error?.data).toContain(
      "deploy has no input 'pth'; input 'environment' is needed; input 'bucket' is needed; input 'wait' is no duration: 'soon'",
    )
    expect(summary).toMatch(/^### ❌ /)
  })

  test('annotates what is wrong where it is', async () => {
    await mkdir(join(work, 'wrong'), { recursive: true })
    await writeFile(
      join(work, 'wrong/service.yml'),
      'service: delivery\nowner: logistics\nblueprint: thing\nplatform: stable\nnonsense: "::error::x"\n',
    )
    const { code, stdout, outputs } = await step('validate', { path: 'wrong' })
    expect(code).toBe(2)
    expect(commandsIn(stdout)).toContainEqual(
      expect.objectContaining({ properties: { title: 'towpath validate', file: 'wrong/service.yml', line: '5', col: '1' } }),
    )
    expect(JSON.parse(outputs.get('problems') ?? '')).not.toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('that is cancelled by %s ends with 130, its outcome set', async (signal) => {
    // A server that never answers: the action waits for it when the signal comes.
    const asked = Promise.withResolvers<void>()
    const server = createServer(() => asked.resolve()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const variables = { ...aws.environment('000000000000'), AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }
    try {
      const { code, outputs } = await step('deploy', platform, { until: asked.promise, signal }, variables)
      expect({ code, outcome: outputs.get('outcome') }).toEqual({ code: 130, outcome: 'failed' })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
