import type { MapNode, Node, Place } from '../document/node.ts'
import { member, stringOf } from '../document/placed.ts'
import { sectionOf } from './sections.ts'

export interface NestedTemplate {
  /** As it is written: relative to the template. */
  readonly path: string
  readonly place: Place
}

/** The nested stacks whose template is a file beside this one, by logical id. URLs and computed values are not among them. */
export function nested(root: MapNode): ReadonlyMap<string, NestedTemplate> {
  const found = new Map<string, NestedTemplate>()
  for (const [logicalId, { value }] of sectionOf(root, 'Resources')) {
    const url = templateUrl(value)
    const path = url && stringOf(url)
    if (url && path !== undefined && isRelative(path)) found.set(logicalId, { path, place: url.place })
  }
  return found
}

/** The template with another TemplateURL for some of its nested stacks. A logical id that is no nested stack changes nothing. */
export function replaceTemplateUrls(root: MapNode, urls: ReadonlyMap<string, string>): MapNode {
  return withMember(root, 'Resources', (resources) =>
    [...urls].reduce<Node>((changed, [logicalId, url]) => {
      if (!templateUrl(member(changed, logicalId))) return changed
      const toUrl = (written: Node): Node => ({ kind: 'scalar', value: url, place: written.place })
      return withMember(changed, logicalId, (stack) => withMember(stack, 'Properties', (all) => withMember(all, 'TemplateURL', toUrl)))
    }, resources),
  )
}

/** The TemplateURL of a nested stack; undefined for any other resource. */
function templateUrl(resource: Node | undefined): Node | undefined {
  const type = member(resource, 'Type')
  if (type?.kind !== 'scalar' || type.value !== 'AWS::CloudFormation::Stack') return undefined
  return member(member(resource, 'Properties'), 'TemplateURL')
}

/** A path has no scheme, does not begin at a root, and is no dynamic reference (`{{resolve:…}}`). */
export function isRelative(path: string): boolean {
  return path !== '' && !/^([a-z][a-z0-9+.-]*:|[/\\]|\{\{)/i.test(path)
}

/** The map with another value for a key that it has; anything else as it is. */
function withMember<N extends Node>(node: N, key: string, change: (value: Node) => Node): N {
  const entry = node.kind === 'map' ? node.entries.get(key) : undefined
  if (node.kind !== 'map' || !entry) return node
  return { ...node, entries: new Map(node.entries).set(key, { key: entry.key, value: change(entry.value) }) }
}
