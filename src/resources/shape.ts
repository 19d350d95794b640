/*
 * How src/resources/data/ holds the published schemas: short, since every entry of dist/ carries it. scripts/resources.ts writes this,
 * src/resources/ alone reads it.
 */

/** A string, an integer, a number, a boolean. */
export type Scalars = 's' | 'i' | 'n' | 'b'

/** Limits of a number, of a text's length, or of how many entries a list has. */
export interface Limits {
  readonly min?: number
  readonly max?: number
}

export interface ScalarShape extends Limits {
  readonly t: Scalars
  /** The values that it may have. */
  readonly e?: readonly (string | number | boolean)[]
  /** A regular expression that a text must match somewhere. */
  readonly re?: string
}

export interface ListShape extends Limits {
  readonly l: Shape
}

export interface MapShape {
  readonly p: Readonly<Record<string, Shape>>
  /** The names that are required. */
  readonly r?: readonly string[]
  /** There may be other names. */
  readonly o?: 1
}

/** `s`: a string without limits. `[s]`: a list of such. `#Name`: a definition. `*`: anything. */
export type Shape = string | readonly Shape[] | ScalarShape | ListShape | MapShape

/** What is known of one type. Paths are below its `Properties`, with `*` for any position of a list: `Rules/*` + `/Name`. */
export interface TypeData {
  /** Its properties. */
  readonly body: Shape
  readonly definitions?: Readonly<Record<string, Shape>>
  /** What `Fn::GetAtt` may name. `*` at the end of one stands for anything. */
  readonly attributes: readonly string[]
  /** A change of these replaces the resource: always, or on conditions that the schema does not tell. */
  readonly replaces?: readonly string[]
  readonly mayReplace?: readonly string[]
  readonly readOnly?: readonly string[]
  /** False if the schema does not tell what a change of other properties does. */
  readonly updates?: false
}
