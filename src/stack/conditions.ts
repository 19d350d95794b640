import type { MapNode } from '../document/node.ts'
import { evaluateCondition, parameters as parametersOf } from '../template/facts.ts'
import type { SentParameter } from './stacks.ts'

/** Where a stack is, as pseudo parameters tell its template. The id is left out while it is not known: the stack does not exist yet. */
export interface Whereabouts {
  readonly name: string
  readonly account: string
  readonly region: string
  readonly id?: string
}

/**
 * Whether a condition of a template holds for the parameters that are sent; undefined where that cannot be known.
 * @param live The parameters that the stack has, of which some may be kept
 * @param open Parameters that are not known yet
 */
export function conditions(
  root: MapNode,
  where: Whereabouts,
  sent: Readonly<Record<string, SentParameter>>,
  live: Readonly<Record<string, string>> = {},
  open: ReadonlySet<string> = new Set(),
): (condition: string) => boolean | undefined {
  const parameters: Record<string, string> = {}
  for (const [name, { default: fallback }] of parametersOf(root)) {
    const given = sent[name]
    const value = given === undefined ? fallback : 'value' in given ? given.value : (live[name] ?? fallback)
    if (value !== undefined && !open.has(name)) parameters[name] = value
  }
  const pseudo = {
    'AWS::Region': where.region,
    'AWS::AccountId': where.account,
    'AWS::StackName': where.name,
    ...(where.id === undefined ? {} : { 'AWS::StackId': where.id }),
  }
  return (condition) => evaluateCondition(root, condition, parameters, pseudo)
}
