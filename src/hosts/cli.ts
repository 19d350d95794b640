import { nodeClock } from '../adapters/node/clock.ts'
import { verbs } from '../commands/verbs.ts'
import { run } from './run.ts'
import { listen } from './signals.ts'
import { terminal } from './terminal.ts'
import { realWorld } from './world.ts'

/** The command line's door: does what it asks for, prints what it gives, and ends the process with its exit code. */
export async function main(argv: readonly string[], heard: readonly NodeJS.Signals[]): Promise<void> {
  const signals = listen(process, nodeClock(), heard)
  // A reader that went away (`towpath log | head`) is no failure of ours.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const log = terminal(process.stderr)
  const { code, stdout } = await run(argv, {
    cwd: process.cwd(),
    env: (name) => process.env[name],
    terminal: log,
    verbs,
    listen: () => signals,
    // By no flag: the arguments of a process are for everybody to read.
    world: (settings) => realWorld({ log, ...settings, githubToken: process.env.GITHUB_TOKEN }),
  })
  // Written before the process is ended: open connections must not keep it, and a pipe must not lose the end of the text.
  await new Promise<void>((done) => (stdout === '' ? done() : process.stdout.write(stdout, () => done())))
  process.exit(code)
}
