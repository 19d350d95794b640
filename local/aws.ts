import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, mkdtempSync, openSync, readSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type LocalCodeDeploy, startLocalCodeDeploy } from './codedeploy/local.ts'
import { follow } from './life.ts'
import { freePort } from './port.ts'

export interface LocalAwsOptions {
  /** The interpreter that has the emulator installed: what ensurePython gave. */
  readonly python: string
  /** The folder of the `node` that Lambdas run with; put first on the emulator's PATH. By default that of our own Node. */
  readonly node?: string
  /** A file descriptor for the emulator's own output, such as 2. By default it is kept aside, for the error if it does not start. */
  readonly log?: number
  /** True: policies and trusts are judged. The key `test` is the account's all-powerful root all the same. */
  readonly auth?: boolean
  /** Aborting it while the emulator starts ends what was begun, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** The variables that point AWS's tools and SDKs at the emulator, and at the CodeDeploy beside it. */
export type AwsEnvironment = Readonly<
  Record<'AWS_ENDPOINT_URL' | 'AWS_ENDPOINT_URL_CODEDEPLOY' | 'AWS_REGION' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>
>

export interface LocalAws {
  readonly endpoint: string
  readonly region: string
  readonly environment: AwsEnvironment
  /** The emulator has no CodeDeploy; this is our own, whose hosts fetch from the emulator's S3. */
  readonly codeDeploy: LocalCodeDeploy
  /** The emulator's process id; it leads a process group that the Lambdas it runs are in. */
  readonly pid: number
  /** Resolves when the emulator has ended, for whatever reason, and its folder is gone. */
  readonly ended: Promise<void>
  /** Ends the emulator and its Lambdas and removes all they wrote. May be called again. */
  stop(): Promise<void>
}

const REGION = 'eu-west-1'
/** How long the emulator may take to answer, in milliseconds; it takes half a second. */
const START_WITHIN = 60_000
/** How often it is tried: a port that was free may be taken before the emulator gets to it. */
const TRIES = 3

/**
 * Starts the AWS emulator on loopback, on a free port, and resolves when it answers. Account 000000000000 in eu-west-1, no
 * authorisation unless it is asked for, all state in a temporary folder that goes with it. It does not outlive this process, however that ends (see
 * launch.py). An error says in one line why it did not start, with the end of the emulator's own output.
 */
export async function startAws(options: LocalAwsOptions): Promise<LocalAws> {
  for (let tries = 1; ; tries++) {
    const started = await startOn(await freePort(), options)
    if ('endpoint' in started) return started
    if (tries === TRIES) throw new Error(`the local AWS ended ${TRIES} times before it answered${started.said}`)
  }
}

/** Gives what the emulator said, ready to be added to a message, if it ended before it answered. */
async function startOn(port: number, options: LocalAwsOptions): Promise<LocalAws | { said: string }> {
  options.signal?.throwIfAborted()
  const folder = mkdtempSync(join(tmpdir(), 'towpath-aws-'))
  const log = options.log ?? openSync(join(folder, 'emulator.log'), 'a+')
  const mark = randomUUID()
  const launcher = spawn(options.python, ['-I', fileURLToPath(new URL('launch.py', import.meta.url)), folder], {
    // A session of its own, so that the terminal's Ctrl-C reaches only us, and we end it in order.
    detached: true,
    stdio: ['pipe', 'pipe', log],
    env: {
      ...emulatorEnvironment(port, folder, mark, options.node ?? dirname(process.execPath)),
      ...(options.auth ? { AUTH: 'true' } : {}),
    },
  })
  const life = follow(launcher, folder)
  try {
    const pid = await life.emulator
    const endpoint = `http://127.0.0.1:${port}`
    if (!(await answering(endpoint, mark, life.ended, options.signal))) return { said: said(options.log, log) }
    // The hosts' folder goes with the emulator's, and what runs there too, however this process ends (launch.py).
    const codeDeploy = await startLocalCodeDeploy({ folder: join(folder, 'hosts'), region: REGION, s3: endpoint, log: options.log })
    const ended = life.ended.then(() => codeDeploy.close())
    const environment = {
      ...{ AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_CODEDEPLOY: codeDeploy.url, AWS_REGION: REGION },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    }
    const stop = async (): Promise<void> => {
      await codeDeploy.close()
      await life.stop()
    }
    return { endpoint, region: REGION, environment, codeDeploy, pid, ended, stop }
  } catch (error) {
    await life.stop()
    options.signal?.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`the local AWS did not start with ${options.python}: ${why}${said(options.log, log)}`, { cause: error })
  } finally {
    if (options.log === undefined) closeSync(log)
  }
}

/**
 * What the emulator and its Lambdas see of our environment: nothing that could point them at a real AWS or at other Python
 * packages. Their home and their temporary folder are the emulator's own, so that whatever they write goes with it.
 */
function emulatorEnvironment(port: number, folder: string, mark: string, node: string): NodeJS.ProcessEnv {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', LD_LIBRARY_PATH } = process.env
  return {
    PATH: `${node}${delimiter}${PATH}`,
    // Some builds of Python, such as that of actions/setup-python, need it to start at all.
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
    LANG: 'C.UTF-8',
    HOME: folder,
    TMPDIR: folder,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    MINISTACK_REGION: REGION,
    // Given back by its health answer, which tells it from another one that was faster to take the port.
    MINISTACK_EDITION: mark,
    IOT_MTLS_ENABLED: '0',
  }
}

/** True when the emulator with this mark answers, false if it ends first; rejects after START_WITHIN. */
async function answering(endpoint: string, mark: string, ended: Promise<void>, signal?: AbortSignal): Promise<boolean> {
  let running = true
  void ended.then(() => {
    running = false
  })
  for (const started = performance.now(); performance.now() - started < START_WITHIN; await sleep(20, undefined, { signal })) {
    if (!running) return false
    if (await answers(endpoint, mark)) return true
  }
  throw new Error(`it did not answer within ${START_WITHIN / 1_000} s`)
}

async function answers(endpoint: string, mark: string): Promise<boolean> {
  try {
    const reply = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) })
    const health: unknown = await reply.json()
    return typeof health === 'object' && health !== null && 'edition' in health && health.edition === mark
  } catch {
    return false
  }
}

/**
 * The last of what the emulator said, in one line, ready to be added to a message; nothing if its output went where the caller wanted
 * it. It is read through its descriptor: the file itself may be gone.
 */
function said(given: number | undefined, log: number): string {
  if (given !== undefined) return ''
  const bytes = Buffer.alloc(1_500)
  const { size } = fstatSync(log)
  const read = readSync(log, bytes, 0, bytes.length, Math.max(0, size - bytes.length))
  const line = bytes.toString('utf8', 0, read).replace(/\s+/g, ' ').trim()
  return line && `; it said: ${line}`
}
