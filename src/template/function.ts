import type { Node } from '../document/node.ts'

/**
 * The function that a node calls: a map whose only key is `Ref` or `Fn::…`. `Condition` is one only within Conditions and Rules; elsewhere
 * it is an attribute of a resource, or a key of a policy. `Fn::ForEach::…` is a loop that makes keys, not a value. Source: design 7.
 */
export function functionOf(node: Node, section: string | undefined): string | undefined {
  if (node.kind !== 'map' || node.entries.size !== 1) return undefined
  const [name] = node.entries.keys()
  if (name === 'Ref') return name
  if (name === 'Condition') return section === 'Conditions' || section === 'Rules' ? name : undefined
  return name?.startsWith('Fn::') && !name.startsWith('Fn::ForEach::') ? name : undefined
}
