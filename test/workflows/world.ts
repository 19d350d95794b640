import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation'
import { afterAll, afterEach, beforeAll, describe, expect } from '@jest/globals'
import type { Repository } from '../../local/github/repository.ts'
import { type GitHub, type Seen, startGitHub } from '../../local/github/server.ts'
import { withAws } from '../support/aws.ts'
import { bundleFolder, workflowTools } from '../support/prepared.ts'
import { type Engine, endAll, type Run } from './engine.ts'
import { layOut } from './kit.ts'
import { execute } from './process.ts'
import { root } from './workflow.ts'

export const BUCKET = 'acme-towpath'
/** The one account of these tests: the starter platform's. */
export const ACCOUNT = '000000000000'

// The workflows' scripts are for GitHub's Linux runners: they use GNU's tar, realpath and sha256sum.
export const onLinux = process.platform === 'linux' ? describe : describe.skip

export interface Deployment {
  readonly number: number
  readonly kind: string
  readonly outcome: string
  readonly release: string
  readonly actor: string
  readonly commit: string
}

/** Everything that a run of workflows meets: AWS, GitHub, the engine, and a platform that is published. */
export interface Scene {
  readonly engine: Engine
  readonly github: GitHub
  readonly aws: ReturnType<typeof withAws>
  /** Runs a verb of the bundle as a person would, and reads what it gives. */
  towpath(...args: readonly string[]): Promise<Record<string, unknown>>
  deployments(service: string, environment: string): Promise<readonly Deployment[]>
  /** The log of an environment, a deployment a word. */
  log(service: string, environment: string): Promise<readonly string[]>
  /** A stack of the one account; undefined if there is none. */
  stack(name: string): Promise<Stack | undefined>
  /** What GitHub was asked since the last call, as `<operation> <status>`; id tokens are left out. */
  asked(): readonly string[]
  /** The queries of the id tokens that were asked for since the last call. */
  tokensAsked(): readonly URLSearchParams[]
}

export interface Setting {
  /** What there is of the platform before the tests. */
  readonly platform?: 'deployed' | 'absent'
  /** True: nothing is there but AWS, which judges trusts and policies. Only `towpath` and `stack` are all-powerful then. */
  readonly auth?: boolean
}

/** Starts everything before the tests of the calling file. After each test, nothing was asked of GitHub that it does not know. */
export function withScene({ platform = 'deployed', auth = false }: Setting = {}): Scene {
  const aws = withAws({ auth })
  let engine: Engine | undefined
  const seen = { rest: 0, oidc: 0 }

  beforeAll(async () => {
    const { AWS_ENDPOINT_URL } = aws.environment()
    engine = {
      act: workflowTools().act,
      folder: await mkdtemp(join(tmpdir(), 'towpath-act-')),
      github: await startGitHub(),
      environment: { AWS_ENDPOINT_URL },
      variables: {
        TOWPATH_BUCKET: BUCKET,
        AWS_REGION: aws.region,
        TOWPATH_ACCOUNT: ACCOUNT,
        TOWPATH_ACCOUNTS: JSON.stringify({ staging: ACCOUNT, production: ACCOUNT }),
      },
    }
    await layOut(engine.folder)
    if (auth) return
    await towpath('bootstrap')
    if (platform === 'absent') return
    await towpath('sync-platform', '--path', 'platform')
    if (platform === 'deployed')
      for (const environment of ['staging', 'production']) await towpath('deploy', '--path', 'platform', '--environment', environment)
  })
  afterEach(() => {
    expect(here().github.violations).toEqual([])
  })
  afterAll(async () => {
    await endAll()
    await engine?.github.stop()
    if (engine) await rm(engine.folder, { recursive: true, force: true })
  })

  function here(): Engine {
    if (!engine) throw new Error('the scene is set only while the tests run')
    return engine
  }
  async function towpath(...args: readonly string[]): Promise<Record<string, unknown>> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: here().folder,
      TOWPATH_BUCKET: BUCKET,
      ...aws.environment(auth ? undefined : ACCOUNT),
    }
    const { code, stdout, stderr } = await execute(process.execPath, [join(bundleFolder(), 'cli.js'), ...args, '--json'], root, env)
    if (code !== 0) throw new Error(`towpath ${args.join(' ')} ended with ${code}: ${stderr}${stdout}`)
    return JSON.parse(stdout) as Record<string, unknown>
  }
  async function deployments(service: string, environment: string): Promise<readonly Deployment[]> {
    try {
      const { deployments } = await towpath('log', '--service', service, '--environment', environment)
      return deployments as readonly Deployment[]
    } catch (error) {
      // A service that never got as far as a release has no deployment either.
      if (error instanceof Error && error.message.includes(`nobody knows a service '${service}'`)) return []
      throw error
    }
  }
  function fresh(kind: 'rest' | 'oidc'): readonly Seen[] {
    const { requests } = here().github
    const found = requests.slice(seen[kind]).filter(({ operation }) => (operation === 'oidc') === (kind === 'oidc'))
    seen[kind] = requests.length
    return found
  }
  return {
    aws,
    towpath,
    deployments,
    get engine() {
      return here()
    },
    get github() {
      return here().github
    },
    log: async (service, environment) => (await deployments(service, environment)).map(({ kind, outcome }) => `${kind} ${outcome}`),
    async stack(StackName) {
      const asked = new DescribeStacksCommand({ StackName })
      const found = await new CloudFormationClient(aws.client(auth ? undefined : ACCOUNT)).send(asked).catch(() => undefined)
      return found?.Stacks?.[0]
    },
    asked: () => fresh('rest').map(({ operation, status }) => `${operation} ${status}`),
    tokensAsked: () => fresh('oidc').map(({ url }) => new URL(url, here().github.url).searchParams),
  }
}

/** @param wanted in their order, unless jobs may run beside one another. */
export function expectSteps({ steps, text }: Run, wanted: readonly string[], { order = true } = {}): void {
  const [is, should] = order ? [steps, wanted] : [steps.toSorted(), wanted.toSorted()]
  // What was printed is only worth reading if they differ.
  if (JSON.stringify(is) !== JSON.stringify(should)) process.stderr.write(text)
  expect(is).toEqual(should)
}

/** Which role each step acted as, as it says itself once AWS has given it a session. */
export function rolesOf({ lines }: Run): readonly string[] {
  return lines.flatMap(({ at, line }) => {
    const [, role] = /^acting as (\S+) \(session acme-/.exec(line) ?? []
    return role === undefined ? [] : [`${at}: ${role}`]
  })
}

/** The annotations of a run, as `<job>/<step>: <level>: <text>`, without their titles. */
export function notesOf({ lines }: Run): readonly string[] {
  return lines.flatMap(({ at, line }) => {
    const [, level, text = ''] = /^::(error|warning|notice)(?: [^:]*)?::(.*)$/s.exec(line) ?? []
    return level === undefined ? [] : [`${at}: ${level}: ${text.replaceAll('%0A', '\n').replaceAll('%25', '%')}`]
  })
}

/** The first line of each summary. */
export function verdictsOf({ summaries }: Run): readonly string[] {
  return summaries.map((summary) => summary.split('\n', 1)[0] ?? '')
}

/** GitHub's deployments of a repository, in their order: task, environment, and the states in theirs. */
export function toldOf({ deployments }: Repository): readonly string[] {
  return [...deployments.values()].map(
    ({ task, environment, statuses }) => `${task} to ${environment}: ${statuses.map(({ state }) => state).join(', ')}`,
  )
}

/** A run without the steps of a build job, which have no names. */
export function withoutBuild(run: Run): Run {
  return { ...run, steps: run.steps.filter((step) => !step.includes('/build/')) }
}

/** Steps of a job that succeeded. */
export function all(job: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${job}/${name}: success`)
}

export const built = ['Check out', 'Check the descriptor', 'Build', 'Archive', 'Upload the archive']
export const planned = ['Check out', 'Take the archive over', 'Compose the release', 'Plan']
