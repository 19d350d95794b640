import { nodeClock } from '../adapters/node/clock.ts'
import { verbs } from '../commands/verbs.ts'
import { run } from './run.ts'
import { listen } from './signals.ts'
import { terminal } from './terminal.ts'
import { realWorld } from './world.ts'

/** The entry of the CLI: runs a verb, prints its outputs, and ends the process with its exit code. */
export async function main(argv: readonly string[], heard: readonly NodeJS.Signals[]): Promise<void> {
  const signals = listen(process, nodeClock(), heard)
  // A reader that stops reading (`towpath log | head`) is no error.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const log = terminal(process.stderr)
  const { code, stdout } = await run(argv, {
    cwd: process.cwd(),
    env: (name) => process.env[name],
    terminal: log,
    verbs,
    listen: () => signals,
    // There is no flag for it: everybody on the machine can read the arguments of a process.
    world: (settings) => realWorld({ log, ...settings, githubToken: process.env.GITHUB_TOKEN }),
  })
  // Written before the process ends: open connections must not keep it alive, and a pipe must not lose the end of the text.
  await new Promise<void>((done) => (stdout === '' ? done() : process.stdout.write(stdout, () => done())))
  process.exit(code)
}
