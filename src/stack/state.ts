import type { Stack, StackStatus } from './stacks.ts'

/** What a deployer may do next with a stack. */
export type NextStep =
  /** Make it by a change set of type CREATE. */
  | 'create'
  /** Change it by a change set of type UPDATE. */
  | 'update'
  /** Its first creation failed: delete what is left, under guard, and create it. */
  | 'recreate'
  /** An operation is under way. */
  | 'wait'
  /** It needs a person first. */
  | 'refuse'

/**
 * What may be done with a stack in each status. No status of a stack that ever worked leads to its deletion.
 * Source: CloudFormation API reference, StackStatus, and the user guide's page on stack status codes.
 */
export const nextStep: Readonly<Record<StackStatus, NextStep>> = {
  REVIEW_IN_PROGRESS: 'create', // a shell without resources: an UPDATE would be refused
  CREATE_COMPLETE: 'update',
  UPDATE_COMPLETE: 'update',
  IMPORT_COMPLETE: 'update',
  UPDATE_ROLLBACK_COMPLETE: 'update', // the last good template is live
  IMPORT_ROLLBACK_COMPLETE: 'update',
  ROLLBACK_COMPLETE: 'recreate',
  DELETE_COMPLETE: 'create',
  CREATE_IN_PROGRESS: 'wait',
  UPDATE_IN_PROGRESS: 'wait',
  IMPORT_IN_PROGRESS: 'wait',
  DELETE_IN_PROGRESS: 'wait',
  ROLLBACK_IN_PROGRESS: 'wait',
  UPDATE_ROLLBACK_IN_PROGRESS: 'wait',
  IMPORT_ROLLBACK_IN_PROGRESS: 'wait',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'wait',
  CREATE_FAILED: 'refuse',
  UPDATE_FAILED: 'refuse',
  ROLLBACK_FAILED: 'refuse',
  UPDATE_ROLLBACK_FAILED: 'refuse',
  IMPORT_ROLLBACK_FAILED: 'refuse',
  DELETE_FAILED: 'refuse',
}

/** What a person does about a stack that is refused. */
export const wayOut: Partial<Readonly<Record<StackStatus, string>>> = {
  CREATE_FAILED: 'its creation failed with rollback disabled: roll it back or delete it in CloudFormation, then deploy again',
  UPDATE_FAILED: 'its update failed with rollback disabled: roll it back in CloudFormation, then deploy again',
  ROLLBACK_FAILED: 'nothing in it ever worked: delete it in CloudFormation, then deploy again',
  UPDATE_ROLLBACK_FAILED: 'continue its rollback in CloudFormation (ContinueUpdateRollback), then deploy again; do not delete it',
  IMPORT_ROLLBACK_FAILED: 'mend its import in CloudFormation, then deploy again; do not delete it',
  DELETE_FAILED: 'finish its deletion in CloudFormation, then deploy again',
}

/** True if an operation that ended in this status did what was asked for. */
export function isSuccess(status: string): boolean {
  return status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE' || status === 'IMPORT_COMPLETE'
}

/** True if no operation is under way in this status. */
export function isSettled(status: string): boolean {
  return !status.endsWith('_IN_PROGRESS') || status === 'REVIEW_IN_PROGRESS'
}

/** When a stack was last changed: LastUpdatedTime, or CreationTime of one that was never updated. */
export function timeOf(stack: Pick<Stack, 'created' | 'updated'>): string {
  return stack.updated ?? stack.created
}
