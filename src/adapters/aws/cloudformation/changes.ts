import type { Change, ResourceChangeDetail } from '@aws-sdk/client-cloudformation'
import type { PropertyChange, ResourceChange } from '../../../stack/stacks.ts'
import { given, requirePart, some } from './answers.ts'

export function changesOf(answer: readonly Change[]): readonly ResourceChange[] {
  return answer.flatMap(({ ResourceChange: change }): ResourceChange[] => {
    if (!change) return []
    const action = requirePart(change.Action, 'action of a change')
    return [
      {
        action,
        logicalId: requirePart(change.LogicalResourceId, 'logical id'),
        type: requirePart(change.ResourceType, 'type of a resource'),
        properties: propertiesOf(change.Details ?? []),
        ...some({
          physicalId: given(change.PhysicalResourceId),
          // Asked for values, CloudFormation has called additions replacements: they replace nothing.
          replacement: action === 'Add' ? undefined : change.Replacement,
          policyAction: given(change.PolicyAction),
        }),
      },
    ]
  })
}

/**
 * The changes of both ways of asking. Asked for values, CloudFormation leaves out what changes only because another resource does, where
 * it thinks that it knows the new value, and yet changes it in the end; asked without, it lists it. Those with values are preferred.
 * Source: answers recorded from AWS in localstack/localstack, test_change_set_fn_get_attr.snapshot.json, test_direct_attribute_value_change.
 */
export function united(valued: readonly ResourceChange[], plain: readonly ResourceChange[]): readonly ResourceChange[] {
  const known = new Set(valued.map((change) => change.logicalId))
  return [...valued, ...plain.filter((change) => !known.has(change.logicalId))]
}

const strength = ['Never', 'Conditionally', 'Always'] as const

/**
 * One change for each target: CloudFormation tells one more than once when it has several reasons, such as a parameter and, as a mere
 * possibility (`Dynamic`), the template.
 */
function propertiesOf(details: readonly ResourceChangeDetail[]): readonly PropertyChange[] {
  const groups = Map.groupBy(details, ({ Target: target }) => JSON.stringify([target?.Attribute, target?.Name, target?.Path]))
  return [...groups.values()].map((group): PropertyChange => {
    const target = group[0]?.Target
    const direct = group.some(({ ChangeSource, Evaluation }) => ChangeSource === 'DirectModification' && Evaluation === 'Static')
    const cause = group.find(({ CausingEntity }) => given(CausingEntity) !== undefined)?.CausingEntity
    const recreation = strength.findLast((each) => group.some(({ Target }) => Target?.RequiresRecreation === each))
    return {
      attribute: requirePart(target?.Attribute, 'attribute of a change'),
      ...some({
        name: given(target?.Name),
        path: given(target?.Path),
        before: target?.BeforeValue,
        after: target?.AfterValue,
        recreation,
        cause: direct ? undefined : cause,
      }),
    }
  })
}
