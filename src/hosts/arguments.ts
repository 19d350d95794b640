import { parseArgs } from 'node:util'
import type { DeclaredInputs, Input } from '../commands/command.ts'
import { acting } from '../commands/inputs.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { Acting } from '../role.ts'
import { convert } from './convert.ts'

/** The arguments after the verb on a command line. */
export interface Arguments extends Acting {
  readonly help: boolean
  readonly region: string | undefined
  readonly values: Readonly<Record<string, unknown>>
}

/** The flags that every verb takes. */
export const commonFlags: DeclaredInputs = {
  region: { kind: 'string', env: 'AWS_REGION', description: 'The AWS region.' },
  ...acting,
  json: { kind: 'boolean', description: 'Print one JSON document on stdout, and all else on stderr.' },
  help: { kind: 'boolean', description: 'Show this help; also -h.' },
}

/** The surroundings of a command line, on which the meaning of its flags depends. */
export interface Surroundings {
  readonly cwd: string
  env(name: string): string | undefined
}

/** Reads the flags of a verb by its declaration. Throws 'bad-input' for an unknown flag or an invalid value. */
export function readArguments(verb: string, inputs: DeclaredInputs, argv: readonly string[], around: Surroundings): Arguments {
  const given = collect(verb, { ...inputs, ...commonFlags }, argv)
  const common = {
    help: given.has('help'),
    region: given.get('region')?.at(-1),
    role: (given.get('role') ?? fromEnvironment(acting.role, around))?.at(-1),
    account: (given.get('account') ?? fromEnvironment(acting.account, around))?.at(-1),
  }
  // Help is given even if a required flag is missing.
  if (common.help) return { ...common, values: {} }
  const values: Record<string, unknown> = {}
  const missing: string[] = []
  for (const [name, input] of Object.entries(inputs)) {
    const texts = given.get(name) ?? fromEnvironment(input, around)
    const text = texts?.at(-1) ?? input.default
    if (input.kind === 'strings') values[name] = texts ?? []
    else if (input.kind === 'boolean') values[name] = texts !== undefined
    else if (text !== undefined) values[name] = readValue(verb, name, input, text, around.cwd)
    else if (input.required) missing.push(name)
  }
  if (missing.length > 0) throw lacking(verb, inputs, missing)
  return { ...common, values }
}

/** True if the command line asks for JSON, even if the rest of it is invalid. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.includes('--json')
}

function collect(verb: string, all: DeclaredInputs, argv: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const options = Object.fromEntries(
    Object.entries(all).map(([name, input]) => [
      name,
      { type: input.kind === 'boolean' ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  )
  // Not strict: the messages of parseArgs would differ from ours.
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional')
      throw new TowpathError('bad-input', `${verb} takes no argument '${token.value}'`, {
        hint: `give it by a flag; see towpath ${verb} --help`,
      })
    const name = token.rawName === '-h' ? 'help' : token.name
    const input = Object.hasOwn(all, name) ? all[name] : undefined
    if (!input) throw new TowpathError('bad-input', `${verb} has no flag '${token.rawName}'`, { hint: flagHint(name, all, verb) })
    const value = valueGiven(verb, name, input, token)
    const before = given.get(name)
    if (before === undefined) given.set(name, [value])
    else if (input.kind === 'strings') before.push(value)
    else if (input.kind !== 'boolean')
      throw new TowpathError('bad-input', `--${name} is given twice: '${before[0]}' and '${value}'`, { hint: 'give it once' })
  }
  return given
}

/** A flag's value; the empty text for a flag that takes none. Another flag is never taken for the value: the value was forgotten. */
function valueGiven(
  verb: string,
  name: string,
  { kind }: Input,
  { value, inlineValue }: { readonly value?: string | undefined; readonly inlineValue?: boolean | undefined },
): string {
  if (kind === 'boolean') {
    if (value === undefined) return ''
    throw new TowpathError('bad-input', `--${name} takes no value, not '${value}'`, { hint: `leave '${value}' out` })
  }
  if (value === undefined || value === '' || (!inlineValue && value.startsWith('--')))
    throw new TowpathError('bad-input', `--${name} needs a value`, { hint: `see towpath ${verb} --help` })
  return value
}

function flagHint(name: string, all: DeclaredInputs, verb: string): string {
  const hint = suggest(name, Object.keys(all))
  return hint.startsWith('did you mean') ? hint.replace(/'(.*)'/, "'--$1'") : `see towpath ${verb} --help`
}

function fromEnvironment(input: Input, around: Surroundings): string[] | undefined {
  const text = input.env === undefined ? undefined : around.env(input.env)
  return text === undefined || text === '' ? undefined : [text]
}

function readValue(verb: string, name: string, input: Parameters<typeof convert>[0], text: string, cwd: string): string | number {
  const converted = convert(input, text, cwd)
  if ('value' in converted) return converted.value
  throw new TowpathError('bad-input', `--${name} ${converted.wrong}`, {
    hint: `${converted.hint}${converted.hint.endsWith('?') ? '\n' : '; '}see towpath ${verb} --help`,
  })
}

function lacking(verb: string, inputs: DeclaredInputs, missing: readonly string[]): TowpathError {
  const named = missing.map((name) => {
    const variable = inputs[name]?.env
    return variable === undefined ? `--${name}` : `--${name} (or ${variable})`
  })
  const listed = named.length > 1 ? `${named.slice(0, -1).join(', ')} and ${named.at(-1)}` : named[0]
  return new TowpathError('bad-input', `${verb} needs ${listed}`, { hint: `see towpath ${verb} --help` })
}
