import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { withAws } from '../support/aws.ts'
import { bundleFolder } from '../support/prepared.ts'
import { plant } from '../world/tree.ts'

/*
 * The bundle as a process of its own, ended while CloudFormation is at work: what a workflow that is cancelled and a runner that is lost do
 * to it. A stack that waits for a signal which never comes keeps the operation under way.
 */
const account = '000000000000'
const bucket = 'acme-signals'
const aws = withAws()
let folder = ''

const client = (): S3Client => new S3Client({ ...aws.client(account), forcePathStyle: true })

/** A running verb, and what it has printed. */
interface Running {
  readonly child: ChildProcess
  readonly printed: { stdout: string; stderr: string }
  readonly ended: Promise<number | null>
}

function towpath(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [join(bundleFolder(), 'cli.js'), ...args, '--bucket', bucket, '--json'], {
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...aws.environment(account) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout?.on('data', (piece: Buffer) => (printed.stdout += piece.toString()))
  child.stderr?.on('data', (piece: Buffer) => (printed.stderr += piece.toString()))
  return { child, printed, ended: new Promise((done) => child.on('close', (code) => done(code))) }
}

const deploy = (name: string): Running => towpath('deploy', '--path', join(folder, name), '--environment', 'staging')

/** Resolves when a running verb has printed some words on stderr. */
function said({ child, printed }: Running, words: string): Promise<void> {
  return new Promise((done) => {
    const look = (): void => {
      if (printed.stderr.includes(words)) done()
    }
    child.stderr?.on('data', look)
    look()
  })
}

async function json(key: string): Promise<Record<string, unknown>> {
  const { Body } = await client().send(new GetObjectCommand({ Bucket: bucket, Key: key }))
  return JSON.parse((await Body?.transformToString()) ?? 'null') as Record<string, unknown>
}

/** A service whose stack is never done, or is soon. */
function service(name: string, waits: boolean): Record<string, string> {
  const waiting =
    'Handle: { Type: AWS::CloudFormation::WaitConditionHandle }\n  Wait: { Type: AWS::CloudFormation::WaitCondition, Properties: { Handle: !Ref Handle, Timeout: 20 } }'
  return {
    [`/${name}/service.yml`]: `service: ${name}\nowner: logistics\nblueprint: queues\nplatform: stable\nenvironments: { staging: {} }\n`,
    [`/${name}/cloudFormation/additions/slow.yml`]: `Resources:\n  Queue: { Type: AWS::SQS::Queue }\n  ${waits ? waiting : ''}\n`,
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-signals-'))
  await client().send(new CreateBucketCommand({ Bucket: bucket }))
  await plant(folder, {
    '/platform/platform.yml': `platform: acme\nversion: 1.0.0\nenvironments: { staging: { account: "${account}", region: eu-west-1 } }\nblueprints: { queues: { stacks: { queue: { template: queue.yml } }, ship: { with: stack } } }\n`,
    '/platform/cloudFormation/queue.yml': 'Resources: { Queue: { Type: AWS::SQS::Queue } }\n',
    ...service('stopped', true),
    ...service('killed', true),
  })
  expect(await towpath('sync-platform', '--path', join(folder, 'platform')).ended).toBe(0)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a deployment under way', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'that gets %s closes its record as unknown, gives the lock back and says what goes on',
    async (signal) => {
      const running = deploy('stopped')
      await said(running, 'IN_PROGRESS Wait')
      running.child.kill(signal)
      expect(await running.ended).toBe(130)
      const outputs = JSON.parse(running.printed.stdout) as Record<string, unknown>
      expect(outputs).toMatchObject({ outcome: 'unknown', error: { code: 'interrupted' } })
      expect(running.printed.stderr).toContain('goes on in CloudFormation without us')
      expect(await json(`deployments/staging/stopped/${String(outputs.deployment).padStart(8, '0')}.json`)).toMatchObject({
        outcome: 'unknown',
      })
      expect((await client().send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'locks/' }))).KeyCount).toBe(0)
    },
  )

  test('that is killed is found dead by a plain re-run, its record closed, and the deployment goes on', async () => {
    const dead = deploy('killed')
    await said(dead, 'IN_PROGRESS Wait')
    dead.child.kill('SIGKILL')
    await dead.ended
    await plant(folder, service('killed', false))
    const again = deploy('killed')
    expect({ code: await again.ended, stderr: again.printed.stderr }).toMatchObject({ code: 0 })
    expect(JSON.parse(again.printed.stdout)).toMatchObject({ outcome: 'succeeded', deployment: 2 })
    const first = await json('deployments/staging/killed/00000001.json')
    expect(first).toMatchObject({ outcome: 'unknown', closedBy: expect.any(String) })
    expect(first.entries).toContainEqual(expect.objectContaining({ kind: 'abandoned' }))
  })
})
