import type { Stack as StackAnswer, StackEvent as StackEventAnswer } from '@aws-sdk/client-cloudformation'
import { TowpathError } from '../../../errors.ts'
import { type Stack, type StackEvent, type StackStatus, stackStatuses } from '../../../stack/stacks.ts'

/** What the answer must hold. Throws 'failed' if it does not: then it is no answer of CloudFormation. */
export function requirePart<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new TowpathError('failed', `CloudFormation's answer has no ${what}`, { blame: 'service' })
  return value
}

/** A text that may be missing; the emulator gives an empty one instead. */
export function given(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

/** An object without the members that are undefined, which an optional property may not be. */
export function some<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>
}

export function readStack(answer: StackAnswer): Stack {
  const name = requirePart(answer.StackName, 'stack name')
  return {
    id: requirePart(answer.StackId, 'stack id'),
    name,
    status: statusOf(requirePart(answer.StackStatus, 'stack status'), name),
    created: timeOf(answer.CreationTime),
    outputs: table(answer.Outputs, ({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    parameters: table(answer.Parameters, ({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue]),
    tags: table(answer.Tags, ({ Key, Value }) => [Key, Value]),
    terminationProtection: answer.EnableTerminationProtection ?? false,
    ...some({ reason: given(answer.StackStatusReason), updated: answer.LastUpdatedTime?.toISOString(), role: given(answer.RoleARN) }),
  }
}

/** Throws 'unsupported' for a status that came after this version of Towpath: nobody could say what may be done with such a stack. */
function statusOf(status: string, name: string): StackStatus {
  const known = stackStatuses.find((each) => each === status)
  if (known !== undefined) return known
  throw new TowpathError('unsupported', `stack '${name}' is in status ${status}, which this version of Towpath does not know`, {
    hint: 'use a newer version',
  })
}

export function eventOf(answer: StackEventAnswer): StackEvent {
  return {
    id: requirePart(answer.EventId, 'event id'),
    time: timeOf(answer.Timestamp),
    logicalId: requirePart(answer.LogicalResourceId, 'logical id'),
    type: answer.ResourceType ?? '',
    status: requirePart(answer.ResourceStatus, 'status of a resource'),
    ...some({
      physicalId: given(answer.PhysicalResourceId),
      reason: given(answer.ResourceStatusReason),
      token: given(answer.ClientRequestToken),
    }),
  }
}

function timeOf(time: Date | undefined): string {
  return requirePart(time, 'time').toISOString()
}

function table<T>(
  entries: readonly T[] | undefined,
  read: (entry: T) => readonly [string | undefined, string | undefined],
): Record<string, string> {
  return Object.fromEntries((entries ?? []).map(read).map(([key, value]): [string, string] => [requirePart(key, 'key'), value ?? '']))
}
