import type { Json } from '../../../src/json.ts'
import type { ResourceChange, Stack, StackEvent, StackStatus } from '../../../src/stack/stacks.ts'

export type Members = Readonly<Record<string, Json>>

export interface ParameterDefinition {
  readonly type: string
  readonly default?: string
  readonly noEcho: boolean
  readonly constraints: Members
}

export interface ResourceDefinition {
  readonly type: string
  readonly condition?: string
  readonly dependsOn: readonly string[]
  readonly properties: Members
  readonly metadata: Json
  readonly deletionPolicy?: string
  readonly updateReplacePolicy?: string
}

export interface OutputDefinition {
  readonly value: Json
  readonly condition?: string
}

/** A template that has passed the checks made before anything is known of the stack. */
export interface Template {
  readonly text: string
  readonly parameters: Readonly<Record<string, ParameterDefinition>>
  readonly mappings: Readonly<Record<string, Json>>
  readonly conditions: Readonly<Record<string, Json>>
  readonly resources: Readonly<Record<string, ResourceDefinition>>
  readonly outputs: Readonly<Record<string, OutputDefinition>>
}

/** What a stack is, or is to become. */
export interface Target {
  readonly template: Template
  /** Every parameter of the template, with its value. */
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** A resource that exists, as CloudFormation last made it. */
export interface Resource {
  readonly logicalId: string
  readonly type: string
  readonly physicalId: string
  readonly properties: Members
  readonly metadata: Json
  readonly deletionPolicy?: string
  readonly updateReplacePolicy?: string
  readonly tags: Readonly<Record<string, string>>
}

export interface ChangeSetRecord {
  readonly id: string
  readonly name: string
  readonly type: 'CREATE' | 'UPDATE'
  readonly token: string
  /** The request, to tell a repeated one from another of the same name. */
  readonly request: string
  readonly target: Target
  /** The role that it was made with. */
  readonly role?: string
  status: string
  execution: string
  reason?: string
  changes: readonly ResourceChange[]
  executedWith?: string
}

export interface StackRecord {
  readonly id: string
  readonly name: string
  readonly created: string
  status: StackStatus
  reason?: string
  updated?: string
  live?: Target
  /** The role that its operations use: the last one that was named. */
  role?: string
  outputs: Readonly<Record<string, string>>
  terminationProtection: boolean
  readonly resources: Map<string, Resource>
  /** Oldest first. */
  readonly events: StackEvent[]
  readonly changeSets: ChangeSetRecord[]
  /** The client request tokens it has seen. */
  readonly tokens: Set<string>
  /** What `describe` still answers, and how many times, after an operation was begun. */
  stale?: { readonly answer: Stack; left: number }
}

/** Virtual milliseconds that things take. */
export interface Timing {
  /** From a request until a change set leaves CREATE_PENDING. */
  readonly pending: number
  /** From there until it is complete. */
  readonly planning: number
  /** One resource, unless its property `Seconds` says otherwise. */
  readonly resource: number
  /** Before the first resource, and for each phase that has none. */
  readonly phase: number
  /** From DeleteChangeSet until the change set is gone. */
  readonly forgetting: number
}

/** Why a resource does not do what is asked of it. */
export interface Ailment {
  readonly stack?: string
  readonly logicalId: string
  readonly reason: string
  readonly when: readonly Moment[]
}

export type Moment = 'create' | 'update' | 'delete' | 'rollback'

/** A pause: the time at which to go on, asked again whenever time passes, since a held resource may be released. */
export type Pause = () => number
export type Course = Generator<Pause, void, void>

/** One account in one region. */
export interface Account {
  readonly region: string
  readonly number: string
  /** The calendar's time, in milliseconds, at virtual time 0. */
  readonly epoch: number
  timing: Timing
  /** Virtual milliseconds, as far as everything has been worked out. */
  time: number
  /** Numbers handed out. */
  count: number
  /** By id; the deleted ones too. */
  readonly stacks: Map<string, StackRecord>
  /** What is under way, with the stack that it is about. */
  readonly courses: { readonly course: Course; readonly owner: string; pause: Pause }[]
  /** Everything there is, by type and physical id, with the stack that owns it; undefined for what was retained. */
  readonly existing: Map<string, string | undefined>
  readonly ailments: Set<Ailment>
  /** `stack/LogicalId` of what does not get ready. */
  readonly held: Set<string>
  staleReads: number
  emptyReason: string
  siblings: 'obsolete' | 'deleted'
  repeats: 'accepted' | 'refused'
}
