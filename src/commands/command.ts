import type { World } from './world.ts'

/** The kinds of input a verb can take. Hosts turn text into them; `duration` becomes milliseconds, `folder` and `file` absolute paths. */
interface InputValues {
  string: string
  boolean: boolean
  folder: string
  file: string
  duration: number
  strings: readonly string[]
}

/** A word out of a fixed list. */
interface Enum {
  readonly kind: 'enum'
  readonly values: readonly string[]
}

export type Input = InputFacts & ({ [Kind in keyof InputValues]: { readonly kind: Kind } }[keyof InputValues] | Enum)

interface InputFacts {
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

/** The kinds of output a verb can give. `list` and `map` say what is in them: see `list` and `map` below. */
interface OutputValues {
  string: string
  number: number
  boolean: boolean
  list: readonly unknown[]
  map: object
  any: unknown
}

export type Output = OutputFacts & ({ [Kind in keyof OutputValues]: { readonly kind: Kind } }[keyof OutputValues] | Enum)

interface OutputFacts {
  readonly description: string
  /** True if the value may be `null`: there is none. */
  readonly nullable?: boolean
}

/** An output that holds many values of one type. */
export interface ListOutput<Item> {
  readonly kind: 'list'
  readonly description: string
  /** Never there: it carries the type of an item. */
  readonly of?: Item
}

/** An output that is an object. */
export interface MapOutput<Value> {
  readonly kind: 'map'
  readonly description: string
  /** Never there: it carries the type. */
  readonly of?: Value
}

/** Declares a list with the type of its items. */
export function list<Item>(description: string): ListOutput<Item> {
  return { kind: 'list', description }
}

/** Declares an object with its type. */
export function map<Value extends object>(description: string): MapOutput<Value> {
  return { kind: 'map', description }
}

export type DeclaredInputs = Readonly<Record<string, Input>>
export type DeclaredOutputs = Readonly<Record<string, Output>>

type InputValue<I extends Input> = I extends Enum
  ? I['values'][number]
  : I['kind'] extends keyof InputValues
    ? InputValues[I['kind']]
    : never

type Given<I extends Input> = I extends { kind: 'strings' | 'boolean' } | { default: string } | { required: true }
  ? InputValue<I>
  : InputValue<I> | undefined

type OutputValue<O extends Output> =
  O extends ListOutput<infer Item>
    ? readonly Item[]
    : O extends MapOutput<infer Value>
      ? Value
      : O extends Enum
        ? O['values'][number]
        : O['kind'] extends keyof OutputValues
          ? OutputValues[O['kind']]
          : never

type Told<O extends Output> = O extends { nullable: true } ? OutputValue<O> | null : OutputValue<O>

/** The values that a verb's `run` receives. A misspelt name does not compile. */
export type InputsOf<I extends DeclaredInputs> = { readonly [Name in keyof I]: Given<I[Name]> }

/** The values that a verb must return: every declared output and no other. */
export type OutputsOf<O extends DeclaredOutputs> = { readonly [Name in keyof O]: Told<O[Name]> }

/** A verb, declared once: the parser, the help, the documentation and the types come from this object. */
export interface Command<I extends DeclaredInputs = DeclaredInputs, O extends DeclaredOutputs = DeclaredOutputs> {
  readonly name: string
  readonly summary: string
  /** Where it can be called if not everywhere: a verb for people at a terminal is no action (design 9). */
  readonly on?: 'cli'
  readonly inputs: I
  readonly outputs: O
  /** Lines of `--help` that show it in use, without the program's name. */
  readonly examples?: readonly string[]
  run(inputs: InputsOf<I>, world: World): Promise<OutputsOf<O>>
  /** The outputs as text for a terminal. Given those of a failure too, where it has any. */
  text(outputs: OutputsOf<O>): string
}

/** Declares a verb. It exists so that the types come from the literal. */
export function command<const I extends DeclaredInputs, const O extends DeclaredOutputs>(declaration: Command<I, O>): Command<I, O> {
  return declaration
}
