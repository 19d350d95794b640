import type { World } from './world.ts'

/** The kinds of input a verb can take. Hosts turn text into them; `duration` becomes milliseconds, `folder` and `file` absolute paths. */
interface Values {
  string: string
  boolean: boolean
  folder: string
  file: string
  duration: number
  strings: readonly string[]
}

export interface Input {
  readonly kind: keyof Values
  readonly description: string
  /** The default, written as a person would write it. */
  readonly default?: string
  readonly required?: boolean
  /** The environment variable that gives the value if the flag does not. */
  readonly env?: string
  readonly secret?: boolean
  /** The expression from which GitHub fills in the input of an action if it is not given. */
  readonly expression?: string
}

export type OutputKind = 'string' | 'number' | 'boolean' | 'list' | 'map' | 'any'

export interface Output {
  readonly kind: OutputKind
  readonly description: string
}

export type DeclaredInputs = Readonly<Record<string, Input>>
export type DeclaredOutputs = Readonly<Record<string, Output>>

type Given<I extends Input> = I extends { kind: 'strings' | 'boolean' } | { default: string } | { required: true }
  ? Values[I['kind']]
  : Values[I['kind']] | undefined

/** The values that a verb's `run` receives. A misspelt name does not compile. */
export type InputsOf<I extends DeclaredInputs> = { readonly [Name in keyof I]: Given<I[Name]> }

/** The values that a verb must return: every declared output and no other; `null` if there is no value. */
export type OutputsOf<O extends DeclaredOutputs> = { readonly [Name in keyof O]: unknown }

/** A verb, declared once: the parser, the help, the documentation and the types come from this object. */
export interface Command<I extends DeclaredInputs = DeclaredInputs, O extends DeclaredOutputs = DeclaredOutputs> {
  readonly name: string
  readonly summary: string
  readonly inputs: I
  readonly outputs: O
  /** Lines of `--help` that show it in use, without the program's name. */
  readonly examples?: readonly string[]
  run(inputs: InputsOf<I>, world: World): Promise<OutputsOf<O>>
  /** The outputs as text for a terminal. */
  text(outputs: OutputsOf<O>): string
}

/** Declares a verb. It exists so that the types come from the literal. */
export function command<const I extends DeclaredInputs, const O extends DeclaredOutputs>(declaration: Command<I, O>): Command<I, O> {
  return declaration
}
