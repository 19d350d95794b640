import type { Command } from '../commands/command.ts'
import type { Verb } from '../commands/verbs.ts'
import type { World } from '../commands/world.ts'
import { exitCodes, TowpathError } from '../errors.ts'
import type { Log } from '../log.ts'
import { suggest } from '../nearest.ts'
import type { Runner } from '../ports/runner.ts'
import { plain } from '../render/plain.ts'
import { tellEnding } from './action-ending.ts'
import { type Around, linesToHide, readInputs, secretLines } from './action-inputs.ts'
import { actionLog } from './action-log.ts'
import { conduct, ready, type VerbRun } from './conduct.ts'
import { failureOf, REPORT } from './failure.ts'
import type { Signals } from './signals.ts'
import type { Settings } from './world.ts'

/** What a run of an action needs of the process around it. */
export interface ActionHost extends Around {
  readonly runner: Runner
  readonly verbs: ReadonlyMap<string, Verb>
  listen(): Signals
  world(settings: Settings & { mask(secret: string): void }): World
}

/** Runs a verb as an action, tells the runner how it ended, and gives the exit code. Never throws. */
export async function runAction(verb: string, host: ActionHost): Promise<number> {
  const log = actionLog(host.runner)
  const run = await attempt(verb, host, log)
  try {
    return await tellEnding(run, host, log)
  } catch (thrown) {
    host.runner.annotate({ level: 'error', title: `towpath ${verb}`, message: plain(failureOf(thrown).message) })
    return exitCodes.bug
  }
}

async function attempt(verb: string, host: ActionHost, log: Log): Promise<VerbRun> {
  const run = await conduct(verb, {
    verbs: host.verbs,
    report: REPORT,
    listen: () => host.listen(),
    unknown: (name) => new TowpathError('bad-input', `no action '${name}'`, { hint: suggest(name, host.verbs.keys()) }),
    open(command) {
      // Before anything else is written: a message about a bad input may contain its text.
      for (const line of secretLines(command.inputs, host.variables)) host.runner.mask(line)
      const { values, ...common } = readInputs(verb, command.inputs, host)
      const mask = (secret: string): void => {
        for (const line of linesToHide([secret])) host.runner.mask(line)
      }
      return ready(command, values, (interrupted) => host.world({ log, interrupted, ...common, mask }))
    },
  })
  return run.error ? { ...run, outputs: outputsOf(run.command, run.error) } : run
}

/** The outputs of a failure. A verb with an output `outcome` always gives one: a deployment that was never begun has failed. */
function outputsOf(command: Command | undefined, { code, outputs = {} }: TowpathError): Readonly<Record<string, unknown>> {
  if (!command || !('outcome' in command.outputs) || 'outcome' in outputs) return outputs
  return { ...outputs, outcome: code === 'unknown' ? 'unknown' : 'failed' }
}
