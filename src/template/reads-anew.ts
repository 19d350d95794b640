import type { MapNode, Node } from '../document/node.ts'
import { parameters } from './facts.ts'
import { serverless, transformsOf } from './macros.ts'

/** Transforms whose result depends on the template alone. All others, AWS::Include among them, may give something else each time. */
const repeatable: ReadonlySet<string> = new Set(['AWS::LanguageExtensions', serverless])

/**
 * True if CloudFormation reads something at each update that is not in the template or in what is sent with it, so that the same input may
 * make another stack: parameters that name an SSM parameter, outputs of other stacks by Fn::GetStackOutput, included templates, macros.
 * Sources: CloudFormation user guide, "SSM parameter types", "Fn::GetStackOutput", "AWS::Include transform", "Template macros".
 */
export function readsAnew(root: MapNode): boolean {
  if ([...parameters(root).values()].some(({ type }) => type.startsWith('AWS::SSM::Parameter::'))) return true
  if (transformsOf(root).some((name) => !repeatable.has(name))) return true
  return [...root.entries].some(([section, { value }]) => section !== 'Metadata' && calls(value))
}

function calls(node: Node): boolean {
  if (node.kind === 'list') return node.items.some(calls)
  if (node.kind !== 'map') return false
  return [...node.entries].some(([key, { value }]) => key === 'Fn::GetStackOutput' || key === 'Fn::Transform' || calls(value))
}
