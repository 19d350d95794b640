/**
 * What `validate` takes: the examples against the starter platform, as a multiple of bare Node's CPU time, and a platform of one template
 * with 500 resources of a dozen types, in seconds of CPU. Interleaved; the minima count. `node bench/validate.ts [dist] [rounds]`. Exits 1
 * if a bound is missed.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const [given = 'dist', counted = '11'] = process.argv.slice(2)
const cli = resolve(given, 'cli.js')
const rounds = Number(counted)
const root = resolve(import.meta.dirname, '..')

/** The bounds: the examples as multiples of bare Node, 500 resources in seconds of CPU. */
const bounds = { examples: 2.5, large: 1.5 } as const
const RESOURCES = 500

/** Properties of one resource, by type. */
const types: readonly (readonly [string, string])[] = [
  ['AWS::SQS::Queue', '{VisibilityTimeout: 60, Tags: [{Key: a, Value: b}]}'],
  ['AWS::SNS::Topic', '{DisplayName: a}'],
  ['AWS::S3::Bucket', '{VersioningConfiguration: {Status: Enabled}}'],
  [
    'AWS::DynamoDB::Table',
    '{KeySchema: [{AttributeName: a, KeyType: HASH}], AttributeDefinitions: [{AttributeName: a, AttributeType: S}]}',
  ],
  ['AWS::Lambda::Function', '{Role: !GetAtt R4.Arn, Runtime: nodejs22.x, Handler: a.b, Code: {ZipFile: a}, MemorySize: 256}'],
  ['AWS::Logs::LogGroup', '{RetentionInDays: 14}'],
  ['AWS::IAM::Role', '{AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole"}]}}'],
  ['AWS::EC2::SecurityGroup', '{GroupDescription: !Sub "${AWS::StackName} a"}'],
  ['AWS::CloudWatch::Alarm', '{ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: a, Namespace: b}'],
  ['AWS::Events::Rule', '{ScheduleExpression: rate(1 day)}'],
]

/** Seconds of CPU that a program takes. */
function cpu(args: readonly string[]): number {
  const { status, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(told)}`, ...args], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}\n${stderr}`)
  return Number(/cpu=(\d+)/.exec(stderr)?.[1]) / 1e6
}

/** Loaded into each: says at its end what CPU it took, in microseconds. */
const told = "process.on('exit', () => { const { user, system } = process.cpuUsage(); process._rawDebug('cpu=' + (user + system)) })"

async function largePlatform(folder: string): Promise<string> {
  const resources = Array.from({ length: RESOURCES }, (_, n) => {
    const [type = '', properties = ''] = types[n % types.length] ?? []
    return `  R${n}:\n    Type: ${type}\n    Properties: ${properties.replace('R4.Arn', `R${n + 2}.Arn`)}\n`
  })
  await mkdir(join(folder, 'cloudFormation'), { recursive: true })
  await writeFile(join(folder, 'cloudFormation/large.yml'), `Resources:\n${resources.join('')}`)
  const platform = await readFile(join(root, 'platform/platform.yml'), 'utf8')
  const [environments = ''] = /^environments:\n(?: .*\n|\n)*/m.exec(platform) ?? []
  const blueprints = 'blueprints: { large: { stacks: { large: { template: large.yml } }, ship: { with: stack } } }\n'
  await writeFile(
    join(folder, 'platform.yml'),
    `platform: large\nversion: 1.0.0\n${environments.replace(/^ {4}parameters:[\s\S]*?(?=^ {2}\S|(?![\s\S]))/gm, '')}${blueprints}`,
  )
  return folder
}

const scratch = await mkdtemp(join(tmpdir(), 'towpath-bench-'))
try {
  const large = await largePlatform(join(scratch, 'large'))
  const subjects: Readonly<Record<string, readonly string[]>> = {
    node: ['--eval', ''],
    greeter: [cli, 'validate', '--path', join(root, 'examples/greeter'), '--platform', join(root, 'platform')],
    counter: [cli, 'validate', '--path', join(root, 'examples/counter'), '--platform', join(root, 'platform')],
    large: [cli, 'validate', '--path', large],
  }
  const best: Record<string, number> = {}
  for (let round = 0; round < rounds; round++)
    for (const [name, args] of Object.entries(subjects)) best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, cpu(args))
  const { node = Number.NaN, large: seconds = Number.NaN } = best
  const worst = Math.max(...['greeter', 'counter'].map((name) => (best[name] ?? Number.NaN) / node))
  for (const name of ['greeter', 'counter'])
    console.log(`${name.padEnd(8)} ${((best[name] ?? Number.NaN) / node).toFixed(2)} times bare Node (at most ${bounds.examples})`)
  console.log(`${RESOURCES} resources: ${seconds.toFixed(2)} s of CPU (at most ${bounds.large})`)
  if (!(worst <= bounds.examples && seconds <= bounds.large)) process.exitCode = 1
} finally {
  await rm(scratch, { recursive: true, force: true })
}
