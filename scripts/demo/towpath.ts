import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { DemoError } from './ending.ts'
import { cli, type Stage } from './stage.ts'

/** How long a command that was told to stop may take to close its record and give its lock back, in milliseconds. */
const GRACE = 3_000

/** Who releases, as GitHub tells a workflow: it holds a service's name to its repository. */
const repositories: Readonly<Record<string, string>> = { platform: '101', greeter: '102', counter: '103', clock: '104' }

interface Expected {
  /** The exit code it should end with. */
  readonly code?: number
  /** What stdout should hold. */
  readonly saying?: readonly RegExp[]
  /** Shows other lines in place of those that stdout holds. */
  readonly abridge?: (lines: readonly string[]) => readonly string[]
}

/** Runs the command line as a user would, shows what it prints as it comes, and gives its stdout. Ends it when the demo is stopped. */
export async function towpath(
  stage: Stage,
  words: string,
  { code = 0, saying = [], abridge = (lines) => lines }: Expected = {},
): Promise<string> {
  const { narrator, signal } = stage
  signal.throwIfAborted()
  narrator.command(`towpath ${words}`)
  const args = words.split(' ')
  // A process group of its own: the terminal's Ctrl-C reaches only us, and we pass it on once, and to whatever it started.
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: stage.folder,
    env: { ...stage.environment, ...repositoryOf(args) },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    killGroup(child.pid, 'SIGINT')
    timer = setTimeout(() => killGroup(child.pid, 'SIGKILL'), GRACE)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    createInterface({ input: child.stderr }).on('line', (line) => narrator.progress(line))
    const [[ended], stdout] = await Promise.all([once(child, 'close'), text(child.stdout)])
    signal.throwIfAborted()
    for (const line of abridge(stdout.split('\n').slice(0, -1))) narrator.result(line)
    if (ended !== code) throw new DemoError(`towpath ${words}\nended with exit code ${ended} instead of ${code}`)
    const missing = saying.find((text) => !text.test(stdout))
    if (missing) throw new DemoError(`towpath ${words}\ndid not print what it should: ${missing}`)
    return stdout
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(timer)
  }
}

function repositoryOf(args: readonly string[]): NodeJS.ProcessEnv {
  const name = args[args.indexOf('--path') + 1] ?? ''
  const id = repositories[name]
  return id === undefined ? {} : { GITHUB_REPOSITORY: `acme/${name}`, GITHUB_REPOSITORY_ID: id }
}

/** Signals a process group; that it is gone already is no error. */
function killGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return
  try {
    process.kill(-leader, signal)
  } catch {
    // Gone already.
  }
}
