import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { ensureWorkflowTools } from '../../scripts/workflow-tools.mjs'
import { withAws } from '../support/aws.ts'
import { act, addCaller, aRepository, commitAll, type Engine, execute, prepare, type Run } from './engine.ts'
import { root } from './workflow.ts'

jest.setTimeout(120_000)

const BUCKET = 'acme-towpath'
// The workflows' scripts are for GitHub's Linux runners: they use GNU's tar, realpath and sha256sum.
const onLinux = process.platform === 'linux' ? describe : describe.skip

onLinux('the callers, run by act', () => {
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

    test('refuses an archive that is not what the build made, before anything of it is unpacked', async () => {
      const before = await log('staging')
      const run = await act({ ...engine, environment: { ...engine.environment, TEST_TAMPER: 'x' } }, greeter, 'service.yml')
      expectSteps(run, [
        ...all('build/build', built),
        ...all('staging/plan', ['Check out', 'Take the archive over']),
        'staging/plan/Check and unpack the archive: failure',
      ])
      expect(run.text).toContain('artefact.tar.gz: FAILED')
      expect(await log('staging')).toEqual(before)
    })
  })

  test('rollback.yml goes back to the release that worked', async () => {
    await addCaller(greeter, 'rollback.yml')
    const [first] = await deployments('staging')
    const run = await act(engine, greeter, 'rollback.yml', { name: 'workflow_dispatch', inputs: { environment: 'staging' } })
    expectSteps(run, all('rollback/rollback', ['Check out', 'Roll back']))
    expect(run.code).toBe(0)
    expect((await deployments('staging')).at(-1)).toMatchObject({ kind: 'rollback', outcome: 'succeeded', release: first?.release })
  })

  describe('plan.yml', () => {
    const offline = all('plan/offline', ['Check out', 'Validate', 'Say what was not planned'])

    function aPullRequest(from: string, login = 'ada'): { readonly name: string; readonly pull_request: unknown } {
      return {
        name: 'pull_request',
        pull_request: { number: 42, user: { login }, head: { ref: 'change', repo: { full_name: from } }, base: { ref: 'main' } },
      }
    }

    test('plans each environment and changes none', async () => {
      await addCaller(greeter, 'plan.yml')
      const before = [await log('staging'), await log('production')]
      const run = await act(engine, greeter, 'plan.yml', aPullRequest('acme/greeter'))
      const each = [...offline, ...all('plan/plan', ['Check out', 'Take the archive over', 'Check and unpack the archive', 'Plan'])]
      expectSteps({ ...run, steps: run.steps.toSorted() }, [...all('build/build', built), ...each, ...each].toSorted())
      expect(run.code).toBe(0)
      expect([await log('staging'), await log('production')]).toEqual(before)
    })

    test.each([
      ['a fork', aPullRequest('mallory/greeter')],
      ['Dependabot', aPullRequest('acme/greeter', 'dependabot[bot]')],
    ])('plans offline for %s, and says so', async (who, event) => {
      const run = await act(engine, greeter, 'plan.yml', event)
      expectSteps({ ...run, steps: run.steps.toSorted() }, [...all('build/build', built), ...offline, ...offline].toSorted())
      expect(run.code).toBe(0)
      expect(run.text).toContain(`a pull request from ${who} gets no credentials`)
    })
  })

  test('platform.yml publishes, and deploys one environment after the other', async () => {
    const platform = await aRepository(engine, 'platform', 'platform', 'platform.yml')
    const run = await act(engine, platform, 'platform.yml')
    const each = (environment: string) => all(environment, ['plan/Check out', 'plan/Compose the release', 'plan/Plan', 'apply/Deploy'])
    expectSteps(run, [
      ...all('platform/check', ['Check out', 'Validate']),
      ...all('platform/publish', ['Check out', 'Publish']),
      ...each('staging'),
      ...each('production'),
    ])
    expect(run.code).toBe(0)
  })
})
