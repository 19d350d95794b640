import type { Command } from '../commands/command.ts'
import { loadVerb, type Verb } from '../commands/verbs.ts'
import type { World } from '../commands/world.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { version } from '../version.ts'
import { type Arguments, readArguments, type Surroundings, wantsJson } from './arguments.ts'
import { begin } from './begin.ts'
import { type Ending, failed, type Manner, succeeded, told } from './ending.ts'
import { helpFor, overview } from './help.ts'
import type { Signals } from './signals.ts'
import type { Terminal } from './terminal.ts'

/** What a verb's run needs of the process around the command line. */
export interface Host extends Surroundings {
  readonly terminal: Terminal
  readonly verbs: ReadonlyMap<string, Verb>
  listen(): Signals
  world(settings: Pick<Arguments, 'region' | 'role' | 'account'> & { readonly interrupted: AbortSignal }): World
}

/** Runs what a command line asks for, and gives its ending. Never throws. */
export async function run(argv: readonly string[], host: Host): Promise<Ending> {
  const { cwd, terminal } = host
  const manner: Manner = { json: wantsJson(argv), cwd, say: terminal.say }
  const [name, ...rest] = argv.filter((argument, index) => index > 0 || argument !== '--json')
  if (name === undefined) return usage(manner)
  if (name === '--version') return told('version', version, manner)
  if (name === '--help' || name === '-h' || name === 'help') {
    const asked = rest.find((argument) => !argument.startsWith('-'))
    return asked === undefined ? told('help', overview(), manner) : runVerb(asked, ['--help'], manner, host)
  }
  return runVerb(name, rest, manner, host)
}

async function runVerb(name: string, argv: readonly string[], manner: Manner, host: Host): Promise<Ending> {
  const verb = host.verbs.get(name)
  if (!verb)
    return failed(
      new TowpathError('bad-input', `no verb '${name}'`, { hint: `${suggest(name, host.verbs.keys())}\nsee towpath --help` }),
      manner,
    )
  let command: Command | undefined
  try {
    command = await loadVerb(verb)
    const given = readArguments(name, command.inputs, argv, host)
    if (given.help) return told('help', helpFor(command), manner)
    return await conduct(command, given, manner, host)
  } catch (error) {
    return failed(error, manner, command)
  }
}

/** Runs a verb until it ends, or until its time after an interrupt is over. */
async function conduct(command: Command, { values, region, role, account }: Arguments, manner: Manner, host: Host): Promise<Ending> {
  const signals = host.listen()
  try {
    const world = { ...host.world({ interrupted: signals.interrupted, region, role, account }), json: manner.json }
    const outputs = await Promise.race([begin(command, values, world, signals), signals.over])
    return succeeded(command, outputs, manner)
  } finally {
    signals.stop()
  }
}

/** The ending without a verb: the help goes to stderr, as for any other mistake. */
function usage(manner: Manner): Ending {
  if (manner.json) return failed(new TowpathError('bad-input', 'no verb', { hint: 'see towpath --help' }), manner)
  manner.say(overview().trimEnd())
  return { code: 2, stdout: '' }
}
