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
  /** The default as a person would write it. */
  readonly default?: string
  readonly required?: boolean
  /** The environment variable that gives it, if the flag does not. */
  readonly env?: string
  readonly secret?: boolean
  /** What GitHub fills in for an action where nothing is given. */
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

/** The values that a verb's `run` receives; misspelt names do not compile. */
export type InputsOf<I extends DeclaredInputs> = { readonly [Name in keyof I]: Given<I[Name]> }

/** The values a verb must return: every declared output and no other. `null` where there is nothing to say. */
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
  /** The outputs as people read them on a terminal. */
  text(outputs: OutputsOf<O>): string
}

/** Declares a verb; exists so that its literal gives the types. */
export function command<const I extends DeclaredInputs, const O extends DeclaredOutputs>(declaration: Command<I, O>): Command<I, O> {
  return declaration
}
