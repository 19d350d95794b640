import type { Command } from '../commands/command.ts'
import { loadVerb, type Verb } from '../commands/verbs.ts'
import type { World } from '../commands/world.ts'
import { asTowpathError, exitCodes, type TowpathError } from '../errors.ts'
import type { Signals } from './signals.ts'

/** What a host does around a verb: it reads the inputs, and makes the world. */
export interface Door {
  readonly verbs: ReadonlyMap<string, Verb>
  /** What to do about a bug. */
  readonly report: string
  /** The refusal of a name that no verb has. */
  unknown(name: string): TowpathError
  /** Reads what was given by the verb's declaration. Throws 'bad-input'. */
  open(command: Command): Opened
  listen(): Signals
}

/** A verb that is ready to run. */
interface Opened {
  /** The verb, or what is to be run in its place, such as its help. */
  readonly command: Command
  readonly values: Readonly<Record<string, unknown>>
  run(interrupted: AbortSignal): Promise<VerbRun['outputs']>
}

/** A verb as it is run, unless somebody asked to stop before it began. @param values as the verb's own declaration reads them */
export function ready(command: Command, values: VerbRun['values'], worldOf: (interrupted: AbortSignal) => World): Opened {
  return {
    command,
    values,
    async run(interrupted) {
      const world = worldOf(interrupted)
      interrupted.throwIfAborted()
      // The values were read by the verb's own declaration: its types hold.
      return command.run(values as never, world)
    },
  }
}

/** A text in place of a verb, such as its help: it asks nothing of the world. */
export function telling(name: string, text: string): Opened {
  const run = async () => ({ text })
  return { command: { name, summary: '', inputs: {}, outputs: {}, run, text: () => text }, values: {}, run }
}

/** How the run of a verb ended. */
export interface VerbRun {
  readonly verb: string
  /** Undefined if there is no such verb. */
  readonly command: Command | undefined
  readonly values: Readonly<Record<string, unknown>>
  /** Those of a failure too; empty if it has none. */
  readonly outputs: Readonly<Record<string, unknown>>
  /** Undefined if it succeeded. */
  readonly error: TowpathError | undefined
  /** The exit code. */
  readonly code: number
}

/** Runs a verb until it ends, or until its time after an interrupt is over. The one place where what was thrown becomes an exit code. */
export async function conduct(verb: string, door: Door): Promise<VerbRun> {
  let command: Command | undefined
  let values: VerbRun['values'] = {}
  try {
    const found = door.verbs.get(verb)
    if (!found) throw door.unknown(verb)
    command = await loadVerb(found)
    const opened = door.open(command)
    command = opened.command
    values = opened.values
    return { verb, command, values, outputs: await outputsOf(opened, door.listen()), error: undefined, code: 0 }
  } catch (thrown) {
    const error = asTowpathError(thrown, 'towpath', door.report)
    return { verb, command, values, outputs: error.outputs ?? {}, error, code: exitCodes[error.code] }
  }
}

async function outputsOf({ run }: Opened, signals: Signals): Promise<VerbRun['outputs']> {
  try {
    return await Promise.race([run(signals.interrupted), signals.over])
  } finally {
    signals.stop()
  }
}
