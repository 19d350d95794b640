import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { ensureWorkflowTools } from '../../scripts/workflow-tools.mjs'
import { withAws } from '../support/aws.ts'
import { act, aRepository, commitAll, type Engine, execute, prepare, type Run } from './engine.ts'
import { root } from './workflow.ts'

jest.setTimeout(120_000)

const BUCKET = 'acme-towpath'
const aws = withAws()
let engine: Engine
let greeter: string

beforeAll(async () => {
  const { act } = await ensureWorkflowTools(root, { say: (line) => process.stderr.write(`${line}\n`) })
  const { AWS_ENDPOINT_URL, AWS_SECRET_ACCESS_KEY } = aws.environment()
  engine = {
    act,
    folder: await mkdtemp(join(tmpdir(), 'towpath-act-')),
    environment: { AWS_ENDPOINT_URL },
    secrets: { AWS_ACCESS_KEY_ID: '000000000000', AWS_SECRET_ACCESS_KEY: `${AWS_SECRET_ACCESS_KEY}-${'0'.repeat(12)}` },
    variables: { TOWPATH_BUCKET: BUCKET, AWS_REGION: aws.region },
  }
  await prepare(engine)
  await towpath('bootstrap')
  await towpath('sync-platform', '--path', 'platform')
  for (const environment of ['staging', 'production']) await towpath('deploy', '--path', 'platform', '--environment', environment)
  greeter = await aRepository(engine, 'greeter', 'examples/greeter', 'service.yml')
}, 300_000)

afterAll(() => rm(engine.folder, { recursive: true, force: true }))

/** Runs a verb of the bundle as a person would, and reads what it gives. */
async function towpath(...args: readonly string[]): Promise<Record<string, unknown>> {
  const env = { PATH: process.env.PATH ?? '', HOME: engine.folder, TOWPATH_BUCKET: BUCKET, ...aws.environment('000000000000') }
  const { code, stdout, stderr } = await execute(process.execPath, [join(root, 'dist/cli.js'), ...args, '--json'], root, env)
  if (code !== 0) throw new Error(`towpath ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  return JSON.parse(stdout) as Record<string, unknown>
}

interface Deployment {
  readonly kind: string
  readonly outcome: string
  readonly release: string
  readonly actor: string
}

async function deployments(environment: string): Promise<readonly Deployment[]> {
  const { deployments } = await towpath('log', '--service', 'greeter', '--environment', environment)
  return deployments as readonly Deployment[]
}

/** The log of an environment, a deployment a word. */
async function log(environment: string): Promise<readonly string[]> {
  return (await deployments(environment)).map(({ kind, outcome }) => `${kind} ${outcome}`)
}

function expectSteps({ steps, text }: Run, wanted: readonly string[]): void {
  // What was printed is only worth reading if they differ.
  if (JSON.stringify(steps) !== JSON.stringify(wanted)) process.stderr.write(text)
  expect(steps).toEqual(wanted)
}

const built = ['Check out', 'Check the descriptor', 'Build', 'Archive', 'Upload the archive']
const planned = ['Check out', 'Take the archive over', 'Check and unpack the archive', 'Compose the release', 'Plan']

function all(job: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${job}/${name}: success`)
}

describe('service.yml', () => {
  test('builds without credentials and takes one release through both environments', async () => {
    const run = await act(engine, greeter, 'service.yml')
    expectSteps(run, [
      ...all('build/build', built),
      ...all('staging/plan', planned),
      'staging/apply/Deploy: success',
      'production/plan/Plan: success',
      'production/apply/Deploy: success',
    ])
    expect(run.code).toBe(0)
    const [staging, production] = [await deployments('staging'), await deployments('production')]
    expect(staging).toEqual([expect.objectContaining({ kind: 'deploy', outcome: 'succeeded', actor: 'ada' })])
    expect(production.map(({ release }) => release)).toEqual(staging.map(({ release }) => release))
  })

  test('changes nothing when nothing has changed', async () => {
    const { code } = await act(engine, greeter, 'service.yml')
    expect(code).toBe(0)
    expect([await log('staging'), await log('production')]).toEqual([['deploy succeeded'], ['deploy succeeded']])
  })

  test('stops at the environment where it fails', async () => {
    const file = join(greeter, 'cloudFormation/additions/inbox.yml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('VisibilityTimeout: 60', 'VisibilityTimeout: 86400'))
    await commitAll(greeter)
    const run = await act(engine, greeter, 'service.yml')
    expectSteps(run, [...all('build/build', built), ...all('staging/plan', planned), 'staging/apply/Deploy: failure'])
    expect(run.code).toBe(1)
    expect([await log('staging'), await log('production')]).toEqual([['deploy succeeded', 'deploy failed'], ['deploy succeeded']])
  })
})
