import { isAbsolute, relative, sep } from 'node:path'
import type { Command } from '../commands/command.ts'
import { loadVerb, verbs } from '../commands/verbs.ts'
import { exitCodes, TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import { errorText } from '../render/error.ts'
import { version } from '../version.ts'
import { readArguments, wantsJson } from './arguments.ts'
import { helpFor, overview } from './help.ts'
import { listen } from './signals.ts'
import { terminalLog } from './terminal.ts'
import { realWorld } from './world.ts'

/** What a run ends with: the exit code and all that goes to stdout. */
interface Ending {
  readonly code: number
  readonly stdout: string
}

/** The command line's door: runs one verb, prints what it gives, and ends the process with its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const { code, stdout } = await conduct(argv)
  // Written before the process is ended: open connections must not keep it, and a pipe must not lose the end of the text.
  await new Promise<void>((done) => (stdout === '' ? done() : process.stdout.write(stdout, () => done())))
  process.exit(code)
}

async function conduct(argv: readonly string[]): Promise<Ending> {
  const [name, ...rest] = argv
  if (name === undefined) return { code: 2, stdout: overview() }
  if (name === '--help' || name === '-h' || name === 'help') return { code: 0, stdout: overview() }
  if (name === '--version') return { code: 0, stdout: `${version}\n` }
  const verb = verbs.get(name)
  if (!verb)
    return failed(
      name,
      new TowpathError('bad-input', `no verb '${name}'`, { hint: `${suggest(name, verbs.keys())}; see towpath --help` }),
      wantsJson(rest),
    )
  try {
    return await runVerb(await loadVerb(verb), rest)
  } catch (error) {
    return failed(name, error, wantsJson(rest))
  }
}

async function runVerb(command: Command, argv: readonly string[]): Promise<Ending> {
  const cwd = process.cwd()
  const given = readArguments(command.name, command.inputs, argv, { cwd, env: (variable) => process.env[variable] })
  if (given.help) return { code: 0, stdout: helpFor(command) }
  const signals = listen(process)
  const world = realWorld({
    log: terminalLog(process.stderr),
    interrupted: signals.interrupted,
    ...(given.region === undefined ? {} : { region: given.region }),
  })
  try {
    const outputs = await command.run(given.values as never, world)
    return { code: 0, stdout: given.json ? document(command.name, outputs) : ensureLine(command.text(outputs)) }
  } catch (error) {
    return failed(command.name, error, given.json, command)
  } finally {
    signals.stop()
  }
}

/** The one place where an error becomes text and an exit code. */
function failed(verb: string, thrown: unknown, json: boolean, command?: Command): Ending {
  const error = thrown instanceof TowpathError ? thrown : bug(thrown)
  process.stderr.write(`${errorText(error, shorten)}\n`)
  if (error.code === 'bug' && error.cause instanceof Error) process.stderr.write(`${error.cause.stack ?? error.cause.message}\n`)
  const { code, message, hint, at, problems } = error
  const details = { code, message, hint, at, ...(problems.length > 1 ? { problems } : {}) }
  const outputs = error.outputs ?? {}
  if (json) return { code: exitCodes[code], stdout: document(verb, { ...outputs, error: details }) }
  return { code: exitCodes[code], stdout: command && error.outputs ? ensureLine(command.text(outputs)) : '' }
}

function bug(thrown: unknown): TowpathError {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new TowpathError('bug', `towpath failed in a way it should not: ${message}`, {
    cause: thrown,
    hint: 'please report this with the lines below and the command you ran',
  })
}

function document(verb: string, outputs: object): string {
  return `${JSON.stringify({ schema: `towpath/${verb}@1`, ...outputs }, null, 2)}\n`
}

function ensureLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

/** Paths below the working directory are shown from there. */
function shorten(path: string): string {
  if (!isAbsolute(path)) return path
  const near = relative(process.cwd(), path)
  return near === '' || near === '..' || near.startsWith(`..${sep}`) ? path : near
}
