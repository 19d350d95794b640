import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { ensurePython } from '../../scripts/python.mjs'
import { aFunction } from '../support/lambda.ts'
import { descendants, running } from '../support/processes.ts'
import { until } from '../support/until.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let python: string
let folder: string
let started: ChildProcess[]

beforeAll(async () => {
  python = await ensurePython(root, { say: (line) => process.stderr.write(`${line}\n`) })
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  started = []
})

afterEach(async () => {
  for (const child of started) child.kill('SIGKILL')
  await until('the temporary folder is empty', nothingLeft)
  await rm(folder, { recursive: true })
})

/** `npm run local` after its set-up, in a process group of its own as a terminal would give it, its temporary files in `folder`. */
function local(interpreter = python): {
  child: ChildProcess
  pid: number
  exit: Promise<number | null>
  said(): string
  complained(): string
} {
  const child = spawn(process.execPath, [join(root, 'local/main.ts')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TOWPATH_PYTHON: interpreter, TMPDIR: folder },
  })
  started.push(child)
  if (child.pid === undefined) throw new Error('local/main.ts could not be started')
  let said = ''
  let complained = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    complained += text
  })
  const exit = once(child, 'close').then(([code]) => code)
  return { child, pid: child.pid, exit, said: () => said, complained: () => complained }
}

/** The same, when it says it is ready, with the variables it gave. */
async function ready() {
  const aws = local()
  await until('the local AWS is ready', () => aws.said().endsWith('ready\n'))
  const variables = Object.fromEntries([...aws.said().matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
  const settings = {
    endpoint: String(variables.AWS_ENDPOINT_URL),
    region: String(variables.AWS_REGION),
    credentials: { accessKeyId: String(variables.AWS_ACCESS_KEY_ID), secretAccessKey: String(variables.AWS_SECRET_ACCESS_KEY) },
  }
  return { ...aws, settings, family: await descendants(aws.pid) }
}

async function nothingLeft(): Promise<boolean> {
  return (await readdir(folder)).length === 0
}

/** The local AWS with a Lambda at work that does not end when it is asked to. */
async function withStubbornLambda() {
  const aws = await ready()
  const code = `process.on('SIGTERM', () => {}); export const handler = () => new Promise((done) => setTimeout(done, 50_000))`
  const stubborn = await aFunction(aws.settings, 'nodejs24.x', code)
  await stubborn.start()
  const family = await until('the Lambda runs', async () => {
    const now = await descendants(aws.pid)
    return now.length > aws.family.length && now
  })
  stubborn.close()
  return { ...aws, family }
}

test('prints five variables and the word ready, and nothing else, on standard output', async () => {
  const aws = await ready()
  expect(aws.said()).toMatch(
    /^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+\nexport AWS_ENDPOINT_URL_CODEDEPLOY=http:\/\/127\.0\.0\.1:\d+\nexport AWS_REGION=eu-west-1\nexport AWS_ACCESS_KEY_ID=\S+\nexport AWS_SECRET_ACCESS_KEY=\S+\nready\n$/,
  )
  const client = new STSClient(aws.settings)
  expect((await client.send(new GetCallerIdentityCommand({}))).Account).toBe('000000000000')
  client.destroy()
  aws.child.kill('SIGTERM')
  expect(await aws.exit).toBe(0)
  expect(aws.said()).toMatch(/ready\n$/)
})

describe('leaves no process and no file behind', () => {
  test('when it gets SIGTERM while a Lambda runs', async () => {
    const aws = await withStubbornLambda()
    aws.child.kill('SIGTERM')
    expect(await aws.exit).toBe(0)
    expect(await running(aws.family)).toEqual([])
    expect(await nothingLeft()).toBe(true)
  })

  test('when its whole process group gets SIGINT, and then SIGTERM', async () => {
    const aws = await ready()
    process.kill(-aws.pid, 'SIGINT')
    process.kill(-aws.pid, 'SIGTERM')
    expect(await aws.exit).toBe(0)
    expect(await running(aws.family)).toEqual([])
    expect(await nothingLeft()).toBe(true)
  })

  test('when it is killed outright while a Lambda runs', async () => {
    const aws = await withStubbornLambda()
    aws.child.kill('SIGKILL')
    await until('everything it started has ended', async () => (await running(aws.family)).length === 0)
    await until('its files are gone', nothingLeft)
  })

  test('when it is killed outright while something runs on a host of its CodeDeploy', async () => {
    const aws = await ready()
    const [inside = ''] = await readdir(folder)
    const env = { ...process.env, TOWPATH_HOST_ROOT: join(folder, inside, 'hosts/web-1') }
    const daemon = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env })
    started.push(daemon)
    aws.child.kill('SIGKILL')
    await until('what ran on the host has ended', () => daemon.signalCode !== null)
    await until('its files are gone', nothingLeft)
  })

  test('when it is asked to end before it is ready', async () => {
    // On a busy machine it may be ready before it is seen to have started: then it is asked anew.
    for (let said = 'ready'; said !== ''; ) {
      const aws = local()
      await until('the emulator was started', async () => (await descendants(aws.pid)).length > 1)
      const family = await descendants(aws.pid)
      aws.child.kill('SIGTERM')
      expect(await aws.exit).toBe(0)
      said = aws.said()
      expect(await running(family)).toEqual([])
    }
    expect(await nothingLeft()).toBe(true)
  })

  test('when the emulator dies, which it tells', async () => {
    const aws = await ready()
    const emulator = aws.family[1]
    if (emulator === undefined) throw new Error('there is no emulator')
    process.kill(emulator, 'SIGKILL')
    expect(await aws.exit).toBe(1)
    expect(aws.complained()).toContain('the local AWS ended by itself')
    expect(await running(aws.family)).toEqual([])
    expect(await nothingLeft()).toBe(true)
  })

  test('when the launcher is killed, which it tells', async () => {
    const aws = await ready()
    const [launcher] = aws.family
    if (launcher === undefined) throw new Error('there is no launcher')
    process.kill(launcher, 'SIGKILL')
    expect(await aws.exit).toBe(1)
    await until('everything it started has ended', async () => (await running(aws.family)).length === 0)
    expect(await nothingLeft()).toBe(true)
  })

  test('when Python cannot be run, which it tells in one line', async () => {
    const aws = local('/no/such/python')
    expect(await aws.exit).toBe(1)
    expect(aws.complained()).toMatch(/^the local AWS did not start with \/no\/such\/python: .*ENOENT\n$/)
    expect(await nothingLeft()).toBe(true)
  })
})
