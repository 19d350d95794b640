// Port: CloudFormation.

/** The statuses of a stack. Source: CloudFormation API reference, Stack, StackStatus (23 values). */
export const stackStatuses = [
  'CREATE_IN_PROGRESS',
  'CREATE_FAILED',
  'CREATE_COMPLETE',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_FAILED',
  'ROLLBACK_COMPLETE',
  'DELETE_IN_PROGRESS',
  'DELETE_FAILED',
  'DELETE_COMPLETE',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_FAILED',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'REVIEW_IN_PROGRESS',
  'IMPORT_IN_PROGRESS',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_IN_PROGRESS',
  'IMPORT_ROLLBACK_FAILED',
  'IMPORT_ROLLBACK_COMPLETE',
] as const

export type StackStatus = (typeof stackStatuses)[number]

/** A stack as CloudFormation describes it. Times are ISO 8601 in UTC with milliseconds, as the service gave them. */
export interface Stack {
  readonly id: string
  readonly name: string
  readonly status: StackStatus
  readonly reason?: string
  readonly created: string
  /** When it was last updated; absent if it never was. */
  readonly updated?: string
  readonly outputs: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly terminationProtection: boolean
  /** The ARN of the role that CloudFormation keeps for the stack (RoleARN); absent if it keeps none. */
  readonly role?: string
}

/** A template as it is sent: in the request up to 51,200 bytes, else by URL. */
export type TemplateSource = { readonly body: string } | { readonly url: string }

/** A parameter as it is sent: a value, or the live one kept. */
export type SentParameter = { readonly value: string } | { readonly keep: true }

export interface ChangeSetRequest {
  /** A stack's name, or its id for one that exists. */
  readonly stack: string
  /** Letters, digits, hyphens; at most 128. */
  readonly name: string
  readonly type: 'CREATE' | 'UPDATE'
  readonly template: TemplateSource
  readonly parameters: Readonly<Record<string, SentParameter>>
  readonly tags: Readonly<Record<string, string>>
  readonly capabilities: readonly string[]
  readonly description?: string
  /** The ARN of the role that CloudFormation is to use, now and from then on; absent: the one it was given before, else the caller's rights. */
  readonly role?: string
  /** The same token makes a repeated request the same request. */
  readonly token: string
}

export interface ChangeSetRef {
  readonly id: string
  readonly name: string
  readonly stackId: string
}

/** One property's part in a change. Values are given where the service gives them; they may be secrets. */
export interface PropertyChange {
  /** `Properties`, `Tags`, `Metadata`, `DeletionPolicy`, … */
  readonly attribute: string
  readonly name?: string
  readonly path?: string
  readonly before?: string
  readonly after?: string
  readonly recreation?: 'Always' | 'Conditionally' | 'Never'
  /** The parameter, resource or attribute that brought it, if it was not the template itself. */
  readonly cause?: string
}

export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import' | 'Dynamic' | 'SyncWithActual'
  readonly logicalId: string
  readonly physicalId?: string
  readonly type: string
  readonly replacement?: 'True' | 'False' | 'Conditional'
  readonly policyAction?: string
  readonly properties: readonly PropertyChange[]
}

/** A change set as CloudFormation describes it, every page read. */
export interface ChangeSet extends ChangeSetRef {
  /** `CREATE_PENDING`, `CREATE_IN_PROGRESS`, `CREATE_COMPLETE`, `FAILED`, `DELETE_…`. */
  readonly status: string
  /** `UNAVAILABLE`, `AVAILABLE`, `EXECUTE_…`, `OBSOLETE`. */
  readonly execution: string
  readonly reason?: string
  readonly changes: readonly ResourceChange[]
}

export interface StackEvent {
  readonly id: string
  /** ISO 8601; several events may share one. */
  readonly time: string
  readonly logicalId: string
  readonly physicalId?: string
  readonly type: string
  readonly status: string
  readonly reason?: string
  /** The client request token of the operation that it belongs to. */
  readonly token?: string
}

/**
 * CloudFormation in one account and region, in our words. A stack that is not there is undefined; whatever else goes wrong is a
 * TowpathError. The adapter waits for nothing: a call returns as soon as the service has accepted it.
 */
export interface Stacks {
  readonly region: string
  /** By name: undefined if there is none or it is deleted. By id: a deleted one is described as `DELETE_COMPLETE`. */
  describe(nameOrId: string): Promise<Stack | undefined>
  createChangeSet(request: ChangeSetRequest): Promise<ChangeSetRef>
  /** Undefined if it is gone. */
  describeChangeSet(ref: ChangeSetRef): Promise<ChangeSet | undefined>
  listChangeSets(nameOrId: string): Promise<readonly ChangeSetRef[]>
  /** Deleting what is gone is no error. */
  deleteChangeSet(ref: ChangeSetRef): Promise<void>
  executeChangeSet(ref: ChangeSetRef, token: string): Promise<void>
  /** Newest first, in the service's own order, back to (and without) the event `until`, or to the first one there is. */
  events(stackId: string, until?: string): Promise<readonly StackEvent[]>
  /** The template of a stack, as it was sent. Undefined if there is none. */
  liveTemplate(stackId: string): Promise<string | undefined>
  /** @param role as that of a change set */
  deleteStack(stackId: string, token: string, role?: string): Promise<void>
  /** Turns a stack's termination protection on (UpdateTerminationProtection: no change set can). It is no operation of the stack. */
  protect(stackId: string): Promise<void>
}
