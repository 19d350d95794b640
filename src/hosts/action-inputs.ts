import type { DeclaredInputs, Input } from '../commands/command.ts'
import { acting } from '../commands/inputs.ts'
import { TowpathError } from '../errors.ts'
import { suggest } from '../nearest.ts'
import type { Acting } from '../role.ts'
import { convert } from './convert.ts'

/** The inputs of every action, besides those of its verb. */
export const commonInputs: DeclaredInputs = {
  region: { kind: 'string', env: 'AWS_REGION', description: 'The AWS region.' },
  ...acting,
  'github-token': {
    kind: 'string',
    secret: true,
    expression: '${{ github.token }}',
    description: 'Shows deployments on GitHub, and asks it which commit is older. Empty: GitHub is neither told nor asked.',
  },
}

export type Variables = Readonly<Record<string, string | undefined>>

/** The surroundings of an action, on which the meaning of its inputs depends. */
export interface Around {
  /** The folder from which relative paths start. */
  readonly workspace: string
  readonly variables: Variables
}

export interface GivenInputs extends Acting {
  readonly region: string | undefined
  readonly githubToken: string | undefined
  readonly values: Readonly<Record<string, unknown>>
}

/** A problem with an input, and what to do about it. */
interface Mistake {
  readonly name: string
  readonly message: string
  readonly hint: string
}

const PREFIX = 'INPUT_'

/**
 * The variable that holds an input: upper case, with blanks as underscores and hyphens as they are. Source: actions/runner,
 * Handler.AddInputsToEnvironment; actions/toolkit, getInput.
 */
export function inputVariable(name: string): string {
  return `${PREFIX}${name.replaceAll(' ', '_').toUpperCase()}`
}

/**
 * Reads the inputs of an action by its verb's declaration. An empty input counts as not given. Throws 'bad-input' with every problem, and
 * also for undeclared names: GitHub passes them on and only warns.
 */
export function readInputs(verb: string, inputs: DeclaredInputs, { workspace, variables }: Around): GivenInputs {
  const all: DeclaredInputs = { ...inputs, ...commonInputs }
  const mistakes = unknownNames(verb, all, variables)
  const values: Record<string, unknown> = {}
  for (const [name, input] of Object.entries(inputs)) {
    const text = textOf(name, input, variables)
    const read = text === '' ? absent(name, input) : readValue(name, input, text, workspace)
    if (typeof read === 'object' && 'message' in read) mistakes.push(read)
    else if (read.value !== undefined) values[name] = read.value
  }
  if (mistakes.length > 0) throw refusal(verb, mistakes)
  const given = (name: string): string | undefined => variables[inputVariable(name)]?.trim() || undefined
  return {
    region: given('region'),
    githubToken: given('github-token'),
    role: textOf('role', acting.role, variables) || undefined,
    account: textOf('account', acting.account, variables) || undefined,
    values,
  }
}

/** The lines of every secret input, to be hidden from now on. Short lines are left out: hiding them would garble everything else. */
export function secretLines(inputs: DeclaredInputs, variables: Variables): readonly string[] {
  const texts = Object.entries({ ...inputs, ...commonInputs }).flatMap(([name, input]) =>
    input.secret ? [textOf(name, input, variables)] : [],
  )
  return linesToHide(texts)
}

/** The lines of secrets that are long enough to be hidden: the runner hides line by line. */
export function linesToHide(texts: readonly string[]): readonly string[] {
  const lines = texts.flatMap((text) => text.split(/\r\n|[\n\r]/)).flatMap((line) => [line, line.trim()])
  return [...new Set(lines)].filter((line) => line.trim().length >= SHORTEST_SECRET)
}

const SHORTEST_SECRET = 4

/**
 * The value of an input, from the workflow, a variable or a default; else the empty text. GitHub fills in defaults, but not for an input
 * given as ''.
 */
function textOf(name: string, { env, default: fallback = '' }: Input, variables: Variables): string {
  const elsewhere = env === undefined ? undefined : variables[env]?.trim()
  return variables[inputVariable(name)]?.trim() || elsewhere || fallback
}

function unknownNames(verb: string, all: DeclaredInputs, variables: Variables): Mistake[] {
  const known = new Set(Object.keys(all).map(inputVariable))
  return Object.keys(variables)
    .filter((variable) => variable.toUpperCase().startsWith(PREFIX) && !known.has(variable.toUpperCase()))
    .map((variable) => variable.slice(PREFIX.length).toLowerCase())
    .sort()
    .map((name) => ({ name, message: `${verb} has no input '${name}'`, hint: suggest(name, Object.keys(all)) }))
}

type Read = { readonly value: unknown } | Mistake

function absent(name: string, input: Input): Read {
  if (input.kind === 'strings') return { value: [] }
  if (input.kind === 'boolean') return { value: false }
  if (input.required)
    return {
      name,
      message: `input '${name}' is needed`,
      hint: input.env === undefined ? "give it under 'with'" : `give it under 'with', or the environment variable ${input.env}`,
    }
  return { value: undefined }
}

function readValue(name: string, input: Input, text: string, workspace: string): Read {
  if (input.kind === 'strings') return { value: text.split(/\s+/).filter((word) => word !== '') }
  if (input.kind === 'boolean') return boolean(name, text)
  const converted = convert(input, text, workspace)
  return 'value' in converted ? converted : { name, message: `input '${name}' ${converted.wrong}`, hint: converted.hint }
}

/** Reads a boolean as core's getBooleanInput does. Source: YAML 1.2, core schema. */
function boolean(name: string, text: string): Read {
  if (/^(?:true|True|TRUE)$/.test(text)) return { value: true }
  if (/^(?:false|False|FALSE)$/.test(text)) return { value: false }
  return { name, message: `input '${name}' is neither true nor false: '${text}'`, hint: 'write true or false' }
}

function refusal(verb: string, mistakes: readonly Mistake[]): TowpathError {
  const [first, ...others] = mistakes
  if (!first || others.length === 0) return new TowpathError('bad-input', first?.message ?? verb, { hint: first?.hint ?? '' })
  return new TowpathError(
    'bad-input',
    `${mistakes.length} inputs of ${verb} are wrong: ${mistakes.map(({ message }) => message).join('; ')}`,
    {
      hint: mistakes.map(({ name, hint }) => `${name}: ${hint}`).join('\n'),
    },
  )
}
