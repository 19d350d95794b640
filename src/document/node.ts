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

export interface ScalarNode extends Common {
  readonly kind: 'scalar'
  readonly value: Scalar
}

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

/** The file, line and column of a place. */
export function whereIs(place: Place): Required<At> {
  return { file: place.source.file, ...place.source.position(place.offset) }
}

/** A problem at a place. */
export function problemAt(place: Place, message: string, hint?: string): Problem {
  return { ...whereIs(place), message, ...(hint === undefined ? {} : { hint }) }
}
