import type { Verb } from '../commands/verbs.ts'
import type { World } from '../commands/world.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { version } from '../version.ts'
import { type Arguments, readArguments, type Surroundings, wantsJson } from './arguments.ts'
import { conduct, ready, telling } from './conduct.ts'
import { type Ending, endingOf, type Manner, refused, told } from './ending.ts'
import { helpFor, overview } from './help.ts'
import type { Signals } from './signals.ts'
import type { Terminal } from './terminal.ts'

/** What to do about a bug. */
const REPORT = 'please report this with the lines below and the command you ran'

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
  const run = await conduct(name, {
    verbs: host.verbs,
    report: REPORT,
    listen: () => host.listen(),
    unknown: (verb) =>
      new TowpathError('bad-input', `no verb '${verb}'`, { hint: `${suggest(verb, host.verbs.keys())}\nsee towpath --help` }),
    open(command) {
      const { help, values, ...common } = readArguments(name, command.inputs, argv, host)
      if (help) return telling('help', helpFor(command))
      return ready(command, values, (interrupted) => ({ ...host.world({ interrupted, ...common }), json: manner.json }))
    },
  })
  return endingOf(run, manner)
}

/** The ending without a verb: the help goes to stderr, as for any other mistake. */
function usage(manner: Manner): Ending {
  if (manner.json) return refused(new TowpathError('bad-input', 'no verb', { hint: 'see towpath --help' }), manner)
  manner.say(overview().trimEnd())
  return { code: 2, stdout: '' }
}
