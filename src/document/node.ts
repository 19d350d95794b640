import type { At, Problem } from '../errors.ts'

/** A text that nodes stand in. Lines are found when they are asked for: most nodes never are. */
export interface Source {
  /** The name shown in messages. */
  readonly file: string
  /** Line and column of an offset, both from 1. */
  position(offset: number): { readonly line: number; readonly column: number }
  /** Where a part of the text stands, at `from` or soon after; for parts of scalars. A source need not know its text. */
  find?(part: string, from: number): number | undefined
}

/** Where a node stands in its source. */
export interface Place {
  readonly source: Source
  readonly offset: number
}

export type Scalar = string | number | boolean | null

interface Common {
  readonly place: Place
  /** The YAML tag as written, such as `!Append`, where the reader was told to let it through. */
  readonly tag?: string
}

/** What a scalar is, beside its place. A number keeps its text: `2.0` is not `2`, and neither is a number too long for a double. */
export type ScalarContent =
  | {
      readonly value: Exclude<Scalar, number>
      /** How it is written, if it is plain (unquoted) and could be read in more than one way: `yes`, `0755`. */
      readonly written?: string
    }
  | { readonly value: number; readonly written: string }

export type ScalarNode = Common & ScalarContent & { readonly kind: 'scalar' }

export interface ListNode extends Common {
  readonly kind: 'list'
  readonly items: readonly Node[]
}

export interface Entry {
  readonly key: Place
  readonly value: Node
}

/** A Map, not an object: no key of any name can reach a prototype, and order is kept. */
export interface MapNode extends Common {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, Entry>
}

/** One node of a YAML or JSON text. Trees are never edited; a change makes a new tree that shares what it keeps. */
export type Node = ScalarNode | ListNode | MapNode

/** A scalar as text: a number as it is written. */
export function scalarText(node: ScalarNode): string {
  return (typeof node.value === 'number' ? node.written : undefined) ?? String(node.value)
}

/** The file, line and column of a place. */
export function whereIs(place: Place): Required<At> {
  return { file: place.source.file, ...place.source.position(place.offset) }
}

/** A problem at a place. */
export function problemAt(place: Place, message: string, hint?: string): Problem {
  return { ...whereIs(place), message, ...(hint === undefined ? {} : { hint }) }
}
