import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parseDuration } from '../clock.ts'
import type { Input, Inputs } from '../commands/command.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'

/** What stands on a command line after the verb. */
export interface Arguments {
  readonly json: boolean
  readonly help: boolean
  readonly region: string | undefined
  readonly values: Readonly<Record<string, unknown>>
}

/** The flags that every verb takes. */
export const commonFlags: Inputs = {
  region: { kind: 'string', env: 'AWS_REGION', description: 'The AWS region.' },
  json: { kind: 'boolean', description: 'Print one JSON document on stdout, and all else on stderr.' },
  help: { kind: 'boolean', description: 'Show this help.' },
}

interface Surroundings {
  readonly cwd: string
  env(name: string): string | undefined
}

/** Reads the flags of a verb by its declaration. Throws 'bad-input' for whatever it does not know or cannot read. */
export function readArguments(verb: string, inputs: Inputs, argv: readonly string[], around: Surroundings): Arguments {
  const all: Inputs = { ...inputs, ...commonFlags }
  const given = collect(verb, all, argv)
  const values: Record<string, unknown> = {}
  const missing: string[] = []
  const help = given.has('help')
  for (const [name, input] of Object.entries(inputs)) {
    const texts = given.get(name) ?? fromEnvironment(input, around)
    const text = texts?.at(-1) ?? input.default
    if (input.kind === 'strings') values[name] = texts ?? []
    else if (input.kind === 'boolean') values[name] = texts !== undefined
    else if (text === undefined || text === '') {
      if (texts !== undefined && !input.required) throw empty(verb, name)
      if (input.required) missing.push(name)
      values[name] = undefined
    } else values[name] = convert(verb, name, input, text, around.cwd)
  }
  if (missing.length > 0 && !help) throw lacking(verb, inputs, missing)
  return { json: given.has('json'), help, region: given.get('region')?.at(-1), values }
}

/** True if the command line asks for JSON, however wrong the rest of it is. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.includes('--json')
}

function collect(verb: string, all: Inputs, argv: readonly string[]): Map<string, string[]> {
  const options = Object.fromEntries(
    Object.entries(all).map(([name, input]) => [
      name,
      { type: input.kind === 'boolean' ? ('boolean' as const) : ('string' as const), multiple: true },
    ]),
  )
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true })
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new TowpathError('bad-input', `${verb} takes no argument '${token.value}'`, {
        hint: `give it by a flag; see towpath ${verb} --help`,
      })
    if (token.kind === 'option-terminator') continue
    const input = Object.hasOwn(all, token.name) ? all[token.name] : undefined
    if (!input) throw new TowpathError('bad-input', `${verb} has no flag '${token.rawName}'`, { hint: flagHint(token.name, all, verb) })
    if (input.kind === 'boolean' && token.value !== undefined)
      throw new TowpathError('bad-input', `${token.rawName} takes no value, not '${token.value}'`)
    if (input.kind !== 'boolean' && (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))))
      throw empty(verb, token.name)
    given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? ''])
  }
  return given
}

function flagHint(name: string, all: Inputs, verb: string): string {
  const hint = suggest(name, Object.keys(all))
  return hint.startsWith('did you mean') ? hint.replace(/'(.*)'/, "'--$1'") : `see towpath ${verb} --help`
}

function fromEnvironment(input: Input, around: Surroundings): string[] | undefined {
  const text = input.env === undefined ? undefined : around.env(input.env)
  return text === undefined || text === '' ? undefined : [text]
}

function convert(verb: string, name: string, input: Input, text: string, cwd: string): unknown {
  switch (input.kind) {
    case 'string':
    case 'strings':
    case 'boolean':
      return text
    case 'folder':
    case 'file':
      return resolve(cwd, text)
    case 'duration': {
      const milliseconds = parseDuration(text)
      if (milliseconds === undefined)
        throw new TowpathError('bad-input', `--${name} is no duration: '${text}'`, {
          hint: `write it like 90s, 30m or 1h30m; see towpath ${verb} --help`,
        })
      return milliseconds
    }
    default:
      return input.kind satisfies never
  }
}

function empty(verb: string, name: string): TowpathError {
  return new TowpathError('bad-input', `--${name} needs a value`, { hint: `see towpath ${verb} --help` })
}

function lacking(verb: string, inputs: Inputs, missing: readonly string[]): TowpathError {
  const named = missing.map((name) => {
    const variable = inputs[name]?.env
    return variable === undefined ? `--${name}` : `--${name} (or ${variable})`
  })
  return new TowpathError('bad-input', `${verb} needs ${named.join(' and ')}`, { hint: `see towpath ${verb} --help` })
}
