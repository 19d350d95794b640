import type { Digest } from '../digest.ts'
import type { MapNode } from '../document/node.ts'
import type { OutputFact, ParameterFact } from '../template/facts.ts'

/** A template as it will be deployed, with what the rest of the release needs to know of it. */
export interface MergedTemplate {
  /** The file of the platform (or of the service, for its own stack) that it comes from. */
  readonly file: string
  readonly root: MapNode
  readonly text: string
  readonly digest: Digest
  readonly capabilities: readonly string[]
  readonly parameters: ReadonlyMap<string, ParameterFact>
  readonly outputs: ReadonlyMap<string, OutputFact>
  /** By the logical id of the nested stack. */
  readonly nested: ReadonlyMap<string, MergedTemplate>
}

/** The merged templates of a release by stack, in the order of blueprint and additions. */
export type MergedStacks = ReadonlyMap<string, MergedTemplate>
