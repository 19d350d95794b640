import type { Objects } from '../../bucket/objects.ts'
import type { Digest } from '../../digest.ts'
import type { MapNode } from '../../document/node.ts'
import type { Given, NestedTemplate } from '../../release/manifest.ts'
import type { Whereabouts } from '../../stack/conditions.ts'
import type { ResourceChange, SentParameter, Stack, TemplateSource } from '../../stack/stacks.ts'
import type { SecretFlow } from '../../template/secret-flow.ts'

/** Parameters as they are sent, by name. */
export type SentParameters = Readonly<Record<string, SentParameter>>

/** A live value that would change to a default. */
export interface DefaultTaken {
  readonly parameter: string
  /** The live value. What is or may be secret is hidden, in the default too. */
  readonly before: string
  readonly after: string
}

/** A merged template that was read, and what a deployment has to know of it. */
export interface LoadedTemplate {
  readonly root: MapNode
  readonly text: string
  /** True if CloudFormation reads something at each update that is not in it: see template/reads-anew.ts. */
  readonly readsAnew: boolean
  /** True of a parameter that takes a default where it is given nothing. */
  hasDefault(parameter: string): boolean
  /**
   * What the creation of a stack adds: the template's resources. One whose condition is known not to hold is left out.
   * @param open parameters that are not known yet
   */
  additions(place: Whereabouts, sent: SentParameters, open: ReadonlySet<string>): readonly ResourceChange[]
  /**
   * What an update from another template would change, where CloudFormation does not say.
   * @param from the template of the live stack; @param open parameters that are not known yet
   */
  foretell(from: LoadedTemplate, live: Stack, sent: SentParameters, open: ReadonlySet<string>): readonly ResourceChange[]
  /** The parameters whose live value an update changes to the template's default, since nothing else is given. */
  defaultsTaken(live: Stack, sent: SentParameters): readonly DefaultTaken[]
  /** The outputs that the template declares and the live stack does not have. */
  missingOutputs(live: Stack, sent: SentParameters): readonly string[]
  /** The text, with these URLs in place of nested templates, by logical id. */
  withUrls(urls: ReadonlyMap<string, string>): string
  /** Where secrets go in the template. @param fed parameters that are given secrets from elsewhere */
  secretFlow(fed: ReadonlySet<string>): SecretFlow
}

/** What sending a template takes. */
export interface Sender {
  /** The bucket that CloudFormation reads templates from. */
  readonly blobs: Objects
  readonly signal: AbortSignal
  /** @param label what messages call the template's stack */
  load(template: NestedTemplate, label: string): Promise<LoadedTemplate>
}

/** What following secrets through a release takes of each stack. */
export interface FedStack {
  readonly given: Readonly<Record<string, Given>>
  template(): Promise<LoadedTemplate>
}

/** Removes what is or may be secret from changes of a stack. */
export type Redactor = (
  stack: string,
  changes: readonly ResourceChange[],
  live: Stack | undefined,
  sent: SentParameters,
) => Promise<readonly ResourceChange[]>

/** The merged templates of releases. Each is read once, however often it is asked for. */
export interface Templates {
  /** @param label what messages call the template's stack; @param read gives the text, if it was not read yet */
  load(digest: Digest, label: string, read: () => Promise<string>): Promise<LoadedTemplate>
  /** Reads a template that has no digest in a release. Throws 'failed' for one that is not JSON. */
  parse(text: string, label: string): LoadedTemplate
  /** A stack's template as it is sent. Throws 'bad-input' for one that is larger than CloudFormation takes. */
  source(sender: Sender, stack: string, template: NestedTemplate): Promise<TemplateSource>
  /** A template's text as it is sent. @param label what messages call its stack */
  withUrls(sender: Sender, label: string, template: NestedTemplate): Promise<string>
  /** A redactor for the stacks of one release. Where secrets go in them is found out once. */
  redactor(stackOf: (stack: string) => FedStack): Redactor
}
