import type { Objects } from '../../bucket/objects.ts'
import type { Digest } from '../../digest.ts'
import type { MapNode } from '../../document/node.ts'
import type { Graph } from '../../graph.ts'
import type { Given, Manifest, ManifestStack } from '../../release/manifest.ts'
import type { StackClient } from '../../stack/client.ts'
import type { Whereabouts } from '../../stack/conditions.ts'
import type { ChangeSetContent } from '../../stack/propose.ts'
import type { ResourceChange, Stack } from '../../stack/stacks.ts'
import type { ForeignOutputs } from './outputs.ts'
import type { LoadedTemplate, SentParameters } from './template.ts'

/** A parameter whose value is not known before another stack of the release is done. */
export interface OpenInput {
  readonly parameter: string
  /** The output that feeds it, as `<stack>.<Output>`. */
  readonly from: string
}

/** A stack's parameters: all known, or some waiting for stacks whose outputs are not known yet. */
export type Resolved = { readonly parameters: SentParameters } | Waiting

/** Some parameters wait for other stacks. */
export interface Waiting {
  readonly open: readonly OpenInput[]
  /** All the others. */
  readonly fixed: SentParameters
}

/** The outputs of a stack of this release, or undefined while they may still change. */
export type OwnOutputs = (stack: string) => Readonly<Record<string, string>> | undefined

/** One stack of a release in an environment: what it is made of, and where it is. */
export interface StackInRelease {
  /** What the release calls it. */
  readonly stack: string
  /** What CloudFormation calls it. */
  readonly name: string
  readonly recipe: ManifestStack
  /** What the release gives its parameters in this environment. */
  readonly given: Readonly<Record<string, Given>>
  /** All its tags. Nothing in them varies by release: stack tags reach every resource. */
  readonly tags: Readonly<Record<string, string>>
  /** Where it is, as pseudo parameters tell its template. */
  readonly place: Whereabouts
  /** CloudFormation where the stack is. */
  readonly client: StackClient
  /** The bucket that CloudFormation and Lambda read from where the stack is. */
  readonly blobs: Objects
  /** The ARN of the role that CloudFormation is given for this stack; undefined: none is given. */
  readonly role: string | undefined
  /** True if it is looked at by a change set, whatever is proved. */
  readonly forced: boolean
  /** True if the same input always makes the same stack, so that it can be proved that nothing changed. */
  provable(): Promise<boolean>
  /** True if a stack carries the tags of this service and environment. */
  isOurs(live: Stack): boolean
  /** The parameters as they are sent. Throws 'not-found' for a reference that resolves to nothing. */
  resolve(own: OwnOutputs, foreign: ForeignOutputs): Promise<Resolved>
  /** Names all that would be applied with these parameters. */
  digest(parameters: SentParameters): Digest
  template(): Promise<LoadedTemplate>
  /** The template that the release gives a stack nested in this one, as it is sent; undefined for one that is not of the release. */
  nested(logicalId: string): Promise<MapNode | undefined>
  /** The template that a live stack has now. Throws 'failed' for one that is not JSON, as nobody but Towpath may have sent it. */
  liveTemplate(live: Stack): Promise<LoadedTemplate>
  /** What a change set is made of that brings the live stack to the release. Stores templates that are sent by URL. */
  content(live: Stack | undefined, parameters: SentParameters): Promise<ChangeSetContent>
  /** Changes of this stack, without what is or may be secret in their values. */
  redact(changes: readonly ResourceChange[], live: Stack | undefined, parameters: SentParameters): Promise<readonly ResourceChange[]>
}

/** The stacks of a release in an environment. */
export interface ReleaseStacks {
  readonly manifest: Manifest
  /** Which stacks need which others, by the names that the release calls them. */
  readonly graph: Graph
  /** Each stack after those it needs: the order in which they are told. */
  readonly inOrder: readonly StackInRelease[]
  /** Throws 'bug' for a stack that the release does not have. */
  of(stack: string): StackInRelease
}
