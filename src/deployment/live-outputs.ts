import type { MapNode } from '../document/node.ts'
import type { SentParameter, Stack } from '../stack/stacks.ts'
import { evaluateCondition, outputs as outputsOf, parameters as parametersOf } from '../template/facts.ts'

/**
 * The outputs that a template declares and a live stack does not have. An empty change set means "unchanged" only if there are none. An
 * output under a condition counts only if the condition is known to hold.
 */
export function missingOutputs(root: MapNode, live: Stack, sent: Readonly<Record<string, SentParameter>>): readonly string[] {
  const parameters: Record<string, string> = {}
  for (const [name, { default: fallback }] of parametersOf(root)) {
    const given = sent[name]
    const value = given === undefined ? fallback : 'value' in given ? given.value : live.parameters[name]
    if (value !== undefined) parameters[name] = value
  }
  const [, , , region = '', account = ''] = live.id.split(':')
  const pseudo = { 'AWS::Region': region, 'AWS::AccountId': account, 'AWS::StackName': live.name, 'AWS::StackId': live.id }
  return [...outputsOf(root)]
    .filter(
      ([name, { condition }]) =>
        live.outputs[name] === undefined && (condition === undefined || evaluateCondition(root, condition, parameters, pseudo) === true),
    )
    .map(([name]) => name)
}
