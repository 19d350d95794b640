import type { Command } from '../commands/command.ts'
import type { World } from '../commands/world.ts'
import type { Signals } from './signals.ts'

/** Runs a verb, unless somebody asked to stop before it began. */
export async function begin(
  command: Command,
  values: Readonly<Record<string, unknown>>,
  world: World,
  { interrupted }: Pick<Signals, 'interrupted'>,
): ReturnType<Command['run']> {
  interrupted.throwIfAborted()
  // The values were read by the verb's own declaration: its types hold.
  return command.run(values as never, world)
}
