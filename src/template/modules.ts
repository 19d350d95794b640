import type { MapNode } from '../document/node.ts'
import { member, stringOf } from '../document/placed.ts'
import { sectionOf } from './sections.ts'

/** True of the type of a module, such as `Acme::S3::Bucket::MODULE`. Source: CloudFormation user guide, modules. */
export function isModule(type: string): boolean {
  return type.endsWith('::MODULE')
}

/**
 * The logical ids of a template's modules. What a module brings is named by these and its own names, `StoreBucket` or `Store.Bucket`: none
 * of that is in the text. Source: CloudFormation user guide, reference module resources in CloudFormation templates.
 */
export function modulesOf(root: MapNode): string[] {
  return [...sectionOf(root, 'Resources')].flatMap(([id, { value }]) => {
    const type = member(value, 'Type')
    return type && isModule(stringOf(type) ?? '') ? [id] : []
  })
}
