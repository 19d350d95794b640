import type { Named, Placed } from '../document/placed.ts'
import type { Reference } from './reference.ts'

/** A value that a parameter can be given. `{ keep: true }` leaves the live one. */
export type ParameterValue = Plain | readonly Plain[] | { readonly keep: true }

type Plain = string | number | boolean

/** Template parameters that are fed by references. */
export type Inputs = Named<Reference>

/** Template parameters that are given as values. */
export type Parameters = Named<ParameterValue>

export type Tags = Named<string>

/** Variables for the playbook: those that references feed, and those that are given as values. */
export interface PlaybookVariables {
  readonly inputs: Inputs
  readonly parameters: Parameters
}

/** What a service says of one of its stacks: the blueprint's, or its own. */
export interface StackSettings {
  /** The name of a stack that exists under another name than ours. */
  readonly name?: Placed<string>
  readonly inputs: Inputs
  readonly parameters: Parameters
}

export interface ArtefactSettings {
  /** Run by the workflow's build job, never by us. */
  readonly build?: Placed<string>
  /** Relative to the repository: a folder, or a zip that is ready. */
  readonly path: Placed<string>
  /** Globs of files to leave out. */
  readonly exclude: readonly Placed<string>[]
}

export interface ServiceEnvironment {
  /** By stack. */
  readonly parameters: Named<Parameters>
}

/** `service.yml`, as far as this version acts on it (unsupported.ts names the rest). */
export interface ServiceDescriptor {
  /** The file's path as it is shown. */
  readonly file: string
  /** The file's text, unchanged. */
  readonly text: string
  readonly name: Placed<string>
  readonly owner: Placed<string>
  readonly blueprint: Placed<string>
  /** A channel, or an exact platform release. */
  readonly platform: Placed<string>
  readonly artefact?: ArtefactSettings
  readonly stacks: Named<StackSettings>
  readonly environments: Named<ServiceEnvironment>
  readonly tags: Tags
  readonly variables: PlaybookVariables
}

/** A file in `cloudFormation/overrides` or `cloudFormation/additions`. */
export interface TemplateFile {
  /** The file's name without its ending: what it is matched by. */
  readonly name: string
  /** The path as it is shown. */
  readonly file: string
  /** The content, unchanged. */
  readonly text: string
}

/** A service repository, read: its descriptor and its changes to the platform's templates, both sorted by name. */
export interface Service extends ServiceDescriptor {
  readonly overrides: readonly TemplateFile[]
  readonly additions: readonly TemplateFile[]
}
