import type { Command } from '../commands/command.ts'
import { loadVerb, type Verb } from '../commands/verbs.ts'
import type { World } from '../commands/world.ts'
import { exitCodes, TowpathError } from '../errors.ts'
import type { Log } from '../log.ts'
import { suggest } from '../nearest.ts'
import type { Runner } from '../ports/runner.ts'
import { plain } from '../render/plain.ts'
import { tellEnding, type VerbRun } from './action-ending.ts'
import { failureOf } from './action-failure.ts'
import { type Around, type GivenInputs, linesToHide, readInputs, secretLines } from './action-inputs.ts'
import { actionLog } from './action-log.ts'
import { begin } from './begin.ts'
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
  let command: Command | undefined
  let values: Readonly<Record<string, unknown>> = {}
  try {
    const found = host.verbs.get(verb)
    if (!found) throw new TowpathError('bad-input', `no action '${verb}'`, { hint: suggest(verb, host.verbs.keys()) })
    command = await loadVerb(found)
    // Before anything else is written: a message about a bad input may contain its text.
    for (const line of secretLines(command.inputs, host.variables)) host.runner.mask(line)
    const given = readInputs(verb, command.inputs, host)
    values = given.values
    return { verb, command, values, outputs: await conduct(command, given, host, log), error: undefined }
  } catch (thrown) {
    const error = failureOf(thrown)
    return { verb, command, values, outputs: outputsOf(command, error), error }
  }
}

/** Runs a verb until it ends, or until its time after an interrupt is over. */
async function conduct(
  command: Command,
  { values, ...common }: GivenInputs,
  host: ActionHost,
  log: Log,
): Promise<Readonly<Record<string, unknown>>> {
  const signals = host.listen()
  try {
    const mask = (secret: string): void => {
      for (const line of linesToHide([secret])) host.runner.mask(line)
    }
    const world = host.world({ log, interrupted: signals.interrupted, ...common, mask })
    return await Promise.race([begin(command, values, world, signals), signals.over])
  } finally {
    signals.stop()
  }
}

/** The outputs of a failure. A verb with an output `outcome` always gives one: a deployment that was never begun has failed. */
function outputsOf(command: Command | undefined, { code, outputs = {} }: TowpathError): Readonly<Record<string, unknown>> {
  if (!command || !('outcome' in command.outputs) || 'outcome' in outputs) return outputs
  return { ...outputs, outcome: code === 'unknown' ? 'unknown' : 'failed' }
}
