import type { Digest } from '../../digest.ts'
import type { MapNode } from '../../document/node.ts'
import type { ResourceChange, SentParameter, Stack } from '../../stack/stacks.ts'
import type { SecretFlow } from '../../template/secret-flow.ts'

/** Where a stack is, as its template's pseudo parameters tell. */
export interface Whereabouts {
  readonly name: string
  readonly account: string
  readonly region: string
}

/** Parameters as they are sent, by name. */
export type SentParameters = Readonly<Record<string, SentParameter>>

/** A merged template that was read, and what a deployment has to know of it. */
export interface LoadedTemplate {
  readonly root: MapNode
  readonly text: string
  /** True of a parameter that takes a default where it is given nothing. */
  hasDefault(parameter: string): boolean
  /**
   * What the creation of a stack adds: the template's resources. One whose condition is known not to hold is left out.
   * @param sent undefined while the parameters are not known: then all resources are told
   */
  additions(where: Whereabouts, sent: SentParameters | undefined): readonly ResourceChange[]
  /** The outputs that the template declares and the live stack does not have. */
  missingOutputs(live: Stack, sent: SentParameters): readonly string[]
  /** The text, with these URLs in place of nested templates, by logical id. */
  withUrls(urls: ReadonlyMap<string, string>): string
  /** Where secrets go in the template. @param fed parameters that are given secrets from elsewhere */
  secretFlow(fed: ReadonlySet<string>): SecretFlow
}

/** Merged templates: each is read once, whoever asks for it. */
export interface Templates {
  /** @param label what messages call the template's stack; @param read gives the text, if nobody has read it yet */
  load(digest: Digest, label: string, read: () => Promise<string>): Promise<LoadedTemplate>
}
