import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { nodeFiles } from '../../src/adapters/node/files.ts'
import createRelease from '../../src/commands/create-release.ts'
import mergeTemplates from '../../src/commands/merge-templates.ts'
import syncPlatform from '../../src/commands/sync-platform.ts'
import validate from '../../src/commands/validate.ts'
import type { World } from '../../src/commands/world.ts'
import { realWorld } from '../../src/hosts/world.ts'
import { silent } from '../../src/log.ts'
import type { Files } from '../../src/ports/files.ts'
import type { Manifest } from '../../src/release/manifest.ts'
import { type FakeObjects, fakeObjects } from '../world/objects.ts'

const root = resolve(import.meta.dirname, '../..')
const platform = join(root, 'platform')
const services = ['greeter', 'counter'] as const
type Service = (typeof services)[number]

function folderOf(service: Service): string {
  return join(root, 'examples', service)
}

/** The repository's own files, some of them replaced, an empty bucket and no other cloud. What is written is caught. */
function aWorld(
  replaced: Readonly<Record<string, string>> = {},
): World & { readonly written: Map<string, string>; readonly bucket: FakeObjects } {
  const bucket = fakeObjects()
  const real = nodeFiles()
  const written = new Map<string, string>()
  const files: Files = {
    ...real,
    read: async (path) => (replaced[path] === undefined ? real.read(path) : new TextEncoder().encode(replaced[path])),
    write: async (path, body) => void written.set(basename(path), typeof body === 'string' ? body : new TextDecoder().decode(body)),
  }
  const noCloud = async (): Promise<never> => {
    throw new Error('nothing here needs more of a cloud than a bucket')
  }
  return {
    ...realWorld({ log: silent, interrupted: new AbortController().signal, region: undefined }),
    files,
    // A linter, where there is one, would judge this machine's version of it.
    processes: { has: async () => false, run: async () => undefined },
    origin: async () => ({ actor: null, repository: null, repositoryId: null, commit: null, run: null, towpath: 'test' }),
    commits: async () => undefined,
    objects: async () => bucket,
    stacks: noCloud,
    identity: noCloud,
    written,
    bucket,
  }
}

/** The templates that a service would deploy, by stack. */
async function merged(service: Service) {
  const world = aWorld()
  await mergeTemplates.run({ path: folderOf(service), platform, bucket: undefined, out: join(root, 'merged'), explain: false }, world)
  return Object.fromEntries([...world.written].map(([file, text]) => [basename(file, '.json'), JSON.parse(text)]))
}

/** What a service's release says of each environment, on the starter platform as it is published. */
async function released(service: Service): Promise<Manifest['environments']> {
  const world = aWorld()
  const { bucket } = world.bucket
  await syncPlatform.run(
    {
      path: platform,
      bucket,
      channel: 'stable',
      'remove-service': [],
      'without-register': false,
      'rename-from': undefined,
      downgrade: false,
    },
    world,
  )
  await createRelease.run(
    { path: folderOf(service), bucket, artefact: undefined, archive: undefined, digest: undefined, repository: undefined, transfer: false },
    world,
  )
  const [key = ''] = world.bucket.keys(`services/${service}/releases/`)
  return (world.bucket.json(key) as Manifest).environments
}

describe('the starter platform', () => {
  test('has no problem', async () => {
    const found = await validate.run(
      { path: platform, platform: undefined, bucket: undefined, lint: false, 'changed-readings': false },
      aWorld(),
    )
    expect(found).toMatchObject({ kind: 'platform', name: 'starter', problems: [], unchecked: [] })
  })

  test('is really looked at: a reference that leads nowhere is a problem', async () => {
    const template = join(platform, 'cloudFormation', 'function.yml')
    const broken = (await readFile(template, 'utf8')).replace('!GetAtt Role.Arn', '!GetAtt Rôle.Arn')
    const world = aWorld({ [template]: broken })
    await expect(
      validate.run({ path: platform, platform: undefined, bucket: undefined, lint: false, 'changed-readings': false }, world),
    ).rejects.toThrow('Rôle')
  })

  test.each(['network', 'function'])('describes every parameter and output of %s', async (name) => {
    const text = await readFile(join(platform, 'cloudFormation', `${name}.yml`), 'utf8')
    const { Parameters, Outputs } = await import('yaml').then(({ parse }) => parse(text, { logLevel: 'silent' }))
    const silentOnes = Object.entries({ ...Parameters, ...Outputs }).filter(([, one]) => !(one as { Description?: string }).Description)
    expect(silentOnes).toEqual([])
  })

  test('gives environments values of their own, which a service can leave or change', async () => {
    const { staging, production } = await released('greeter')
    expect(staging?.parameters.function).toMatchObject({ LogRetentionDays: { value: '14' }, Greeting: { value: 'Hello' } })
    expect(production?.parameters.function).toMatchObject({
      LogRetentionDays: { value: '365' },
      MemorySize: { value: '512' },
      Greeting: { value: 'Good day' },
    })
    expect(staging?.tags).toEqual({ environment: 'staging' })
  })
})

describe('the example services', () => {
  test.each(services)('%s has no problem with the starter platform', async (service) => {
    const found = await validate.run(
      { path: folderOf(service), platform, bucket: undefined, lint: false, 'changed-readings': false },
      aWorld(),
    )
    expect(found).toMatchObject({ kind: 'service', name: service, problems: [], unchecked: [] })
  })

  test('are really looked at: an override of what the platform does not have is a problem', async () => {
    const override = join(folderOf('greeter'), 'cloudFormation', 'overrides', 'function.yml')
    const world = aWorld({ [override]: 'Resources: { Funktion: { Properties: { MemorySize: 512 } } }' })
    await expect(
      validate.run({ path: folderOf('greeter'), platform, bucket: undefined, lint: false, 'changed-readings': false }, world),
    ).rejects.toThrow('Funktion')
  })

  test('greeter overrides the function, adds to it, and has an inbox of its own', async () => {
    const { function: { Parameters, Resources, Outputs } = {}, inbox } = await merged('greeter')
    expect(Resources.Function.Properties.Environment.Variables).toEqual({
      SERVICE_NAME: { Ref: 'ServiceName' },
      ENVIRONMENT_NAME: { Ref: 'EnvironmentName' },
      GREETING: { Ref: 'Greeting' },
    })
    expect(Resources.Function.Properties.Tags).toEqual([
      { Key: 'blueprint', Value: 'function' },
      { Key: 'audience', Value: 'everybody' },
    ])
    expect(Resources.ErrorAlarm.Properties).toMatchObject({ EvaluationPeriods: 3, MetricName: 'Errors' })
    expect(Resources.Greetings.Type).toBe('AWS::Logs::MetricFilter')
    expect([Parameters.Greeting.Type, Outputs.Greeting.Value]).toEqual(['String', { Ref: 'Greeting' }])
    expect(Object.keys(inbox.Resources)).toEqual(['Queue', 'ReadQueue', 'QueueToFunction'])
  })

  test("counter appends a right to the function's role, and has a ledger of its own that is kept", async () => {
    const { function: { Resources } = {}, ledger } = await merged('counter')
    expect(Resources.Role.Properties.Policies.map(({ PolicyName }: { PolicyName: string }) => PolicyName)).toEqual(['logs', 'ledger'])
    expect(Resources.Function.Properties.Environment.Variables).toMatchObject({ TABLE_NAME: { Ref: 'TableName' } })
    expect(Resources.LedgerAlarm.Type).toBe('AWS::CloudWatch::Alarm')
    expect(ledger.Resources.Table).toMatchObject({ Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' })
    expect((await released('counter')).staging?.parameters.function).toMatchObject({
      TableName: { from: 'ledger.TableName' },
    })
  })

  test.each(services)('%s may do nothing that is not spelt out', async (service) => {
    const policies = JSON.stringify(await merged(service)).match(/"(?:Resource|Action)":("[^"]*"|\[[^\]]*\]|\{[^}]*\})/g) ?? []
    expect(policies.length).toBeGreaterThan(2)
    expect(policies.filter((policy) => policy.includes('*'))).toEqual([])
  })

  test.each(['platform', 'examples/greeter', 'examples/counter'])('%s names the schema that editors check it with', async (name) => {
    const folder = join(root, name)
    const [descriptor = ''] = (await readdir(folder)).filter((file) => file === 'platform.yml' || file === 'service.yml')
    const file = join(folder, descriptor)
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(await readFile(file, 'utf8')) ?? []
    const { title } = JSON.parse(await readFile(resolve(dirname(file), schema), 'utf8'))
    expect(title).toBe(descriptor)
  })
})
