import type { MapNode } from '../document/node.ts'
import { entriesOf, member } from '../document/placed.ts'

export interface Section {
  /** What stands in it. */
  readonly holds: 'text' | 'map' | 'anything'
  /** What one of its entries is called. Entries of such a section are maps, and an override must meet one that is there. */
  readonly entry?: string
}

/** The sections of a template. Source: CloudFormation user guide, template sections; `Globals` from AWS SAM. */
export const sections: ReadonlyMap<string, Section> = new Map<string, Section>([
  ['AWSTemplateFormatVersion', { holds: 'text' }],
  ['Description', { holds: 'text' }],
  ['Metadata', { holds: 'map' }],
  ['Parameters', { holds: 'map', entry: 'parameter' }],
  ['Rules', { holds: 'map', entry: 'rule' }],
  ['Mappings', { holds: 'map', entry: 'mapping' }],
  ['Conditions', { holds: 'map', entry: 'condition' }],
  ['Transform', { holds: 'anything' }],
  ['Globals', { holds: 'map' }],
  ['Resources', { holds: 'map', entry: 'resource' }],
  ['Outputs', { holds: 'map', entry: 'output' }],
  ['Hooks', { holds: 'map', entry: 'hook' }],
])

/** The entries of a template's section; none if it has no such section. */
export function sectionOf(root: MapNode, section: string): MapNode['entries'] {
  return entriesOf(member(root, section))
}

/** True of a key that is no name but makes entries: `Fn::Transform`, `Fn::ForEach::Topics`. */
export function makesEntries(name: string): boolean {
  return name === 'Fn::Transform' || name.startsWith('Fn::ForEach::')
}
