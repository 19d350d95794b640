import type { CreateChangeSetCommandInput } from '@aws-sdk/client-cloudformation'
import type { ChangeSetRequest } from '../../../stack/stacks.ts'

/** A change set's request as the SDK takes it. */
export function inputOf({
  stack,
  name,
  type,
  template,
  parameters,
  tags,
  capabilities,
  description,
  role,
  token,
}: ChangeSetRequest): CreateChangeSetCommandInput {
  return {
    StackName: stack,
    ChangeSetName: name,
    ChangeSetType: type,
    ...('body' in template ? { TemplateBody: template.body } : { TemplateURL: template.url }),
    Parameters: Object.entries(parameters).map(([ParameterKey, sent]) =>
      'value' in sent ? { ParameterKey, ParameterValue: sent.value } : { ParameterKey, UsePreviousValue: true },
    ),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: [...capabilities] as NonNullable<CreateChangeSetCommandInput['Capabilities']>,
    ...(description === undefined ? {} : { Description: description }),
    ...(role === undefined ? {} : { RoleARN: role }),
    ClientToken: token,
  }
}
