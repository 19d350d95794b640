import { type MapNode, type Node, scalarText } from '../document/node.ts'
import { itemsOf, member } from '../document/placed.ts'

/** The transform that adds functions and makes no resources of its own. */
const languageExtensions = 'AWS::LanguageExtensions'

/** The transform of AWS SAM. */
export const serverless = 'AWS::Serverless-2016-10-31'

/** The transforms that a template names at its top, in order. */
export function transformsOf(root: MapNode): string[] {
  const transform = member(root, 'Transform')
  const named = transform?.kind === 'list' ? itemsOf(transform) : transform ? [transform] : []
  return named.map((node) => {
    const name = node.kind === 'map' ? member(node, 'Name') : node
    return name?.kind === 'scalar' ? scalarText(name) : 'Transform'
  })
}

/**
 * What may change a template after it is sent, so that it holds things that are not in its text: transforms other than the language
 * extensions, `Fn::Transform` and the loops of `Fn::ForEach`. Metadata is not looked into.
 */
export function macrosOf(root: MapNode): string[] {
  const found = new Set(transformsOf(root).filter((name) => name !== languageExtensions))
  for (const [section, { value }] of root.entries) if (section !== 'Metadata') collect(value, found)
  return [...found]
}

function collect(node: Node, found: Set<string>): void {
  if (node.kind === 'list') for (const item of node.items) collect(item, found)
  if (node.kind !== 'map') return
  for (const [key, { value }] of node.entries) {
    if (key === 'Fn::Transform' || key.startsWith('Fn::ForEach::')) found.add(key)
    collect(value, found)
  }
}
