import type { Json } from '../json.ts'
import { type Policy, policy, policyJson, type Statement } from './access/policy.ts'

/** A role with a fixed name. @param managed ARNs of policies that it has beside its own. */
export function roleResource(
  name: string,
  description: string,
  trust: Policy,
  statements: readonly Statement[],
  managed: readonly string[] = [],
): Json {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      Description: description,
      AssumeRolePolicyDocument: policyJson(trust),
      ...(managed.length > 0 ? { ManagedPolicyArns: managed } : {}),
      Policies: [{ PolicyName: 'towpath', PolicyDocument: policyJson(policy(statements)) }],
    },
  }
}
