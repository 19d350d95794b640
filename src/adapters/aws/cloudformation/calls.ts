import type { Stacks } from '../../../stack/stacks.ts'
import type { Call } from '../errors.ts'

/** What each call of the port asks of CloudFormation, as IAM names it. */
const actions: Readonly<Record<Exclude<keyof Stacks, 'region'>, string>> = {
  describe: 'cloudformation:DescribeStacks',
  createChangeSet: 'cloudformation:CreateChangeSet',
  describeChangeSet: 'cloudformation:DescribeChangeSet',
  listChangeSets: 'cloudformation:ListChangeSets',
  deleteChangeSet: 'cloudformation:DeleteChangeSet',
  executeChangeSet: 'cloudformation:ExecuteChangeSet',
  events: 'cloudformation:DescribeStackEvents',
  deleteStack: 'cloudformation:DeleteStack',
  protect: 'cloudformation:UpdateTerminationProtection',
  template: 'cloudformation:GetTemplate',
}

/** Where calls are sent. */
export interface ServiceEndpoint {
  readonly region: string
  /** Given only if it is not AWS's own. */
  readonly endpoint: string | undefined
}

/** One call in the words of an error message. @param nameOrId Of the stack; people are told its name. */
export function callOf(call: keyof typeof actions, nameOrId: string, { region, endpoint }: ServiceEndpoint): Call {
  const on = `stack '${stackNameIn(nameOrId)}'`
  return { action: actions[call], on, endpoint: endpoint ?? `https://cloudformation.${region}.amazonaws.com`, region }
}

/** The stack's name: itself, or out of an id such as `arn:aws:cloudformation:eu-west-1:000000000001:stack/NAME/UUID`. */
export function stackNameIn(nameOrId: string): string {
  return /:stack\/([^/]+)\//.exec(nameOrId)?.[1] ?? nameOrId
}
