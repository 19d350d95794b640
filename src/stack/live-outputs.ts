import type { MapNode } from '../document/node.ts'
import { outputs as outputsOf } from '../template/facts.ts'
import { conditions } from './conditions.ts'
import type { SentParameter, Stack } from './stacks.ts'

/**
 * The outputs that a template declares and a live stack does not have. An empty change set means "unchanged" only if there are none. An
 * output under a condition counts only if the condition is known to hold.
 */
export function missingOutputs(root: MapNode, live: Stack, sent: Readonly<Record<string, SentParameter>>): readonly string[] {
  const [, , , region = '', account = ''] = live.id.split(':')
  const holds = conditions(root, { name: live.name, id: live.id, region, account }, sent, live.parameters)
  return [...outputsOf(root)]
    .filter(([name, { condition }]) => live.outputs[name] === undefined && (condition === undefined || holds(condition) === true))
    .map(([name]) => name)
}
