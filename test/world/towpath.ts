import { createHash } from 'node:crypto'
import { gitHubApi } from '../../src/adapters/github/api.ts'
import { gitHubDeployments } from '../../src/adapters/github/deployments.ts'
import { gitHubRepository } from '../../src/adapters/github/repository.ts'
import { gitCommits } from '../../src/adapters/node/git-commits.ts'
import { nodeArchiver } from '../../src/adapters/node/zip.ts'
import type { Command } from '../../src/commands/command.ts'
import { verbs } from '../../src/commands/verbs.ts'
import type { Cloud, World } from '../../src/commands/world.ts'
import { TowpathError } from '../../src/errors.ts'
import type { Log } from '../../src/log.ts'
import type { Origin } from '../../src/origin.ts'
import type { Files } from '../../src/ports/files.ts'
import type { Processes } from '../../src/ports/processes.ts'
import type { WorkflowRun } from '../../src/ports/workflow-run.ts'
import { accountOfRole, nameOfRole } from '../../src/role.ts'
import { virtualClock } from './clock.ts'
import { type FakeStacks, type FakeStacksOptions, fakeStacks } from './cloudformation.ts'
import type { FakeCodeDeploy } from './codedeploy.ts'
import { type FakeCommits, fakeCommits } from './commits.ts'
import { undeclaredOutputs } from './declared.ts'
import { defaultsOf } from './defaults.ts'
import { type MemoryFiles, memoryFiles, type Tree } from './files.ts'
import { type FakeConversation, fakeConversation } from './github/comments.ts'
import { type FakeGitHub, fakeGitHub } from './github/github.ts'
import { fakeIdentityProviders } from './identity-providers.ts'
import { type Interception, intercept as interceptWith } from './intercept.ts'
import { type FakeObjects, fakeObjects } from './objects.ts'

/** What a verb came to in the world in memory. */
export interface Ran {
  readonly outputs: Readonly<Record<string, unknown>>
  /** Undefined if it succeeded. */
  readonly error: TowpathError | undefined
}

/** Towpath in a world in memory: one bucket, one CloudFormation, one clock, one tree of files. */
export interface MemoryWorld {
  readonly bucket: FakeObjects
  /** A second bucket, for an environment that has its own. */
  readonly other: FakeObjects
  readonly cloud: FakeStacks
  readonly clock: ReturnType<typeof virtualClock>
  /** What GitHub knows of the history of commits. */
  readonly commits: FakeCommits
  /** Told and asked by whoever has its token. */
  readonly github: FakeGitHub
  /** The pull request that runs are of. */
  readonly conversation: FakeConversation
  /** Every line that was logged, by whoever ran. */
  readonly lines: string[]
  /** Programs that are installed, by name: what each writes to stdout. None, until a test puts one there. */
  readonly programs: Record<string, (args: readonly string[]) => string | undefined>
  /** The files as the last verb that ran left them, what it wrote among them. */
  readonly disk: MemoryFiles
  /** Puts files there (undefined removes one); paths are absolute. */
  write(tree: Readonly<Record<string, string | undefined>>): void
  /** Makes this its CodeDeploy, which it has none of before: it and its hosts are on the world's clock. */
  join(codeDeploy: FakeCodeDeploy): void
  /** Runs a verb as somebody; `interrupt` stops it as Ctrl-C would. */
  run(verb: string, inputs?: Readonly<Record<string, unknown>>, as?: Who): Promise<Ran>
}

/** Who runs a verb. */
export interface Who {
  readonly name?: string
  readonly interrupt?: AbortSignal
  /** The name that its token has on GitHub; undefined without a token. */
  readonly gitHub?: string
  /** What stands between this client and S3, CloudFormation and STS. */
  readonly intercept?: Interception
  readonly origin?: Partial<Origin>
  /** Lets them ask GitHub. */
  readonly token?: string
  /** The files they see; by default those that were written. */
  readonly files?: Files
  /** The workflow's run that it is done in; none by default. */
  readonly workflow?: WorkflowRun
  /** Whom STS takes them for. */
  readonly arn?: string
  /** True if a program reads what it prints. */
  readonly json?: boolean
}

export const account = '000000000000'
export const region = 'eu-west-1'

const interceptNothing = interceptWith(() => {})

/** A world with nothing in it but empty buckets. @param options how its CloudFormation differs from the usual one */
export function memoryWorld(tree: Tree = {}, options: Partial<FakeStacksOptions> = {}): MemoryWorld {
  const clock = virtualClock()
  const now = () => clock.now().getTime()
  const bucket = fakeObjects('acme-platform', { now })
  const other = fakeObjects('acme-staging', { now })
  const github = fakeGitHub(clock)
  const cloud = fakeStacks({ clock, region, account, objects: [bucket, other], ...options })
  let codeDeploy: FakeCodeDeploy | undefined
  const codeDeployThere = (): FakeCodeDeploy['rollouts'] => {
    if (codeDeploy === undefined) throw new Error('this world has no CodeDeploy: give it one with `join`')
    return codeDeploy.rollouts
  }
  const commits = fakeCommits()
  const conversation = fakeConversation()
  const providers = fakeIdentityProviders()
  const files: Record<string, Tree[string]> = { ...tree }
  const lines: string[] = []
  const programs: MemoryWorld['programs'] = {}
  const log: Log = { info: (text) => void lines.push(text), warn: (text) => void lines.push(`warning: ${text}`), progress() {} }
  const processes: Processes = {
    has: async (name) => name in programs,
    run: async (name, args) => programs[name]?.(args),
  }
  let disk = memoryFiles(files)
  let drawn = 0
  const apiOf = (token: string) => gitHubApi({ url: github.url, repository: github.name, token, fetch: github.fetch })
  const cloudOf = (name: string, arn: string, between: Interception): Cloud => ({
    objects: async (named) => between.on((named === other.bucket ? other : bucket).as(name)),
    stacks: async () => between.on(cloud.as(name)),
    rollouts: async () => between.on(codeDeployThere()),
    identity: async () => ({ account: arn.split(':')[4] ?? '', arn }),
  })
  const worldOf = ({
    name = 'somebody',
    interrupt = new AbortController().signal,
    origin = {},
    intercept: between = interceptNothing,
    token,
    gitHub,
    workflow,
    files: seen,
    json = false,
    arn = `arn:aws:iam::${account}:user/${name}`,
  }: Who): World => ({
    ...cloudOf(name, arn, between),
    // Who acts as a role calls under the role's name.
    as: (role) => cloudOf(nameOfRole(role), `arn:aws:sts::${accountOfRole(role)}:assumed-role/${nameOfRole(role)}/${name}`, between),
    files: seen ?? disk,
    archiver: nodeArchiver(),
    processes,
    workflow,
    longPrograms: { follow: async () => undefined },
    localCommits: async (path) => gitCommits(processes, path),
    clock,
    log,
    interrupted: interrupt,
    json,
    region,
    // Never the same twice, and the same in every run of the test.
    random: (bytes) =>
      createHash('sha256')
        .update(`${++drawn}`)
        .digest('hex')
        .slice(0, bytes * 2),
    origin: async () => ({ actor: name, repository: null, repositoryId: null, commit: null, run: null, towpath: '0.0.0', ...origin }),
    commits: async () => (commits.reachable ? between.on(commits) : undefined),
    gitHubDeployments: async () => (token === undefined ? undefined : gitHubDeployments(apiOf(token))),
    repository: async (repository) => gitHubRepository(gitHubApi({ url: github.url, repository, token, fetch: github.fetch }), token),
    comments: async () => (gitHub === undefined ? undefined : conversation.as(gitHub)),
    template: async (_, stackId) => cloud.templateOf(stackId),
    identityProviders: async () => between.on(providers),
  })
  return {
    bucket,
    other,
    cloud,
    clock,
    commits,
    github,
    conversation,
    lines,
    programs,
    get disk() {
      return disk
    },
    write(changes) {
      for (const [path, content] of Object.entries(changes)) {
        if (content === undefined) delete files[path]
        else files[path] = content
      }
    },
    join(given) {
      codeDeploy = given
    },
    async run(verb, inputs = {}, as = {}) {
      disk = memoryFiles(files)
      const command = (await verbs.get(verb)?.load())?.default as Command
      const defaults = { ...defaultsOf(command), path: '/service', bucket: bucket.bucket, environment: 'staging' }
      try {
        return { outputs: checked(command, await command.run({ ...defaults, ...inputs } as never, worldOf(as))), error: undefined }
      } catch (error) {
        if (!(error instanceof TowpathError)) throw error
        return { outputs: error.outputs ? checked(command, error.outputs) : {}, error }
      }
    },
  }
}

/** The outputs of a verb, if they are as it declares them. */
function checked<Outputs extends object>(command: Command, outputs: Outputs): Outputs {
  const wrong = undeclaredOutputs(command, outputs)
  if (wrong.length > 0) throw new Error(`the outputs of ${command.name}: ${wrong.join('; ')}`)
  return outputs
}

/** A platform with one blueprint, `thing`, of the stacks given (by default one stack, `main`, of one Thing). */
export function aPlatform({
  version = '1.0.0',
  stacks = { main: {} },
  templates = {},
  extra = '',
}: {
  version?: string
  stacks?: Readonly<Record<string, Readonly<Record<string, string>>>>
  templates?: Readonly<Record<string, unknown>>
  extra?: string
} = {}): Record<string, string> {
  const recipes = Object.entries(stacks).map(
    ([stack, inputs]) => `      ${stack}: { template: ${stack}.json, inputs: ${JSON.stringify(inputs)} }`,
  )
  const all: Readonly<Record<string, unknown>> = {
    ...Object.fromEntries(Object.entries(stacks).map(([stack, inputs]) => [stack, aTemplate({ parameters: Object.keys(inputs) })])),
    ...templates,
  }
  return {
    '/platform/platform.yml': [
      'platform: acme',
      `version: ${version}`,
      'environments:',
      `  staging: { account: "${account}", region: ${region} }`,
      `  production: { account: "${account}", region: ${region} }`,
      'blueprints:',
      '  thing:',
      '    stacks:',
      ...recipes,
      '    ship: { with: stack }',
      extra,
      '',
    ].join('\n'),
    ...Object.fromEntries(
      Object.entries(all).map(([name, template]) => [`/platform/cloudFormation/${name}.json`, JSON.stringify(template)]),
    ),
  }
}

/** A template of one Thing, whose properties come from its parameters; its output changes when the Thing is replaced. */
export function aTemplate({
  parameters = [],
  properties = {},
  resources = {},
  outputs = {},
}: {
  parameters?: readonly string[]
  properties?: Readonly<Record<string, unknown>>
  resources?: Readonly<Record<string, unknown>>
  outputs?: Readonly<Record<string, unknown>>
} = {}): Record<string, unknown> {
  return {
    ...(parameters.length > 0 ? { Parameters: Object.fromEntries(parameters.map((name) => [name, { Type: 'String' }])) } : {}),
    Resources: {
      Thing: {
        Type: 'Test::Towpath::Thing',
        Properties: { ...properties, ...Object.fromEntries(parameters.map((name) => [name, { Ref: name }])) },
      },
      ...resources,
    },
    Outputs: { Name: { Value: { Ref: 'Thing' } }, ...outputs },
  }
}

/** A service of blueprint `thing`, without an artefact. */
export function aService({
  name = 'delivery',
  lines = [],
  overrides = {},
  additions = {},
}: {
  name?: string
  lines?: readonly string[]
  overrides?: Readonly<Record<string, unknown>>
  additions?: Readonly<Record<string, unknown>>
} = {}): Record<string, string> {
  const folder = (kind: string, files: Readonly<Record<string, unknown>>): [string, string][] =>
    Object.entries(files).map(([base, template]) => [`/service/cloudFormation/${kind}/${base}.json`, JSON.stringify(template)])
  return {
    '/service/service.yml': [
      `service: ${name}`,
      'owner: logistics',
      'blueprint: thing',
      'platform: stable',
      ...(lines.some((line) => line.startsWith('environments:')) ? [] : ['environments: { staging: {}, production: {} }']),
      ...lines,
      '',
    ].join('\n'),
    ...Object.fromEntries([...folder('overrides', overrides), ...folder('additions', additions)]),
  }
}

/** A world with a platform published and a service ready to be deployed. */
export async function readyWorld(
  platform: Readonly<Record<string, string>> = aPlatform(),
  service: Readonly<Record<string, string>> = aService(),
  options: Partial<FakeStacksOptions> = {},
): Promise<MemoryWorld> {
  const world = memoryWorld({}, options)
  world.write({ ...platform, ...service })
  const { error } = await world.run('sync-platform', { path: '/platform' })
  if (error) throw error
  world.lines.length = 0
  return world
}
