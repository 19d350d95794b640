import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { ensureAnsible, ensurePython } from '../../scripts/python.mjs'
import { descendants, running } from '../support/processes.ts'
import { until } from '../support/until.ts'

const root = new URL('../..', import.meta.url).pathname
let python: string
let ansible: string
let folder: string
let started: ChildProcess[]

beforeAll(async () => {
  const options = { say: (line: string) => process.stderr.write(`${line}\n`) }
  python = await ensurePython(root, options)
  ansible = await ensureAnsible(root, options)
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'towpath-test-'))
  started = []
})

afterEach(async () => {
  for (const child of started) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

/** `npm run demo` after its set-up, in a process group of its own as a terminal would give it, its temporary files in `folder`. */
function demo(interpreter = python) {
  const child = spawn(process.execPath, [join(root, 'scripts/demo.ts')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of this machine's own AWS settings may reach the demo: with these it would reach nothing.
    env: {
      ...process.env,
      TOWPATH_PYTHON: interpreter,
      TOWPATH_ANSIBLE: ansible,
      TMPDIR: folder,
      AWS_PROFILE: 'nobody',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    },
  })
  started.push(child)
  if (child.pid === undefined) throw new Error('scripts/demo.ts could not be started')
  const said = collect(child.stdout)
  const complained = collect(child.stderr)
  const exit = once(child, 'close').then(([code]) => code)
  return { child, pid: child.pid, exit, said, complained }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (piece) => {
    text += piece
  })
  return () => text
}

/** Starts the demo, waits until it has said something, and gives it with every process it started so far. */
async function demoThatSaid(text: string) {
  const under = demo()
  await until(`the demo says '${text}'`, () => under.said().includes(text))
  return { ...under, family: await descendants(under.pid) }
}

/** Every process and every file of a demo that has ended is gone. */
async function expectNothingLeft(family: readonly number[]): Promise<void> {
  expect(family.length).toBeGreaterThan(0)
  expect(await running(family)).toEqual([])
  expect(await readdir(folder)).toEqual([])
}

describe('the demo', () => {
  test('runs to its end: what was deployed answers, a failure tells its cause, and a rollback brings the answer back', async () => {
    const under = await demoThatSaid('it answers at http://127.0.0.1:')
    expect([await under.exit, under.complained()]).toEqual([0, ''])
    const told = under.said()
    const milestones = [
      'published platform 1.0.0',
      'network.PrivateSubnets',
      "service 'greeter': no problem found",
      "service 'counter': no problem found",
      '+   Greetings (AWS::Logs::MetricFilter)',
      'deployment 1 succeeded',
      'function.Greeting',
      'it answers {"greeting":"Hello, Ada!","from":"staging"}',
      'it answers {"name":"Ada","count":2,"from":"staging"}',
      'deployment 2 succeeded',
      'it answers {"greeting":"Hello, Ada! Welcome aboard.","from":"staging"}',
      '"changed": false,',
      'versions of objects that it held before, and no lock',
      'deployment 3 failed',
      'cause: inbox Queue AWS::SQS::Queue: ',
      'it answers {"greeting":"Hello, Ada! Mind the gap.","from":"staging"}',
      'deployment 4 succeeded',
      'it answers {"greeting":"Hello, Ada! Welcome aboard.","from":"staging"}',
      'code: deployment d-',
      'web-1 ran AfterInstall: ',
      '"zone":"UTC"',
      'deployment 2 failed',
      'AfterInstall: towpath/hook ended with exit code 2',
      'web-1 at http://127.0.0.1:',
      'does not answer',
      'deployment 3 succeeded',
      '"zone":"UTC"',
      'the chain holds: 4 records verified',
      'Stop everything',
      'What to try next:',
    ]
    let from = 0
    for (const milestone of milestones) {
      const found = told.indexOf(milestone, from)
      expect([milestone, found >= 0]).toEqual([milestone, true])
      from = found + milestone.length
    }
    expect(told).not.toContain('\u001b')
    // A path is one word, which nothing can fold.
    expect(told.split('\n').filter((line) => line.length > 100 && line.trim().includes(' '))).toEqual([])
    await expectNothingLeft(under.family)
  })

  test('tells in few words why it cannot start, and leaves nothing behind', async () => {
    const under = demo('/no/such/python')
    expect(await under.exit).toBe(1)
    expect(under.complained()).toMatch(/^\nthe demo failed at 'Start a local AWS'.*\n.*\/no\/such\/python: .*ENOENT\n$/)
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a demo that is stopped leaves no process and no folder behind', () => {
  test('by SIGINT to it alone, in the middle of a deployment', async () => {
    const under = await demoThatSaid('deployment 1 of greeter to staging began')
    under.child.kill('SIGINT')
    expect(await under.exit).toBe(130)
    expect(under.complained()).toContain('stopped: nothing of the demo is left')
    await expectNothingLeft(under.family)
  })

  test('by SIGINT to its group, as the terminal sends it, which is passed on as well', async () => {
    const under = await demoThatSaid('$ towpath sync-platform')
    process.kill(-under.pid, 'SIGINT')
    under.child.kill('SIGINT')
    expect(await under.exit).toBe(130)
    await expectNothingLeft(under.family)
  })

  test('by SIGTERM before the local AWS answers', async () => {
    const under = demo()
    const family = await until('the emulator was started', async () => {
      const now = await descendants(under.pid)
      return now.length > 1 && now
    })
    under.child.kill('SIGTERM')
    expect(await under.exit).toBe(130)
    await expectNothingLeft(family)
  })

  test('by nobody reading it any more', async () => {
    const under = await demoThatSaid('$ towpath bootstrap')
    under.child.stdout?.destroy()
    expect(await under.exit).toBe(130)
    await expectNothingLeft(under.family)
  })
})
