import { workflowRunner } from '../adapters/github/workflow.ts'
import { nodeClock } from '../adapters/node/clock.ts'
import { exitCodes } from '../errors.ts'
import { plain } from '../render/plain.ts'
import { failureOf } from './action-failure.ts'
import { runAction } from './action-run.ts'
import { actionVerbs } from './action-verbs.ts'
import { listen } from './signals.ts'
import { realWorld } from './world.ts'

/** The entry of the action: runs a verb as a step, and ends the process with the exit code of the CLI. */
export async function action(verb: string, heard: readonly NodeJS.Signals[]): Promise<void> {
  const signals = listen(process, nodeClock(), heard)
  const runner = workflowRunner()
  // Node would write the error as it is, and the runner would look for commands in it.
  process.on('uncaughtException', (thrown) => {
    runner.annotate({ level: 'error', title: `towpath ${verb}`, message: plain(failureOf(thrown).message) })
    process.exit(exitCodes.bug)
  })
  const code = await runAction(verb, {
    workspace: process.env.GITHUB_WORKSPACE || process.cwd(),
    variables: process.env,
    runner,
    verbs: actionVerbs,
    listen: () => signals,
    world: realWorld,
  })
  process.exitCode = code
  // Open connections must not keep the process alive, and a pipe must not lose the end of the text.
  await new Promise<void>((done) => process.stdout.write('', () => done()))
  process.exit()
}
