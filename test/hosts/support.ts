import type { Command } from '../../src/commands/command.ts'
import { type Verb, verbs } from '../../src/commands/verbs.ts'
import { type Host, run } from '../../src/hosts/run.ts'
import { listen } from '../../src/hosts/signals.ts'
import { terminal } from '../../src/hosts/terminal.ts'
import { virtualClock } from '../world/clock.ts'
import { type FakeProcess, fakeProcess } from './process.ts'

/** What a command line came to. */
export interface Conducted {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface Around {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Verbs of the test's own, beside the real ones. */
  readonly commands?: Readonly<Record<string, Partial<Command>>>
  readonly world?: Host['world']
  readonly process?: FakeProcess
  readonly clock?: ReturnType<typeof virtualClock>
}

/** Runs a command line as the CLI would, in a process of the test's own. */
export async function conduct(argv: readonly string[], around: Around = {}): Promise<Conducted> {
  const { cwd = '/work', env = {}, commands = {}, process = fakeProcess(), clock = virtualClock() } = around
  const stderr: string[] = []
  const stream = { isTTY: false, write: (text: string) => stderr.push(text) > 0 } as unknown as NodeJS.WriteStream
  const own = Object.entries(commands).map(
    ([name, command]) => [name, { summary: '', load: async () => ({ default: aCommand(name, command) }) }] as const,
  )
  const ending = await run(argv, {
    cwd,
    env: (name) => env[name],
    terminal: terminal(stream),
    verbs: new Map<string, Verb>([...verbs, ...own]),
    listen: () => listen(process, clock),
    world: around.world ?? (() => ({ log: terminal(stream) }) as never),
  })
  return { ...ending, stderr: stderr.join('') }
}

function aCommand(name: string, command: Partial<Command>): Command {
  return { name, summary: '', inputs: {}, outputs: {}, run: async () => ({}), text: () => '', ...command }
}
